// Which of a person's tabs may send: the one whose name stands in the store, for as long as it keeps renewing that.
// A tab that is closed, killed or frozen stops renewing, and the next one that asks takes over. Two that send after
// all (one thaws in the middle of a request) do no harm: the client_id makes both sends one message.

import { newClientId } from "./ids.js";

export const LASTS = 5000; // ms without a renewal after which another tab takes over
const RENEW = 1500; // ms; hidden pages are woken at most once a second
const LONGEST_WAIT = 3600000; // ms; a server that asks for more is mistaken

/** `new Lease(store, key)`. Beside its holder stands what holds for all tabs: until when the server wants no sends. */
export class Lease {
  constructor(store, key) {
    this.store = store;
    this.key = key;
    this.holder = newClientId();
    this.record = {};
    this.wanted = false;
  }

  /** Take it, or renew it. Resolves with whether this tab holds it now. */
  async take() {
    this.wanted = true;
    const record = await this.store.change(this.key, (held) => {
      return this.isFree(held) ? this.renewed({ ...held }) : held;
    });
    this.record = record;
    const mine = record.holder === this.holder;
    window.clearInterval(this.timer);
    // Given back while the store was asked: a renewal now would keep it for nobody.
    if (mine && this.wanted) {
      this.timer = window.setInterval(() => this.take(), RENEW);
    }
    return mine;
  }

  isFree(held) {
    const left = held ? held.until - Date.now() : 0;
    // More than it ever lasts: the clock was set back meanwhile.
    return left <= 0 || left > LASTS || held.holder === this.holder;
  }

  renewed(record) {
    return { ...record, holder: this.holder, until: Date.now() + LASTS };
  }

  /** What the other tabs say meanwhile (`why`), and for how many milliseconds the server wants no sends, from any. */
  note(why, milliseconds) {
    const told = { why, not_before: milliseconds ? Date.now() + milliseconds : 0, told_for: milliseconds };
    this.record = { ...this.record, ...told };
    return this.store.change(this.key, (held) => this.renewed({ ...held, ...told }));
  }

  /** Milliseconds that the server still wants to wait. */
  get owed() {
    const { not_before: end = 0, told_for: whole = 0 } = this.record;
    const owed = end - Date.now();
    // More than was ever asked for: the clock was set back meanwhile.
    return owed > Math.min(whole, LONGEST_WAIT) ? 0 : Math.max(0, owed);
  }

  /** Nothing left to do: whoever has something next need not wait. */
  release() {
    this.wanted = false;
    window.clearInterval(this.timer);
    return this.store.change(this.key, (held) => (held && held.holder === this.holder ? { ...held, until: 0 } : held));
  }
}
