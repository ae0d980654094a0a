// Sends what lies in the outbox, one after another: their order is the order of writing, in all tabs together.

import { Backoff } from "./backoff.js";
import { Offline } from "./http.js";
import { Lease } from "./lease.js";
import { verdictOf } from "./verdict.js";

const LOOK = 1000; // ms between two looks whether the tab that sends is still alive
const HERD = 500; // ms over which pages that were told to wait equally long come back

/** `new Drain(outbox, store, key)`; `key`: under which the store holds the name of the tab that sends. */
export class Drain {
  constructor(outbox, store, key) {
    this.outbox = outbox;
    this.lease = new Lease(store, key);
    this.backoff = new Backoff(1000, 30000);
    this.faults = new Map(); // client id → answers 500 so far
    this.stopped = false;
    this.running = false;
    this.underWay = null;
    window.addEventListener("pagehide", () => this.lease.release());
  }

  /** Try now instead of at the end of a wait; only a wait that the server asked for is kept. */
  wake() {
    window.clearTimeout(this.timer);
    this.again = true;
    if (!this.running) {
      this.run();
    }
  }

  wakeIn(milliseconds) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.wake(), milliseconds);
  }

  async run() {
    this.running = true;
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        await this.sendAll();
      }
    } catch (error) {
      this.wakeIn(LOOK); // a fault of the page must not keep what waits behind it
      throw error;
    } finally {
      this.running = false;
    }
  }

  async sendAll() {
    this.outbox.tellStale();
    while (this.next()) {
      if (!(await this.lease.take())) {
        this.follow();
        return;
      }
      if (this.lease.owed) {
        this.hold(this.lease.owed, this.lease.record.why);
        return;
      }
      // Whoever sent before this tab may have sent this item too, or its author took it back.
      await this.outbox.shelf.sync();
      const item = this.next();
      if (item && !(await this.attempt(item))) {
        return;
      }
    }
    this.lease.release();
  }

  next() {
    return this.outbox.items.find((item) => !this.outbox.isAside(item));
  }

  /** Another tab sends: say what it says, and look again whether it still lives. */
  follow() {
    const { why } = this.lease.record;
    // Written down before the network came back: a page that has just been loaded knows better.
    const past = why === "offline" && navigator.onLine !== false;
    if (why) {
      this.tell(past ? "waiting" : why, this.lease.owed);
    }
    this.wakeIn(LOOK);
  }

  // All wait for the same thing, whichever of them was tried.
  tell(why, milliseconds) {
    const waiting = this.outbox.items.filter((item) => !this.outbox.isAside(item));
    waiting.forEach((item) => this.outbox.enter(item, why, Math.ceil(milliseconds / 1000)));
  }

  /** One try; returns whether the next item may follow. */
  async attempt(item) {
    const response = await this.tryOnce(item);
    const isOpen = !(response && response.ok);
    if (isOpen && !this.outbox.get(item.client_id)) {
      return true; // its author took it back meanwhile, here or in another tab
    }
    if (isOpen && item.confirmed) {
      this.outbox.finish(item);
      return true;
    }
    return response ? this.judge(item, response) : this.wait(null, "offline");
  }

  async tryOnce(item) {
    const { outbox } = this;
    this.underWay = item.client_id;
    try {
      const obstacle = item.files.length ? await this.upload(item) : null;
      return obstacle || ((await this.departs(item)) ? await outbox.hooks.post(item) : null);
    } catch (error) {
      if (!(error instanceof Offline)) {
        throw error;
      }
      return null;
    } finally {
      this.underWay = null;
    }
  }

  /** Its files first. Resolves with null, or with the answer that stands in their way. */
  upload(item) {
    this.outbox.enter(item, "sending");
    return this.outbox.hooks.upload(item, () => this.moves(item));
  }

  /** The line carries something, though it may be long until all is there: the others wait for this one only. */
  moves(item) {
    this.backoff.reset();
    this.lease.record.why && this.lease.note("", 0);
    const others = this.outbox.items.filter((other) => other !== item && !this.outbox.isAside(other));
    others.forEach((other) => this.outbox.stateOf(other).name !== "waiting" && this.outbox.enter(other, "waiting"));
  }

  /** From now on it cannot be taken back. Resolves with whether it still lies here. */
  async departs(item) {
    const { outbox } = this;
    let isHere = Boolean(outbox.get(item.client_id));
    if (isHere && !item.tried && (item.files.length || navigator.onLine !== false)) {
      item.tried = true;
      outbox.states.delete(item.client_id);
      outbox.hooks.onState(item); // the ways to take it back go at once
      // Other tabs offer to take it back as long as its files are on their way, or the network was away: the device says
      // who was faster, and they hear of it before it leaves.
      isHere = (await outbox.keep(item)) !== "gone" && Boolean(outbox.get(item.client_id));
    }
    if (isHere) {
      outbox.enter(item, "sending");
    }
    return isHere;
  }

  judge(item, response) {
    const { outbox } = this;
    const verdict = verdictOf(response, item, this.faultsOf(item, response));
    if (verdict.name === "sent") {
      this.backoff.reset();
      this.lease.record.why && this.lease.note("", 0);
      outbox.finish(item);
      outbox.hooks.onSent(item, response);
    } else if (verdict.name === "later") {
      return this.wait(verdict.seconds, verdict.reason);
    } else if (verdict.name === "signed_out") {
      this.stopped = true;
      outbox.enter(item, "waiting");
      this.lease.release();
      return false;
    } else {
      outbox.refuse(item, verdict.reason, response.status);
    }
    return true;
  }

  faultsOf(item, response) {
    const faults = response.status === 500 ? (this.faults.get(item.client_id) || 0) + 1 : 0;
    this.faults.set(item.client_id, faults);
    return faults;
  }

  forget(item) {
    this.faults.delete(item.client_id);
  }

  wait(seconds, why) {
    const told = (seconds || 0) * 1000;
    this.lease.note(why, told);
    this.hold(told || this.backoff.next(), why);
    return false;
  }

  hold(milliseconds, why) {
    this.tell(why, milliseconds);
    this.wakeIn(milliseconds + Math.random() * HERD);
  }
}
