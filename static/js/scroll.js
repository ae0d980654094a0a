// Keeps the reader's eyes where they are: at the newest line for who reads along, at the same pixel for who reads back.

import { Anchor } from "./anchor.js";
import { say } from "./strings.js";

const NEAR = 48; // px from the end that still count as reading along

/**
 * `new Scroll(scroller, list, {button, isApart(), latest()})`: `button` (may be absent) is the way back to the newest
 * line and says how many new ones are there. isApart(): the newest messages do not stand in the list; latest(): they
 * are put there, resolves when it is done or nobody answers.
 */
export class Scroll {
  constructor(scroller, list, { button = null, isApart = () => false, latest = () => {} } = {}) {
    Object.assign(this, { scroller, list, button, isApart, latest });
    this.anchor = new Anchor(scroller, list);
    this.unseen = 0;
    this.following = true;
    this.keeping = false;
    this.top = 0;
    scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    if (button) {
      button.addEventListener("click", () => this.toNewest());
    }
    // The keyboard, a rotated phone, a picture that arrives: whoever reads along goes on reading along, and for who
    // reads back the line stays. Told after the layout and before it is painted, so nothing is seen to jump.
    this.observer = new ResizeObserver(() => (this.following ? this.toEnd() : this.anchor.hold()));
    this.observer.observe(scroller);
    this.observer.observe(list);
  }

  get toGo() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  get atEnd() {
    return !this.isApart() && this.toGo < NEAR;
  }

  /** Whether what is read is nearer to the list's beginning than to its end. */
  get readsBack() {
    return !this.following && this.scroller.scrollTop < this.toGo;
  }

  scrolled() {
    this.noticed();
    this.anchor.note();
  }

  noticed() {
    const { scrollTop } = this.scroller;
    // Only a move upwards leaves the end: told of its own jump, a scroller that shrank meanwhile is no longer at it.
    this.following = this.atEnd || (this.following && !this.isApart() && scrollTop >= this.top);
    this.top = scrollTop;
    this.count(this.following ? 0 : this.unseen);
  }

  /** Run a change of the list; afterwards the same line stands at the same place, or the end is in view as before. */
  around(change) {
    if (this.keeping) {
      change();
      return;
    }
    this.keeping = true;
    this.noticed();
    this.anchor.note();
    change();
    this.keeping = false;
    if (this.following) {
      this.toEnd();
    } else {
      this.anchor.hold();
      this.noticed();
    }
  }

  toEnd() {
    this.following = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.top = this.scroller.scrollTop;
    this.anchor.note();
    this.count(0);
  }

  /** To the newest message, wherever it is; without a network as near to it as the list goes. */
  async toNewest() {
    if (this.isApart()) {
      await this.latest();
    }
    if (this.isApart()) {
      this.scroller.scrollTop = this.scroller.scrollHeight;
    } else {
      this.toEnd();
    }
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
    this.scrolled();
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
      const isFar = !this.following && (this.isApart() || this.toGo > this.scroller.clientHeight);
      this.button.hidden = unseen === 0 && !isFar;
      const words = unseen ? say("shared.new_below", { n: unseen }) : say("shared.to_newest");
      const place = this.button.querySelector("[data-count]");
      // Written only when it is another: it is read aloud, and scrolling comes here with every frame.
      if (place.textContent !== words) {
        place.textContent = words;
      }
    }
  }

  close() {
    this.observer.disconnect();
  }
}
