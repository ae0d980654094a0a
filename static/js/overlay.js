// What lies over the whole page for a while: a picture, a text. Not a new tab: the in-app browsers open none, or lose the
// way back.

const STOPS = "button, a[href], [tabindex='0']";

/**
 * `new Overlay(element, {onClosed()})`: Esc and the phone's back key close it, as `close()` does. While it is open the
 * keyboard stays inside; afterwards the focus is where it came from, `comesFrom()` when that was replaced meanwhile.
 */
export class Overlay {
  constructor(element, { onClosed = () => {} } = {}) {
    this.element = element;
    this.onClosed = onClosed;
    this.leaving = false;
    element.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("popstate", (event) => this.left(event), true);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open(first, comesFrom) {
    this.comesFrom = comesFrom;
    this.leaving = false;
    this.element.hidden = false;
    first.focus();
    const { topic } = history.state || {}; // a reload goes on with it (topics.js)
    history.pushState({ overlay: true, topic }, "");
  }

  /** One step back, and not two where somebody presses twice: the second would leave the page. */
  close() {
    if (this.isOpen && !this.leaving) {
      this.leaving = true;
      history.back();
    }
  }

  left(event) {
    if (!this.isOpen) {
      return;
    }
    // This step back was ours alone: HTMX would put the thread on the page anew, and the reader's place with it.
    event.stopImmediatePropagation();
    this.element.hidden = true;
    this.onClosed();
    const opener = this.comesFrom();
    opener && opener.focus({ preventScroll: true });
  }

  key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "Tab") {
      event.preventDefault();
      this.step(event.shiftKey ? -1 : 1);
    }
  }

  step(by) {
    const stops = Array.from(this.element.querySelectorAll(STOPS)).filter((each) => !each.disabled && each.offsetParent);
    const at = Math.max(stops.indexOf(document.activeElement), by < 0 ? 0 : -1);
    const next = stops[(at + by + stops.length) % stops.length];
    next && next.focus();
  }
}
