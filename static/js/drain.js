// Sends what lies in the outbox, one after another: their order is the order of writing, in all tabs together. Only words
// that need not wait for another message's files go past them (passing.js).

import { Backoff } from "./backoff.js";
import { Offline } from "./http.js";
import { Lease } from "./lease.js";
import { Passing } from "./passing.js";
import { verdictOf } from "./verdict.js";

const LOOK = 1000; // ms between two looks whether the tab that sends is still alive
const HERD = 500; // ms over which pages that were told to wait equally long come back
const OFFLINE = { name: "later", seconds: null, reason: "offline" };

/** `new Drain(outbox, store, key)`; `key`: under which the store holds the name of the tab that sends. */
export class Drain {
  constructor(outbox, store, key) {
    this.outbox = outbox;
    this.lease = new Lease(store, key);
    this.backoff = new Backoff(1000, 30000);
    this.faults = new Map(); // client id → answers 500 so far
    this.stopped = false;
    this.running = false;
    this.underWay = new Set(); // client ids
    this.passing = new Passing(this);
    window.addEventListener("pagehide", () => this.lease.release());
  }

  /** Try now instead of at the end of a wait; only a wait that the server asked for is kept. */
  wake() {
    window.clearTimeout(this.timer);
    this.again = true;
    if (!this.running) {
      this.run();
    } else {
      this.passing.look();
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
    const waiting = this.outbox.items.filter((item) => !this.outbox.isAside(item));
    return waiting.find((item) => item.ahead) || waiting[0];
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
    const obstacle = await this.obstacleTo(item);
    if (!obstacle) {
      return true;
    }
    return obstacle.name === "signed_out" ? this.stop(item) : this.wait(obstacle.seconds, obstacle.reason);
  }

  /** One try, and what follows from it for the item. Resolves with the verdict why it is to be tried again, or null. */
  async obstacleTo(item) {
    const { outbox } = this;
    const response = await this.tryOnce(item);
    const isOpen = !(response && response.ok);
    if (isOpen && !outbox.get(item.client_id)) {
      return null; // its author took it back meanwhile, here or in another tab
    }
    if (isOpen && item.confirmed) {
      outbox.finish(item);
      return null;
    }
    const verdict = response ? verdictOf(response, item, this.faultsOf(item, response)) : OFFLINE;
    if (verdict.name === "sent") {
      this.sent(item, response);
    } else if (verdict.name === "refused") {
      outbox.refuse(item, verdict.reason, response.status);
    }
    return ["sent", "refused"].includes(verdict.name) ? null : verdict;
  }

  async tryOnce(item) {
    const { outbox } = this;
    this.underWay.add(item.client_id);
    try {
      const obstacle = item.files.length ? await this.upload(item) : null;
      return obstacle || ((await this.departs(item)) ? await outbox.hooks.post(item) : null);
    } catch (error) {
      if (!(error instanceof Offline)) {
        throw error;
      }
      return null;
    } finally {
      this.underWay.delete(item.client_id);
    }
  }

  /** Its files first. Resolves with null, or with the answer that stands in their way. */
  async upload(item) {
    this.outbox.enter(item, "sending");
    this.passing.begin();
    try {
      return await this.outbox.hooks.upload(item, () => this.moves(item));
    } finally {
      await this.passing.end();
    }
  }

  /** The line carries something, though it may be long until all is there: the others wait for this one only. */
  moves(item) {
    this.carries();
    this.passing.look();
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

  carries() {
    this.backoff.reset();
    this.lease.record.why && this.lease.note("", 0);
  }

  sent(item, response) {
    this.carries();
    this.outbox.finish(item);
    this.outbox.hooks.onSent(item, response);
  }

  stop(item) {
    this.stopped = true;
    this.outbox.enter(item, "waiting");
    this.lease.release();
    return false;
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
