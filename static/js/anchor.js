// The line that stands still while a list changes around it. Safari has no scroll anchoring, and Chromium's own knows
// nothing of a list that loses lines at one end; so it is switched off (overflow-anchor) and done here for all.

const LEAST = 0.5; // px; less is a rounding

/** Remembers where the lines in sight stand, and scrolls so that they stand there again. */
export class Anchor {
  constructor(scroller, list) {
    this.scroller = scroller;
    this.list = list;
    this.places = []; // {id, line, top}, the best one first
  }

  get top() {
    return this.scroller.getBoundingClientRect().top;
  }

  note() {
    const { top } = this;
    const bottom = top + this.scroller.clientHeight;
    const seen = Array.from(this.list.children, (line) => ({ line, ...edgesOf(line) }));
    const inSight = seen.filter((each) => each.bottom > top && each.top < bottom);
    // One that begins in sight rather than one that is cut off: when the latter grows, what follows it is being read.
    const ranked = [...inSight.filter((each) => each.top >= top), ...inSight.filter((each) => each.top < top)];
    this.places = ranked.map((each) => ({ id: each.line.id, line: each.line, top: each.top - top }));
  }

  /** Scrolls the first remembered line that is still there back to its place. */
  hold() {
    const { top } = this;
    for (const place of this.places) {
      // A message that changed is another element of the same name.
      const line = place.line.isConnected ? place.line : document.getElementById(place.id);
      if (line && this.list.contains(line)) {
        const moved = edgesOf(line).top - top - place.top;
        if (Math.abs(moved) >= LEAST) {
          this.scroller.scrollTop += moved;
        }
        return;
      }
    }
  }
}

// Of the bubble: what stands above it in the same line, a time or a name, comes and goes with the line before.
function edgesOf(line) {
  const { top, bottom } = (line.querySelector(".message__bubble") || line).getBoundingClientRect();
  return { top, bottom };
}
