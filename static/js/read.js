// Tells how far somebody has read: a message counts once it was on a visible page for a second.

const GLANCE = 1000; // ms
const EARLY = 2; // ms by which a timer may fire before its time

/** `new Reading(scroller, list, {isMine(article), report(seq)})`: report is called with rising numbers only. */
export class Reading {
  constructor(scroller, list, { isMine, report }) {
    this.isMine = isMine;
    this.report = report;
    this.reported = Number(list.dataset.readSeq) || 0;
    this.confirmed = this.reported;
    this.since = new Map(); // article on screen → when it came there, by the clock that never jumps
    this.observer = new IntersectionObserver((entries) => this.saw(entries), { root: scroller, threshold: [0, 0.5] });
    // A new bubble, and one that took a pending one's place, is another element: watch each that enters the list.
    this.entering = new MutationObserver(() => this.watch(list));
    this.entering.observe(list, { childList: true });
    this.lookAway = () => this.restart();
    document.addEventListener("visibilitychange", this.lookAway);
    this.watch(list);
  }

  close() {
    window.clearTimeout(this.timer);
    this.observer.disconnect();
    this.entering.disconnect();
    document.removeEventListener("visibilitychange", this.lookAway);
  }

  /** The server knows that this person has read up to `seq`, on this page or on another. */
  known(seq) {
    this.confirmed = Math.max(this.confirmed, seq);
    this.reported = Math.max(this.reported, seq);
  }

  /** The line is a new one: what was told on the old one may be lost. */
  repeat() {
    if (this.reported > this.confirmed) {
      this.report(this.reported);
    }
  }

  watch(list) {
    list.querySelectorAll("[data-seq]:not([data-watched])").forEach((article) => {
      article.dataset.watched = "";
      this.observer.observe(article);
    });
  }

  saw(entries) {
    entries.forEach((entry) => {
      if (!isSeen(entry)) {
        this.since.delete(entry.target);
      } else if (!this.since.has(entry.target)) {
        this.since.set(entry.target, performance.now());
      }
    });
    this.glance();
  }

  // Nobody looks at a page that is not shown: every second begins anew when it comes back.
  restart() {
    this.since.forEach((_, article) => this.since.set(article, performance.now()));
    this.glance();
  }

  /** Reports what has stood there for its second, and comes back when the next one has. */
  glance() {
    window.clearTimeout(this.timer);
    if (document.visibilityState !== "visible") {
      return;
    }
    const now = performance.now();
    const unread = this.unread();
    const seen = unread.filter((article) => now - this.since.get(article) >= GLANCE - EARLY);
    if (seen.length) {
      this.reported = Math.max(...seen.map(seqOf));
      this.report(this.reported);
    }
    const waiting = unread.filter((article) => seqOf(article) > this.reported).map((article) => this.since.get(article));
    if (waiting.length) {
      this.timer = window.setTimeout(() => this.glance(), Math.min(...waiting) + GLANCE - now);
    }
  }

  unread() {
    const shown = Array.from(this.since.keys());
    return shown.filter((each) => each.isConnected && !this.isMine(each) && seqOf(each) > this.reported);
  }
}

// Half of it, or, of one that is higher than the screen, half a screen.
function isSeen(entry) {
  const half = entry.rootBounds && entry.intersectionRect.height > entry.rootBounds.height / 2;
  return entry.isIntersecting && (entry.intersectionRatio >= 0.5 || Boolean(half));
}

const seqOf = (article) => Number(article.dataset.seq);
