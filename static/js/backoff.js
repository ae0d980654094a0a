/** How long to wait before the next try: doubling from `first` to `most` ms, and never two pages at the same moment. */
export class Backoff {
  constructor(first, most) {
    this.first = first;
    this.most = most;
    this.reset();
  }

  reset() {
    this.tries = 0;
  }

  next() {
    const whole = Math.min(this.most, this.first * 2 ** this.tries);
    this.tries += 1;
    return whole / 2 + (Math.random() * whole) / 2;
  }
}
