// Which part of a conversation stands on the page: one unbroken run of its messages, never more than some three hundred.

import { seqOf } from "./article.js";

const MOST = 300; // bubbles; more make an old phone slow, and what is further off is asked for when it comes near

/** `apart`: the run does not reach to the newest message; what comes is then only counted. */
export class Span {
  constructor(list) {
    this.list = list;
    this.apart = false;
    this.growing = false; // a page that follows on the end of a run apart is being put in
  }

  get first() {
    return this.list.querySelector("[data-seq]");
  }

  get last() {
    let article = this.list.lastElementChild;
    while (article && !article.dataset.seq) {
      article = article.previousElementSibling;
    }
    return article;
  }

  /** Whether a message that is not here belongs into the run, or follows on one of its ends. */
  admits(article) {
    const { first, last } = this;
    if (!first) {
      return true;
    }
    if (seqOf(article) < seqOf(first)) {
      return seqOf(article) === Number(first.dataset.prevSeq);
    }
    if (!this.apart || seqOf(article) < seqOf(last)) {
      return true;
    }
    return this.growing && Number(article.dataset.prevSeq) === seqOf(last);
  }

  /** The order in which a page joins the run: what lies above it from below upwards, all else downwards. */
  joining(articles) {
    const first = this.first ? seqOf(this.first) : 0;
    const sorted = articles.slice().sort((one, other) => seqOf(one) - seqOf(other));
    const above = sorted.filter((article) => seqOf(article) < first);
    return [...above.reverse(), ...sorted.slice(above.length)];
  }

  /** Takes off what is too much, at the end from which its reader is further away. Returns what went. */
  trim(readsBack) {
    const standing = Array.from(this.list.querySelectorAll("[data-seq]"));
    const over = Math.max(0, standing.length - MOST);
    const gone = readsBack ? standing.slice(standing.length - over) : standing.slice(0, over);
    gone.forEach((article) => article.remove());
    this.apart = this.apart || (readsBack && over > 0);
    return gone;
  }

  /** Takes off everything but bubbles that wait for the server: another run comes. */
  clear() {
    this.list.querySelectorAll("[data-seq]").forEach((article) => article.remove());
    this.apart = false;
  }
}
