// Drafts on the device: written down while somebody types, so that a reload or a killed browser loses nothing.

const EVERY = 300; // ms between two writings while somebody types

/** `new DraftKeeper(name, store, draftOf(place))`; `name` holds the person's id, a draft is one of draft.js. */
export class DraftKeeper {
  constructor(name, store, draftOf) {
    this.prefix = `draft:${name}:`;
    this.store = store;
    this.draftOf = draftOf;
    this.timers = new Map();
    this.keptAt = 0;
  }

  /** What an earlier page left of a place; {} for nothing. */
  async recall(place) {
    return (await this.store.get(this.prefix + place)) || {};
  }

  /** All that earlier pages left, each with its `place`. */
  async recallAll() {
    return (await this.store.all(this.prefix)) || [];
  }

  keepSoon(place) {
    // The first key at once: a page that is torn down right after it has no time left.
    const wait = Date.now() - this.keptAt < EVERY ? EVERY : 0;
    if (!this.timers.has(place)) {
      this.timers.set(place, window.setTimeout(() => this.keep(place), wait));
    }
  }

  keep(place) {
    window.clearTimeout(this.timers.get(place));
    this.timers.delete(place);
    this.keptAt = Date.now();
    const { kept, typedAt } = this.draftOf(place);
    this.store.change(this.prefix + place, (there) => {
      // Another tab is being typed in; what this one heard of it is older. Not what was typed in the future: the clock
      // was set back since, and nothing that is written now would be kept before it gets there again.
      const isOlder = there && there.dirty && there.typedAt > typedAt && there.typedAt <= Date.now();
      return isOlder ? there : kept ? { ...kept, place } : undefined;
    });
  }

  /** Nothing waits any more: the page may be gone in a moment. */
  keepAll() {
    Array.from(this.timers.keys()).forEach((place) => this.keep(place));
  }
}
