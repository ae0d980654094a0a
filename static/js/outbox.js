// What somebody wrote stays on their device until the server has it: kept before it is sent, tried again until it is
// answered, always under the same client_id, so that a try whose answer was lost stores nothing twice.

import { Backoff } from "./backoff.js";
import { Offline, refusalOf } from "./http.js";
import { onReturn } from "./returning.js";
import { Store } from "./store.js";

const TOO_OLD = 24 * 60 * 60 * 1000; // ms after which a restored message asks first instead of surprising its author
const NOT_NOW = [408, 425, 429, 500, 502, 503, 504];

/**
 * `new Outbox(name, hooks)`; `name` holds the user's id, so that nobody sends what another person wrote here.
 * An item is a plain object with `client_id` and whatever post() needs (texts, numbers, files).
 *
 * Hooks: post(item) → promise of a response (http.js); onSent(item, response); onRefused(item, reason, response);
 * onWaiting(item, seconds, why) with why `offline`, `too_fast` or `busy`; onStale(item): restored but over a day old,
 * sent only after retry(); onSignedOut(): nothing goes out until somebody signs in, everything stays kept.
 */
export class Outbox {
  constructor(name, hooks, store = new Store()) {
    this.prefix = `outbox:${name}:`;
    this.hooks = { onWaiting() {}, onStale() {}, onSignedOut() {}, ...hooks };
    this.store = store;
    this.items = [];
    this.backoff = new Backoff(1000, 30000);
    this.sending = false;
    this.stopped = false;
    this.notBefore = 0;
    onReturn(() => this.wake());
  }

  /** Bring back what an earlier page left unsent, oldest first. Show these, then call wake(). */
  async restore() {
    const kept = await this.store.all(this.prefix);
    const known = new Set(this.items.map((item) => item.client_id));
    const restored = kept.filter((item) => !known.has(item.client_id));
    this.items = [...restored, ...this.items];
    return restored;
  }

  add(item) {
    item.queued_at = Date.now();
    this.items.push(item);
    this.store.put(this.keyOf(item), item);
    this.wake();
  }

  get(clientId) {
    return this.items.find((item) => item.client_id === clientId);
  }

  retry(clientId) {
    const item = this.get(clientId);
    if (item) {
      item.refused = "";
      item.queued_at = Date.now();
      this.store.put(this.keyOf(item), item);
      this.wake();
    }
  }

  /** Take an item out for good: it was sent, given up, or goes back into the composer. */
  take(clientId) {
    const item = this.get(clientId);
    if (item) {
      this.items = this.items.filter((other) => other !== item);
      this.store.delete(this.keyOf(item));
    }
    return item;
  }

  /** Try now instead of at the end of a wait; only a wait that the server asked for is kept. */
  wake() {
    window.clearTimeout(this.timer);
    const owed = this.notBefore - Date.now();
    if (owed > 0) {
      this.timer = window.setTimeout(() => this.wake(), owed);
    } else {
      this.drain();
    }
  }

  async drain() {
    if (this.sending || this.stopped) {
      return;
    }
    this.sending = true;
    try {
      let item = this.next();
      while (item && (await this.attempt(item))) {
        item = this.next();
      }
    } finally {
      this.sending = false;
    }
  }

  next() {
    this.items.filter((item) => isStale(item)).forEach((item) => this.setAside(item));
    return this.items.find((item) => !item.refused);
  }

  setAside(item) {
    item.refused = "stale";
    this.hooks.onStale(item);
  }

  /** One try; returns whether the next item may follow. One after another: their order is the order of writing. */
  async attempt(item) {
    let response;
    try {
      response = await this.hooks.post(item);
    } catch (error) {
      if (!(error instanceof Offline)) {
        throw error;
      }
      return this.wait(item, null, "offline");
    }
    if (response.ok) {
      this.backoff.reset();
      this.take(item.client_id);
      this.hooks.onSent(item, response);
      return true;
    }
    return this.refused(item, response);
  }

  refused(item, response) {
    const { error, reason } = refusalOf(response);
    if (NOT_NOW.includes(response.status)) {
      return this.wait(item, response.retryAfter, response.status === 429 ? "too_fast" : "busy");
    }
    if (response.signedOut || error === "csrf") {
      this.stopped = true;
      this.hooks.onSignedOut();
      return false;
    }
    item.refused = reason || String(response.status);
    this.store.put(this.keyOf(item), item);
    this.hooks.onRefused(item, reason, response);
    return true;
  }

  wait(item, retryAfter, why) {
    const milliseconds = retryAfter ? retryAfter * 1000 : this.backoff.next();
    if (retryAfter) {
      this.notBefore = Date.now() + milliseconds;
    }
    this.timer = window.setTimeout(() => this.wake(), milliseconds);
    this.hooks.onWaiting(item, Math.ceil(milliseconds / 1000), why);
    return false;
  }

  keyOf(item) {
    item.key = item.key || this.prefix + String(item.queued_at).padStart(15, "0") + item.client_id;
    return item.key;
  }
}

function isStale(item) {
  return !item.refused && Date.now() - item.queued_at > TOO_OLD;
}
