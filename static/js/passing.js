// While the files of one message are on their way, which may be long, words that need not wait for them go past (lanes.js):
// one after another, as everything does.

const LATER = 5000; // ms after which something that could not go past is tried again, when the server names no time

/** `new Passing(drain)`: `begin()` and `end()` are called around the upload, `look()` when there may be something. */
export class Passing {
  constructor(drain) {
    this.drain = drain;
    this.isOpen = false;
    this.notBefore = 0;
    this.work = null;
  }

  begin() {
    this.isOpen = true;
    this.look();
  }

  /** Resolves when nothing is going past any more: nothing is sent by two hands at once. */
  async end() {
    this.isOpen = false;
    await this.work;
  }

  look() {
    if (this.isOpen && !this.work) {
      this.work = this.goPast().finally(() => {
        this.work = null;
      });
    }
  }

  async goPast() {
    const { outbox } = this.drain;
    await outbox.shelf.sync(); // another tab may have taken it back
    let item = this.next();
    while (item) {
      const obstacle = await this.drain.obstacleTo(item);
      if (obstacle) {
        this.notBefore = Date.now() + (obstacle.seconds * 1000 || LATER);
        outbox.enter(item, obstacle.reason, obstacle.seconds || Math.ceil(LATER / 1000));
      }
      item = this.next();
    }
  }

  next() {
    const { drain } = this;
    // More than was ever asked for: the clock was set back meanwhile. The upload's end asks the server again anyway.
    const mayGo = this.isOpen && !drain.stopped && Date.now() >= this.notBefore && !drain.lease.owed;
    return mayGo ? drain.outbox.items.find((item) => drain.outbox.lanes.mayPass(item)) : undefined;
  }
}
