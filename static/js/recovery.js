// The one way back after any loss: ask until there is nothing more to hear, and ask again when nobody answers.

import { Backoff } from "./backoff.js";
import { Offline } from "./http.js";

const FIRST = 1000; // ms before a question that nobody answered is asked again
const MOST = 30000; // ms; the poll, the next frame or the next return may be sooner
const LASTING = [401, 403, 404, 422]; // asking again would change nothing; signing in, or the next return, may

/** An answer that is none; `wait` in ms is the least before it is asked again, null: not by itself. */
export class NotNow extends Error {
  constructor({ status, retryAfter }) {
    super(String(status));
    this.wait = LASTING.includes(status) ? null : (retryAfter || 0) * 1000;
  }
}

/**
 * `new Recovery(step)`: `step()` asks once and resolves with whether there is more; it throws Offline or NotNow.
 *
 * One at a time: calls join the one under way, which then goes round once more, because what a call knows of may be
 * newer than the answer under way. What was taken in before a failure stays: the next try goes on from there.
 */
export class Recovery {
  constructor(step) {
    this.step = step;
    this.backoff = new Backoff(FIRST, MOST);
    this.running = null;
    this.wanted = false;
    this.ended = false;
  }

  /** Resolves when all has been heard, or nobody answers for now. */
  ask() {
    this.wanted = true;
    window.clearTimeout(this.timer);
    if (!this.running && !this.ended) {
      this.running = this.run().finally(() => {
        this.running = null;
      });
    }
    return this.running || Promise.resolve();
  }

  async run() {
    try {
      while (this.wanted && !this.ended) {
        this.wanted = false;
        this.wanted = (await this.step()) || this.wanted;
        this.backoff.reset();
      }
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error) {
    if (!(error instanceof Offline) && !(error instanceof NotNow)) {
      throw error;
    }
    if (error.wait !== null && !this.ended) {
      this.timer = window.setTimeout(() => this.ask(), Math.max(error.wait || 0, this.backoff.next()));
    }
  }

  end() {
    this.ended = true;
    window.clearTimeout(this.timer);
  }
}
