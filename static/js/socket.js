// The line on which the server tells what is new. It carries hints only: all that matters goes by http.js.

import { Comeback } from "./comeback.js";
import { onReturn } from "./returning.js";

const SILENCE = 70000; // ms without any frame (a beat comes every 25 s) after which the line counts as dead
const ASLEEP = 10000; // ms out of sight after which a phone may have cut the line without telling us
const GREETING = 10000; // ms in which a new line has to greet: a proxy that swallows the handshake never says so
const BETWEEN = 1000; // ms between two tries, however often somebody looks away and back
const FAILURES_TO_GIVE_UP = 3; // tries that never opened: a proxy blocks sockets, and polling has to do
const FINAL_CODES = [4401, 4403];

/**
 * `new Socket("/ws/desk/", {onFrame(frame), onState(state), onSignedOut(code)})`
 *
 * States: `live`; `waiting` (it comes back by itself); `off` (sockets seem to be blocked; it still tries now and
 * then); `ended` (not signed in, or the role is gone). Every frame, `hello` included, goes to onFrame.
 */
export class Socket {
  constructor(path, { onFrame, onState = () => {}, onSignedOut = () => {} }) {
    this.path = path;
    this.hooks = { onFrame, onState, onSignedOut };
    this.comeback = new Comeback();
    this.triedAt = -BETWEEN;
    this.failures = 0;
    this.heardAt = 0;
    this.ended = false;
    this.state = "";
    this.hiddenAt = null;
    onReturn((event) => this.lookAgain(event));
    document.addEventListener("visibilitychange", () => this.noteHidden());
    // A page that leaves while it connects would hear an error that is none.
    window.addEventListener("pagehide", () => this.drop());
    // A line without a network stays open for a minute and more, and says that all is well.
    window.addEventListener("offline", () => this.lost());
    window.setInterval(() => this.state === "live" && this.silent(SILENCE) && this.lost(), 5000);
    this.connect();
  }

  /** Send a hint. Returns whether it went out. */
  send(frame) {
    if (!this.line || this.line.readyState !== WebSocket.OPEN) {
      return false;
    }
    this.line.send(JSON.stringify(frame));
    return true;
  }

  connect() {
    this.drop();
    window.clearTimeout(this.timer);
    if (this.ended) {
      return;
    }
    this.triedAt = performance.now();
    const line = new WebSocket(location.origin.replace(/^http/, "ws") + this.path);
    this.line = line;
    // `line` and not `this.line`: events of a dropped line arrive late and must not touch its successor.
    line.onmessage = (event) => line === this.line && this.hear(JSON.parse(event.data));
    line.onclose = (event) => line === this.line && this.closed(event.code, event.reason);
    window.clearTimeout(this.greeting);
    this.greeting = window.setTimeout(() => line === this.line && this.lost(), GREETING);
  }

  /** Nobody is there any more, and no event says so. */
  lost() {
    if (this.line) {
      this.drop();
      this.closed(1006, "");
    }
  }

  hear(frame) {
    this.heardAt = Date.now();
    if (frame.type === "hello") {
      window.clearTimeout(this.greeting);
      this.comeback.greeted();
      this.failures = 0;
      this.enter("live");
    }
    this.hooks.onFrame(frame);
  }

  closed(code, reason) {
    this.line = null;
    if (FINAL_CODES.includes(code)) {
      this.ended = true;
      this.enter("ended");
      this.hooks.onSignedOut(code);
      return;
    }
    this.failures += 1;
    this.enter(this.failures >= FAILURES_TO_GIVE_UP ? "off" : "waiting");
    this.connectIn(this.comeback.wait(code, reason));
  }

  connectIn(milliseconds) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), milliseconds);
  }

  /** Somebody signed in again, in another tab. */
  revive() {
    if (this.ended) {
      this.ended = false;
      this.connectIn(Math.max(0, this.triedAt + BETWEEN - performance.now()));
    }
  }

  noteHidden() {
    if (document.visibilityState === "hidden") {
      this.hiddenAt = Date.now();
    }
  }

  lookAgain(event) {
    const slept = this.hiddenAt !== null && Date.now() - this.hiddenAt > ASLEEP;
    const maybeCut = slept || event.type === "online" || event.type === "pageshow";
    this.hiddenAt = null;
    const opening = this.line && this.line.readyState === WebSocket.CONNECTING;
    if (maybeCut || (this.state !== "live" && !opening)) {
      this.connectIn(Math.max(0, this.triedAt + BETWEEN - performance.now()));
    }
  }

  silent(milliseconds) {
    return Date.now() - this.heardAt > milliseconds;
  }

  drop() {
    const line = this.line;
    this.line = null;
    if (line) {
      line.close();
    }
  }

  enter(state) {
    if (state !== this.state) {
      this.state = state;
      this.hooks.onState(state);
    }
  }
}
