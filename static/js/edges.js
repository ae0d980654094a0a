// Where the part of a conversation on the page ends, and more of it comes when somebody scrolls there.

const AHEAD = 600; // px before the reader reaches the end, so that nobody waits
const AGAIN = 3000; // ms before a part that did not come is asked for again

/** Above and below the list stand `older` and `newer`, lines that say that more is on its way. */
export class Edges {
  constructor(feed, scroller, { older, newer }) {
    this.feed = feed;
    this.scroller = scroller;
    this.lines = [
      { line: older, wanted: () => feed.hasOlder, load: () => feed.pages.older(), end: () => feed.first },
      { line: newer, wanted: () => feed.apart, load: () => feed.pages.newer(), end: () => feed.span.last },
    ];
    const margin = `${AHEAD}px 0px ${AHEAD}px 0px`;
    this.observer = new IntersectionObserver(() => this.look(), { root: scroller, rootMargin: margin });
    this.lines.forEach(({ line }) => this.observer.observe(line));
    // The observer looks once a frame: what came and was scrolled past within one frame is no crossing to it.
    const scrolled = () => this.lines.forEach((edge) => edge.resting || this.fill(edge));
    scroller.addEventListener("scroll", scrolled, { passive: true });
    this.show();
  }

  /** After the list changed: which of the two lines stands there. */
  show() {
    this.lines.forEach(({ line, wanted }) => {
      line.hidden = !wanted();
    });
  }

  look() {
    window.clearTimeout(this.timer);
    this.lines.forEach((edge) => {
      edge.resting = false;
      this.fill(edge);
    });
  }

  // A short page may leave the line in sight, and then no further crossing would be told.
  async fill(edge) {
    while (!edge.filling && this.isNear(edge)) {
      const before = edge.end();
      edge.filling = true;
      await edge.load();
      edge.filling = false;
      if (edge.end() === before) {
        edge.resting = true; // without a network scrolling alone must not ask sixty times a second
        this.timer = window.setTimeout(() => this.look(), AGAIN);
        return;
      }
    }
  }

  isNear({ line, wanted }) {
    if (!wanted() || !line.isConnected) {
      return false;
    }
    const view = this.scroller.getBoundingClientRect();
    const { top, bottom } = line.getBoundingClientRect();
    return bottom > view.top - AHEAD && top < view.bottom + AHEAD;
  }

  close() {
    window.clearTimeout(this.timer);
    this.observer.disconnect();
  }
}
