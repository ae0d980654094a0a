/** Canned replies: `/` at the start of a word opens the list, letters narrow it, Enter puts the words in. */

import { fragmentOf, send } from "./http.js";
import { Options } from "./options.js";

const FRESH_MS = 60000;
const CALL = /(^|\s)\/([^\s/]*)$/; // a slash that begins a word, up to the cursor: not the ones inside an address

export class Canned {
  constructor(reply, place, address) {
    Object.assign(this, { reply, place, address });
    this.field = reply.field;
    this.options = null;
    this.readAt = 0;
    this.lent = ""; // what the button wrote, to be taken back when nothing is chosen
    this.field.addEventListener("input", (event) => event.isComposing || this.look());
    this.field.addEventListener("compositionend", () => this.look());
    // Before the composer's own keys: Enter here chooses, it does not send.
    this.field.addEventListener("keydown", (event) => this.pressed(event), true);
    this.field.addEventListener("blur", () => this.close());
    // The send button leaves the focus where it is: without this the button's slash would go out with the words.
    reply.form.querySelector("[data-send]").addEventListener("pointerdown", () => this.close());
    place.addEventListener("mousedown", (event) => this.clicked(event));
    reply.form.querySelector("[data-open-canned]").addEventListener("click", () => this.call());
  }

  get called() {
    const { value, selectionStart, selectionEnd } = this.field;
    const found = selectionStart === selectionEnd && CALL.exec(value.slice(0, selectionStart));
    return found ? found[2] : null;
  }

  async look() {
    if (this.called === null) return this.close();
    await this.read();
    const words = this.called; // more may have been typed while the list came
    if (words === null || document.activeElement !== this.field) return this.close();
    this.place.hidden = false;
    this.field.setAttribute("aria-controls", "canned-options");
    return this.options.narrow(words);
  }

  async read() {
    if (this.options && Date.now() - this.readAt < FRESH_MS) return;
    const answer = await send(this.address, { method: "GET" });
    if (!answer.ok) return;
    this.readAt = Date.now();
    this.place.textContent = "";
    this.place.append(fragmentOf(answer.text));
    this.options = new Options(this.place.querySelector("[role=listbox]"), (id) =>
      this.field.setAttribute("aria-activedescendant", id),
    );
  }

  /** The button: what the slash does, for who has no slash at hand. */
  call() {
    this.field.focus();
    const begins = /(^|\s)$/.test(this.field.value.slice(0, this.field.selectionStart));
    const slash = begins ? "/" : " /";
    this.reply.insert(slash, 0);
    this.lent = slash;
    this.look();
  }

  pressed(event) {
    if (this.place.hidden || event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.close();
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    const chooses = event.key === "Tab" || (event.key === "Enter" && !event.ctrlKey && !event.metaKey);
    if (steps[event.key]) this.options.move(steps[event.key]);
    else if (event.key === "Escape") this.close();
    else if (chooses && this.options.active) this.choose(this.options.active);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  clicked(event) {
    const line = event.target.closest("[data-content]");
    // Without this the field loses the focus, and the list closes before the click.
    event.preventDefault();
    if (line) this.choose(line);
  }

  choose(line) {
    const words = this.called;
    this.lent = "";
    this.close();
    this.reply.insert(line.dataset.content, words === null ? 0 : words.length + 1);
  }

  close() {
    this.place.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
    this.takeBack();
  }

  takeBack() {
    const { lent } = this;
    this.lent = "";
    const end = this.field.selectionStart;
    if (!lent || this.called !== "" || !this.field.value.slice(0, end).endsWith(lent)) return;
    this.field.setRangeText("", end - lent.length, end, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
