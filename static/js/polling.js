/** Calls `tick()` every `seconds` between start() and stop(), for pages whose sockets are blocked. Not while hidden. */
export class Polling {
  constructor(seconds, tick) {
    this.milliseconds = seconds * 1000;
    this.tick = tick;
    this.timer = null;
  }

  start() {
    if (this.timer === null) {
      this.timer = window.setInterval(() => document.visibilityState === "visible" && this.tick(), this.milliseconds);
      this.tick();
    }
  }

  stop() {
    window.clearInterval(this.timer);
    this.timer = null;
  }
}
