// Takes one draft to the server, every two seconds while somebody writes. What fails is tried again and holds up nothing.

import { Backoff } from "./backoff.js";
import { jsonOf, Offline, send, sendLast } from "./http.js";

const EVERY = 2000; // ms
const REFUSED = [403, 404, 422];

/** `onStale(present)`: the server has newer words. `onSettled()`: the draft, or whether it is safe, may have changed. */
export class DraftSaver {
  constructor(draft, { address, maxChars, onStale, onSettled }) {
    Object.assign(this, { draft, address, maxChars, onStale, onSettled });
    this.backoff = new Backoff(EVERY, 60000);
    this.timer = null;
    this.busy = false;
    this.isSafe = true; // as far as is known, the server has these words or will have them in a moment
    this.refused = null; // words that the server does not want; others may do
  }

  get isDue() {
    return this.draft.dirty && this.draft.content !== this.refused;
  }

  soon(milliseconds = EVERY) {
    if (this.timer === null && !this.busy && this.isDue) {
      this.timer = window.setTimeout(() => this.now(), milliseconds);
    }
  }

  async now() {
    window.clearTimeout(this.timer);
    this.timer = null;
    if (this.busy || !this.isDue) {
      return;
    }
    this.busy = true;
    let wait = EVERY;
    try {
      wait = await this.attempt();
    } finally {
      this.busy = false; // whatever it was: what is written next is saved
    }
    this.onSettled();
    this.soon(wait);
  }

  /** One saving; resolves with the milliseconds until the next one may follow. */
  async attempt() {
    if (this.draft.content.length > this.maxChars) {
      return this.refuse();
    }
    const { words } = this.draft;
    try {
      const body = formOf(this.draft.saving());
      return this.answered(await send(this.address, { method: "POST", body, accept: "application/json" }), words);
    } catch (error) {
      if (!(error instanceof Offline)) {
        throw error;
      }
      return this.fail(null);
    }
  }

  answered(response, words) {
    const told = jsonOf(response.text);
    if (response.status === 409 && told.draft) {
      this.onStale(told.draft);
      return 0;
    }
    if (response.ok && told.revision) {
      this.backoff.reset();
      this.isSafe = true;
      this.draft.saved(told, words);
      return EVERY;
    }
    return REFUSED.includes(response.status) ? this.refuse() : this.fail(response.retryAfter);
  }

  refuse() {
    this.isSafe = false;
    this.refused = this.draft.content;
    return EVERY;
  }

  fail(retryAfter) {
    this.isSafe = false;
    return retryAfter ? retryAfter * 1000 : this.backoff.next();
  }

  /** The page is on its way out: nobody will hear the answer. */
  last() {
    if (this.isDue && this.draft.content.length <= this.maxChars) {
      sendLast(this.address, formOf(this.draft.saving()));
    }
  }
}


function formOf(fields) {
  const form = new FormData();
  Object.keys(fields).forEach((name) => form.set(name, fields[name]));
  return form;
}
