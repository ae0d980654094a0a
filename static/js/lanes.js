// Who waits for whom in the outbox. What is written in one conversation arrives in the order of writing, files included;
// nothing else holds anything up: neither a file on its way to another conversation, nor one that its author overtakes.

/** `new Lanes(outbox, laneOf)`; laneOf(item) → its conversation's id, or undefined as long as it has none. */
export class Lanes {
  constructor(outbox, laneOf) {
    this.outbox = outbox;
    this.laneOf = laneOf;
  }

  /** What goes before `item`, which may be about to come in. */
  before(item) {
    const { items } = this.outbox;
    const at = items.indexOf(item);
    const earlier = at < 0 ? items : items.slice(0, at);
    return earlier.filter((other) => !this.outbox.isAside(other) && this.mayBeOne(item, other));
  }

  // Words that have no conversation yet may end in any.
  mayBeOne(item, other) {
    const [one, another] = [this.laneOf(item), this.laneOf(other)];
    return !one || !another || one === another;
  }

  /** Whether it waits for files that were written before it. */
  isHeldUp(item) {
    return !item.ahead && this.before(item).some((other) => other.files.length > 0);
  }

  /** Whether it may go out while the files of something else are on their way. */
  mayPass(item) {
    return !item.files.length && !this.outbox.isAside(item) && (item.ahead || !this.before(item).length);
  }
}
