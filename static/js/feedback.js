// What an employee says with one tap. The buttons come with the state line and with the panel above the composer, in
// every answer and frame alike; each names its address, and the page's two empty forms hold the token for browsers
// without scripts.

import { refusalOf, send } from "./http.js";
import { say } from "./strings.js";

const FRESH = 350; // ms; a double tap is over by then

/**
 * `new Feedback(root, {holder, around(change), onAnswer(html), onRefused(words), ask()})`: `holder` is where the panel
 * stands; around(change) keeps the reader's place in the thread; ask() asks the server what is true now.
 */
export class Feedback {
  constructor(root, { holder, around, onAnswer, onRefused, ask }) {
    Object.assign(this, { root, holder, around, onAnswer, onRefused, ask });
    this.busy = false;
    this.timer = this.fresh = null;
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button[form]");
      if (button && root.querySelector(`#${button.getAttribute("form")}[data-say]`)) {
        event.preventDefault();
        this.tap(button);
      }
    });
    this.wait();
  }

  /** What came with a state line that is shown: a panel, or none. */
  show(fragment) {
    const panel = fragment.querySelector("[data-panel]");
    const present = this.holder.querySelector("[data-panel]");
    if (!sameShape(panel, present)) {
      this.around(() => this.replace(panel, present));
    }
    this.wait();
  }

  replace(panel, present) {
    const held = present && present.contains(document.activeElement);
    const typed = present && present.querySelector("[data-words]");
    this.holder.textContent = "";
    this.holder.classList.add("is-fresh");
    window.clearTimeout(this.fresh);
    this.fresh = window.setTimeout(() => this.holder.classList.remove("is-fresh"), FRESH);
    if (panel) {
      this.holder.append(panel);
      const field = panel.querySelector("[data-words]");
      // Another tab, or the face just tapped, brought this panel; what is being written stays.
      if (field && typed && typed.value !== typed.defaultValue) {
        field.value = typed.value;
      }
      held && (typed === held && field ? field : panel).focus({ preventScroll: true });
    }
  }

  /** Two taps of one thumb are one. */
  async tap(button) {
    if (this.busy) {
      return;
    }
    this.busy = true;
    this.onRefused("");
    const body = new URLSearchParams();
    const form = button.getAttribute("form");
    this.holder.querySelectorAll(`input[form="${form}"]`).forEach((field) => body.append(field.name, field.value));
    button.name && body.append(button.name, button.value);
    const response = await send(button.getAttribute("formaction"), { method: "POST", body }).catch(() => null);
    this.busy = false;
    if (response && response.ok) {
      this.settle(body.get("words"));
      this.onAnswer(response.text);
    } else {
      this.onRefused(response ? refusalOf(response).reason : say("shared.offline_now"));
      response && this.ask();
    }
  }

  /** Something here is true for a while only: ask again when it ends. */
  wait() {
    window.clearTimeout(this.timer);
    const ends = Array.from(this.root.querySelectorAll("[data-ask-in]"), endOf);
    if (ends.length) {
      this.timer = window.setTimeout(() => this.ask(), Math.max(1000, Math.min(...ends) - Date.now()));
    }
  }

  /** These words are saved: what the server says of them stands instead, unless somebody wrote on meanwhile. */
  settle(words) {
    const field = this.holder.querySelector("[data-words]");
    if (field && words !== null) {
      field.defaultValue = words;
    }
  }
}

// Counted from when it came, and a second on: the server rounds up.
function endOf(part) {
  part.dataset.endsAt = part.dataset.endsAt || Date.now() + (Number(part.dataset.askIn) + 1) * 1000;
  return Number(part.dataset.endsAt);
}

function sameShape(one, other) {
  return one === other || Boolean(one && other && shapeOf(one) === shapeOf(other));
}

// The seconds left are another number each time.
function shapeOf(panel) {
  return panel.outerHTML.replace(/ data-(?:ask-in|ends-at)="\d+"/g, "");
}
