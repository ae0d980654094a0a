// Who is writing, told and heard. Both are hints: what is not renewed runs out at the listener.

import { say } from "./strings.js";

const EVERY = 3000; // ms between two tellings while somebody goes on writing
const EXPIRY = 5000; // ms after which a line that was not told again is taken away

/** Tells that somebody writes here. `send(frame)`: to the server, as a hint. */
export class Typist {
  constructor(send) {
    this.send = send;
    this.told = null; // the frame that the other side still believes
    this.at = 0;
  }

  /** A key in this conversation's field; `internal`: in a note, which the employee must not hear of. */
  typed(conversationId, internal) {
    if (this.told && (this.told.conversation_id !== conversationId || this.told.internal !== internal)) {
      this.stopped();
    }
    if (!this.told || performance.now() - this.at >= EVERY) {
      this.told = { type: "typing", conversation_id: conversationId, internal };
      this.at = performance.now();
      this.send(this.told);
    }
  }

  /** The words are on their way, were taken back, or are for somebody else now. */
  stopped() {
    if (this.told && performance.now() - this.at < EXPIRY) {
      this.send({ ...this.told, stopped: true });
    }
    this.told = null;
  }
}

/** The line under the thread that says so. `line()`: the element in the thread on screen, or null. */
export class TypingLine {
  constructor(line) {
    this.line = line;
    // A timer sleeps with the device; whoever comes back must not read of somebody who wrote before.
    document.addEventListener("visibilitychange", () => this.look());
  }

  heard(frame) {
    if (frame.stopped) {
      this.over(frame.name);
      return;
    }
    this.name = frame.name;
    this.until = performance.now() + EXPIRY;
    this.show(say("shared.typing", { s: frame.name }));
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.look(), EXPIRY);
  }

  /** Their message is here, or they stopped. Without a name: whoever it was. */
  over(name = this.name) {
    if (name === this.name) {
      this.name = undefined;
      window.clearTimeout(this.timer);
      this.show("");
    }
  }

  look() {
    if (this.name !== undefined && performance.now() >= this.until - 1) {
      this.over();
    }
  }

  show(words) {
    const line = this.line();
    if (line) {
      line.textContent = words;
      line.classList.toggle("typing--on", Boolean(words));
    }
  }
}
