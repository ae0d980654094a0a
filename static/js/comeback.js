const RESTARTING = [4012, 1012];
const SPREAD = 10000; // ms over which the pages of a server that restarts come back, if it names no moment for this one
const LEAST = 1000; // ms; a line that was lost is lost to many, and they must not meet
const MOST = 15000;
const LOST = 5000; // ms of chance in the first wait of a page that was live: all of a server's pages lose it at once
const NEVER_OPENED = 1000; // and of one that has just been loaded, which is alone

/** When a page's line is tried again. `random()` from 0 to 1 is chance. */
export class Comeback {
  constructor(random = Math.random) {
    this.random = random;
    this.tries = 0;
    this.first = NEVER_OPENED;
  }

  /** The server has greeted this page. */
  greeted() {
    this.tries = 0;
    this.first = LOST;
  }

  /** ms to wait after the line ended with this code and reason. */
  wait(code, reason) {
    if (RESTARTING.includes(code)) {
      const named = /^\d{1,5}$/.test(reason) ? Number(reason) : SPREAD;
      return named < SPREAD ? named : this.random() * SPREAD;
    }
    const chance = Math.min(MOST - LEAST, this.first * 2 ** this.tries);
    this.tries += 1;
    return LEAST + this.random() * chance;
  }
}
