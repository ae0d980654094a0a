// Keeps the reader's eyes where they are: at the newest line for who reads along, at the same pixel for who reads back.

import { say } from "./strings.js";

const NEAR = 48; // px from the end that still count as reading along

/** `new Scroll(scroller, list, button)`: `button` (may be absent) is the pill that says how many new ones are below. */
export class Scroll {
  constructor(scroller, list, button = null) {
    this.scroller = scroller;
    this.list = list;
    this.button = button;
    this.unseen = 0;
    this.following = true;
    this.keeping = false;
    this.top = 0;
    scroller.addEventListener("scroll", () => this.noticed(), { passive: true });
    if (button) {
      button.addEventListener("click", () => this.toEnd());
    }
    // The keyboard, a rotated phone, a picture that arrives: whoever reads along goes on reading along.
    const observer = new ResizeObserver(() => this.following && this.toEnd());
    observer.observe(scroller);
    observer.observe(list);
  }

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  noticed() {
    const { scrollTop } = this.scroller;
    // Only a move upwards leaves the end: told of its own jump, a scroller that shrank meanwhile is no longer at it.
    this.following = this.atEnd || (this.following && scrollTop >= this.top);
    this.top = scrollTop;
    if (this.following) {
      this.count(0);
    }
  }

  /** Run a change of the list; afterwards the same line stands at the same place, or the end is in view as before. */
  around(change) {
    if (this.keeping) {
      change();
      return;
    }
    this.keeping = true;
    const following = this.following;
    const anchor = following ? null : this.firstVisible();
    const before = anchor && anchor.getBoundingClientRect().bottom;
    change();
    if (following) {
      this.toEnd();
    } else if (anchor && anchor.isConnected) {
      this.scroller.scrollTop += anchor.getBoundingClientRect().bottom - before;
    }
    this.keeping = false;
  }

  firstVisible() {
    const top = this.scroller.getBoundingClientRect().top;
    return Array.from(this.list.children).find((line) => line.getBoundingClientRect().bottom > top) || null;
  }

  toEnd() {
    this.following = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.top = this.scroller.scrollTop;
    this.count(0);
  }

  /** Where a page begins: at the line `seq` (a text, may be empty) that a link points at, else at the newest one. */
  begin(seq) {
    const pointed = seq && this.list.querySelector(`[data-seq="${Number(seq)}"]`);
    if (!pointed) {
      this.toEnd();
      return;
    }
    pointed.classList.add("message--pointed");
    this.show(pointed);
  }

  show(article) {
    this.following = false;
    article.scrollIntoView({ block: "center" });
    this.noticed();
  }

  /** A new line came that is not one's own. */
  arrived() {
    if (!this.following) {
      this.count(this.unseen + 1);
    }
  }

  count(unseen) {
    this.unseen = unseen;
    if (this.button) {
      this.button.hidden = unseen === 0;
      this.button.querySelector("[data-count]").textContent = unseen ? say("shared.new_below", { n: unseen }) : "";
    }
  }
}
