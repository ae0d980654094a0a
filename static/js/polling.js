const HIDDEN = 30; // seconds at most between two looks of a page that nobody sees
const SPREAD = 0.3; // of each wait is chance, so that the pages of a firm do not ask in step

/**
 * Calls `tick()` within `seconds` of start(), and again and again until stop(), for pages without a line. Never at once:
 * all pages of a server that restarts lose theirs in the same moment.
 */
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
      this.wait();
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
