// Tells how far somebody has read: a message counts once it was on a visible page for a second.

const GLANCE = 1000; // ms

/** `new Reading(scroller, list, {isMine(article), report(seq)})`: report is called with rising numbers only. */
export class Reading {
  constructor(scroller, list, { isMine, report }) {
    this.isMine = isMine;
    this.report = report;
    this.reported = Number(list.dataset.readSeq) || 0;
    this.visible = new Set();
    this.observer = new IntersectionObserver((entries) => this.saw(entries), { root: scroller, threshold: [0, 0.5] });
    // A new bubble, and one that took a pending one's place, is another element: watch each that enters the list.
    new MutationObserver(() => this.watch(list)).observe(list, { childList: true });
    document.addEventListener("visibilitychange", () => this.glance());
    this.watch(list);
  }

  watch(list) {
    list.querySelectorAll("[data-seq]:not([data-watched])").forEach((article) => {
      article.dataset.watched = "";
      this.observer.observe(article);
    });
  }

  saw(entries) {
    entries.forEach((entry) => {
      const half = entry.rootBounds && entry.intersectionRect.height > entry.rootBounds.height / 2;
      const seen = entry.isIntersecting && (entry.intersectionRatio >= 0.5 || half);
      this.visible[seen ? "add" : "delete"](entry.target);
    });
    this.glance();
  }

  glance() {
    window.clearTimeout(this.timer);
    if (document.visibilityState === "visible" && this.newest() > this.reported) {
      this.timer = window.setTimeout(() => this.tell(), GLANCE);
    }
  }

  tell() {
    const seq = this.newest();
    if (seq > this.reported && document.visibilityState === "visible") {
      this.reported = seq;
      this.report(seq);
    }
  }

  newest() {
    const seqs = Array.from(this.visible).filter((article) => article.isConnected && !this.isMine(article));
    return Math.max(0, ...seqs.map((article) => Number(article.dataset.seq)));
  }
}
