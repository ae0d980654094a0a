// One sign at the newest line that the other side has read; what stands above it is read as well.

/** `new Receipts(list, sign, isOurs(article))`: `sign` is a `<template>`; `list.dataset.seenSeq` is where it begins. */
export class Receipts {
  constructor(list, sign, isOurs) {
    this.list = list;
    this.sign = sign.content.firstElementChild.cloneNode(true);
    this.isOurs = isOurs;
    this.seq = Number(list.dataset.seenSeq) || 0;
    // Lines come, and are replaced by themselves anew: the sign goes with them.
    new MutationObserver(() => this.place()).observe(list, { childList: true });
    this.place();
  }

  /** They have read up to `seq`; an earlier number that comes late changes nothing. */
  moveTo(seq) {
    if (seq > this.seq) {
      this.seq = seq;
      this.place();
    }
  }

  place() {
    this.markSeen();
    const marked = this.sign.closest("[data-message]");
    const newest = this.newest();
    if (marked === newest && (!newest || newest.isConnected)) {
      return;
    }
    if (marked) {
      marked.classList.remove("message--read");
      this.sign.remove();
    }
    if (newest) {
      newest.classList.add("message--read");
      newest.querySelector(".message__mark").append(this.sign);
    }
  }

  /** One's own newest line bears the sign of its arrival: not when a colleague's below it bears that of being read. */
  markSeen() {
    this.list.querySelectorAll(".message--seen").forEach((article) => article.classList.remove("message--seen"));
    this.list.querySelectorAll(".message--latest").forEach((article) => {
      article.classList.toggle("message--seen", Number(article.dataset.seq) <= this.seq);
    });
  }

  // From the end: what was read last is nearly always among the last lines.
  newest() {
    let article = this.seq ? this.list.lastElementChild : null;
    while (article && !(Number(article.dataset.seq) <= this.seq && this.isOurs(article))) {
      article = article.previousElementSibling;
    }
    return article;
  }
}
