// What somebody wrote stays on their device until the server has it: kept before it is sent, tried again until it is
// answered, always under the same client_id, so that a try whose answer was lost stores nothing twice. All tabs of a
// person share one list (shelf.js), and one of them at a time sends from it (drain.js).

import { Drain } from "./drain.js";
import { Lanes } from "./lanes.js";
import { onReturn } from "./returning.js";
import { Shelf } from "./shelf.js";
import { Store } from "./store.js";
import { Tabs } from "./tabs.js";
import { idsOf } from "./uploads.js";

const TOO_OLD = 24 * 60 * 60 * 1000; // ms after which a message asks first instead of surprising its author

/**
 * `new Outbox(name, hooks)`; `name` holds the user's id, items are described in shelf.js.
 *
 * Hooks: laneOf(item): see lanes.js; upload(item, onMoved) → promise of null, or of the response that stands in the way of its files; onMoved(): some
 * of them have arrived; post(item) → promise of a response (http.js); onAdded(item): another tab wrote it, or an earlier page;
 * onState(item): stateOf(item) is another; onSent(item, response); onGone(item): another tab sent it or took it back;
 * onRefused(item): the server does not want it, told in every tab; onUnkept(item, state): this page alone has it
 * (shelf.js). Signed out, nothing goes out until somebody returns to a page; http.js tells the page.
 */
export class Outbox {
  constructor(name, hooks, store = new Store()) {
    this.hooks = hooks;
    this.states = new Map(); // client id → {name, seconds}, of what has been tried
    this.stale = new Set(); // client ids that were told to be too old
    this.shelf = new Shelf(`outbox:${name}:`, store, {
      onAdded: (item) => hooks.onAdded(item),
      onChanged: (item) => this.changed(item),
      onGone: (item) => hooks.onGone(item),
      onUnkept: (item, state) => hooks.onUnkept(item, state),
    });
    this.lanes = new Lanes(this, hooks.laneOf);
    this.drain = new Drain(this, store, `lease:${name}`);
    this.tabs = new Tabs(name, () => this.look());
    onReturn(() => this.returned());
    document.addEventListener("signedin", () => this.returned());
  }

  get items() {
    return this.shelf.items;
  }

  get(clientId) {
    return this.shelf.get(clientId);
  }

  /** {name, seconds}: `waiting`, `sending`, `uploading`, `offline`, `too_fast`, `busy`; or set aside: `refused`, `stale`, `bare`. */
  stateOf(item) {
    if (item.refused) {
      return { name: "refused" };
    }
    if (item.lost_files) {
      return { name: "bare" }; // its files were only in the memory of a page that is gone
    }
    const isOld = Date.now() - item.queued_at > TOO_OLD;
    return isOld ? { name: "stale" } : this.states.get(item.client_id) || { name: "waiting" };
  }

  isAside(item) {
    return ["refused", "stale", "bare"].includes(this.stateOf(item).name);
  }

  enter(item, name, seconds = 0) {
    const before = this.states.get(item.client_id);
    // What is said stays until there is an answer: a line that went and came with each try would make the page jump.
    if (name === "sending" && before && !["waiting", "uploading"].includes(before.name)) {
      return;
    }
    this.states.set(item.client_id, { name, seconds });
    this.hooks.onState(item);
  }

  /** A page may stay open for a day without a network. */
  tellStale() {
    const news = this.items.filter((item) => this.stateOf(item).name === "stale" && !this.stale.has(item.client_id));
    news.forEach((item) => {
      this.stale.add(item.client_id);
      this.hooks.onState(item);
    });
  }

  add(item) {
    // Without a network, or before its files or those of others are there, it cannot have left this device, and may still
    // be taken back.
    item.tried = !item.files.length && navigator.onLine !== false && !this.lanes.isHeldUp(item);
    idsOf(item);
    this.shelf.add(item).then(() => this.tabs.tell());
    this.wake();
  }

  /** Send what was set aside: its author wants it so. `changes`: fields that are otherwise from now on. */
  retry(clientId, changes = {}) {
    const item = this.get(clientId);
    if (item) {
      Object.assign(item, { refused: "", lost_files: 0, queued_at: Date.now() }, changes);
      this.drain.forget(item);
      this.stale.delete(clientId);
      this.enter(item, "waiting");
      this.keep(item);
      this.wake();
    }
  }

  /** Its author does not want to wait for what was written before. */
  sendFirst(clientId) {
    const item = this.get(clientId);
    if (item) {
      item.ahead = true;
      this.enter(item, "waiting");
      this.keep(item);
      this.wake();
    }
  }

  /** Write down what became of it, for a reload and for the other tabs. */
  async keep(item) {
    const state = await this.shelf.save(item);
    this.tabs.tell();
    return state;
  }

  /** Take an item out, here and in all tabs. Resolves with it, or with undefined where another tab was faster. */
  async take(clientId) {
    const item = await this.shelf.claim(clientId);
    this.tabs.tell();
    return item;
  }

  /** The same for what has not gone out yet, as its files are on their way; undefined also where it is too late. */
  async withdraw(clientId) {
    const item = this.get(clientId);
    return item && !item.tried ? this.take(clientId) : undefined;
  }

  putBack(item) {
    this.shelf.putBack(item).then(() => this.tabs.tell());
  }

  /** The server has it, as a frame or a page says: the answer to the send itself may have been lost. */
  confirmed(clientId) {
    const item = this.get(clientId);
    if (item && this.drain.underWay.has(clientId)) {
      item.confirmed = true; // its answer is still to come, and says more
    } else if (item) {
      this.finish(item);
    }
  }

  finish(item) {
    this.shelf.remove(item.client_id);
    this.states.delete(item.client_id);
    this.tabs.tell();
  }

  refuse(item, reason, status) {
    Object.assign(item, { refused: reason, moved_on: status === 409 });
    this.keep(item);
    this.changed(item);
  }

  changed(item) {
    this.hooks.onState(item);
    if (item.refused) {
      this.hooks.onRefused(item);
    }
  }

  wake() {
    return this.drain.wake();
  }

  /** Another tab did something, or an earlier page left something. */
  async look() {
    await this.shelf.sync();
    return this.wake();
  }

  returned() {
    this.drain.stopped = false; // somebody may have signed in meanwhile, in another tab
    return this.look();
  }
}
