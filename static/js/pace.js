// How large the next piece of a file is: as much as the line carries in a moment. A cut then costs a moment, on a bad
// line as on a good one.

const FIRST = 128 * 1024; // bytes
const LEAST = 32 * 1024;
const MOST = 1024 * 1024; // as in commands/uploads.py
const MOMENT = 3000; // ms that a piece shall take
const GROWTH = 2; // one quick piece says little about the next
const PATIENCE = 30000; // ms without an answer after which a piece is lost
const LAST_PATIENCE = 60000; // for the smallest: it passes on any line that carries half a kilobyte a second

export class Pace {
  constructor() {
    this.size = FIRST;
  }

  get patience() {
    return this.size > LEAST ? PATIENCE : LAST_PATIENCE;
  }

  /** A piece of so many bytes arrived in so many ms. */
  took(bytes, milliseconds) {
    const carried = (bytes / Math.max(1, milliseconds)) * MOMENT;
    // The short one at a file's end is mostly waiting for its answer.
    const isShort = bytes < this.size && carried < this.size;
    this.become(isShort ? this.size : Math.min(carried, this.size * GROWTH));
  }

  /** A piece was lost. */
  failed() {
    this.become(this.size / 2);
  }

  become(size) {
    this.size = Math.round(Math.min(MOST, Math.max(LEAST, size)));
  }
}
