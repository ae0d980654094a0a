// Confirms what a visible page shows: until then the server holds a card ready for the phone.

const PACE = 1000; // ms between two confirmations; the server waits five seconds for one

/** `new Shown(upTo(), tell(seq))`: `upTo()` is the number up to which the page holds everything, 0 for nothing. */
export class Shown {
  constructor(upTo, tell) {
    this.upTo = upTo;
    this.tell = tell;
    this.told = 0;
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** Something came, or somebody came back. */
  look() {
    const seq = this.upTo();
    if (document.visibilityState === "visible" && seq > this.told && !this.timer) {
      this.told = seq;
      this.tell(seq);
      // A flood is confirmed once a second: the line bears only so many words of a page.
      this.timer = window.setTimeout(() => {
        this.timer = 0;
        this.look();
      }, PACE);
    }
  }

  /** The line is a new one: what was told on the old one may be lost. */
  repeat() {
    this.told = 0;
    this.look();
  }
}
