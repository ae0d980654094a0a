// The quiet line at the field: another version of what is being written, or that only this device has it.

import { say } from "./strings.js";

const LONGEST = 60; // characters of the other version

/** `new DraftLine(element, drafts, place())`; `element` holds the words and the two ways to go on. */
export class DraftLine {
  constructor(element, drafts, place) {
    this.element = element;
    this.drafts = drafts;
    this.place = place;
    // The focus stays in the field, and with it a phone's keyboard.
    element.addEventListener("pointerdown", (event) => event.preventDefault());
    this.part("use").addEventListener("click", () => drafts.swap(place()));
    this.part("drop").addEventListener("click", () => drafts.dropOther(place()));
  }

  part(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  show() {
    const place = this.place();
    const other = place ? this.drafts.draftOf(place).other : null;
    const words = other ? say("shared.draft_other", { s: other.content.trim().slice(0, LONGEST) }) : this.warning(place);
    this.element.hidden = !words;
    this.element.classList.toggle("draft-line--choice", Boolean(other));
    if (this.part("words").textContent !== words) {
      this.part("words").textContent = words;
    }
  }

  warning(place) {
    return place && !this.drafts.isSafe(place) ? say("shared.draft_here_only") : "";
  }
}
