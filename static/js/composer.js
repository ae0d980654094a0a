// The field in which people write. It grows with the words and never sends in the middle of an input method's
// composition. What is begun in it is kept by drafts.js.

/**
 * `new Composer(form, {onSubmit({text, files}), onChange(), onFiles(), maxChars, onTooLong(chars), enterSends, tray})`
 *
 * `form` holds a textarea and a submit button. onSubmit returns false when nothing may leave the field. onChange:
 * the words became others, but not by `fill`; onFiles: the files did. `tray` (tray.js, may be absent) holds the chosen files. With `enterSends` Enter sends and Shift+Enter breaks the line;
 * without it only Ctrl/⌘+Enter sends.
 */
export class Composer {
  constructor(form, { onSubmit, onChange = () => {}, onFiles = () => {}, maxChars = 8000, onTooLong = () => {}, enterSends = true, tray = null }) {
    this.form = form;
    this.field = form.querySelector("textarea");
    this.button = form.querySelector("[type=submit]");
    this.hooks = { onSubmit, onChange, onFiles, onTooLong };
    this.maxChars = maxChars;
    this.enterSends = enterSends;
    this.tray = tray;
    this.waiting = null; // for the tray, to send
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", () => this.changed());
    // The tap would take the focus from the field, and the phone's keyboard with it.
    this.button.addEventListener("pointerdown", (event) => event.preventDefault());
    window.addEventListener("resize", () => this.grow());
    if (tray) {
      tray.onChange = () => {
        this.look();
        onFiles();
      };
      // What waits for a photo would go uncovered while somebody covers it.
      tray.onMarking = () => {
        this.waiting = null;
      };
    }
    this.grow();
    this.look();
  }

  get text() {
    return this.field.value;
  }

  get isEmpty() {
    return !this.text.trim() && (!this.tray || this.tray.isEmpty);
  }

  key(event) {
    // 229: the key belongs to the input method. Safari ends the composition before this event, and says so only here.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) {
      return;
    }
    const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.ctrlKey || event.metaKey || (this.enterSends && plain)) {
      event.preventDefault();
      this.submit();
    }
  }

  submit() {
    if (this.isEmpty) {
      return;
    }
    if (this.isTooLong) {
      this.hooks.onTooLong(this.text.length);
      return;
    }
    if (this.tray && this.tray.isBusy) {
      this.submitSoon();
      return;
    }
    this.hand(this.tray ? this.tray.files : []);
  }

  /** A photo is being made smaller. It goes a moment later, unless other files stand there then. */
  async submitSoon() {
    if (this.waiting) {
      return;
    }
    const turn = (this.waiting = {});
    const same = await this.tray.settled();
    if (this.waiting === turn) {
      this.waiting = null;
      same && this.submit();
    }
  }

  /** Something else comes into the field: what waits for its photo goes now, as it is. */
  submitNow() {
    if (this.waiting) {
      this.waiting = null;
      this.hand(this.tray.files);
    }
  }

  hand(files) {
    if (this.hooks.onSubmit({ text: this.text, files }) !== false) {
      this.clear();
    }
  }

  clear() {
    if (this.tray) {
      this.tray.clear();
    }
    this.fill("");
  }

  /** Put words into the field, at the place of the caret when something is written already. */
  insert(words) {
    const start = this.field.selectionStart;
    this.field.setRangeText(words, start, this.field.selectionEnd, "end");
    this.changed();
    this.field.focus();
  }

  fill(text) {
    this.field.value = text;
    this.grow();
    this.look();
    if (this.isTooLong) {
      this.hooks.onTooLong(text.length); // kept from an earlier page: red alone says nothing
    }
  }

  get isTooLong() {
    return this.text.length > this.maxChars;
  }

  /** Words and files that were not sent come back, before whatever is being written now. */
  takeBack(text, files = []) {
    this.fill(this.text.trim() ? `${text}\n${this.text}` : text);
    if (this.tray) {
      this.tray.add(files);
    }
    this.hooks.onChange();
    this.focus();
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  changed() {
    this.grow();
    this.look();
    this.hooks.onChange();
  }

  // Height through a script's own style property: the policy forbids style attributes, not this.
  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  look() {
    this.form.classList.toggle("composer--ready", !this.isEmpty);
    this.form.classList.toggle("composer--long", this.isTooLong);
    this.field.setAttribute("aria-invalid", String(this.isTooLong));
  }
}
