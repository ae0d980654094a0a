const HIDDEN = 30; // seconds at most between two looks of a page that nobody sees
const SPREAD = 0.3; // of each wait is chance, so that the pages of a firm do not ask in step

/** Calls `tick()` at most every `seconds` between start() and stop(), for pages whose sockets are blocked. */
export class Polling {
  constructor(seconds, tick) {
    this.seconds = seconds;
    this.tick = tick;
    this.timer = null;
    // Whoever looks again waits no half minute.
    document.addEventListener("visibilitychange", () => this.timer !== null && this.wait());
  }

  start() {
    if (this.timer === null) {
      this.look();
    }
  }

  look() {
    this.tick();
    this.wait();
  }

  wait() {
    window.clearTimeout(this.timer);
    const most = document.visibilityState === "visible" ? this.seconds : HIDDEN;
    this.timer = window.setTimeout(() => this.look(), most * (1 - SPREAD * Math.random()) * 1000);
  }

  stop() {
    window.clearTimeout(this.timer);
    this.timer = null;
  }
}
