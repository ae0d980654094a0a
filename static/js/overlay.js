// What lies over the whole page for a while: a picture, a text. Not a new tab: the in-app browsers open none, or lose the
// way back.

import { closedByBack } from "./back_step.js";

const STOPS = "button, a[href], [tabindex='0']";

/**
 * `new Overlay(element, {onClosed()})`: Esc and the phone's back key close it, as `close()` does. While it is open the
 * keyboard stays inside; afterwards the focus is where it came from, `comesFrom()` when that was replaced meanwhile.
 */
export class Overlay {
  constructor(element, { onClosed = () => {} } = {}) {
    this.element = element;
    this.onClosed = onClosed;
    this.stepBack = () => {};
    element.addEventListener("keydown", (event) => this.key(event));
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open(first, comesFrom) {
    this.comesFrom = comesFrom;
    this.element.hidden = false;
    first.focus();
    this.stepBack = closedByBack(() => this.left());
  }

  close() {
    this.stepBack();
  }

  left() {
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
