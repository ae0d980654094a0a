// The field in which people write. It grows with the words, never sends in the middle of an input method's
// composition, and keeps what is being written over a reload.

const SAVE_EVERY = 300; // ms between two savings of a draft while somebody types

/**
 * `new Composer(form, {onSubmit({text, files}), store, draftKey, maxChars, onTooLong(chars), enterSends, tray})`
 *
 * `form` holds a textarea and a submit button. onSubmit returns false when nothing may leave the field. `tray`
 * (tray.js, may be absent) holds the chosen files. With `enterSends` Enter sends and Shift+Enter breaks the line;
 * without it only Ctrl/⌘+Enter sends.
 */
export class Composer {
  constructor(form, { onSubmit, store, draftKey, maxChars = 8000, onTooLong = () => {}, enterSends = true, tray = null }) {
    this.form = form;
    this.field = form.querySelector("textarea");
    this.button = form.querySelector("[type=submit]");
    this.hooks = { onSubmit, onTooLong };
    this.store = store;
    this.draftKey = draftKey;
    this.maxChars = maxChars;
    this.enterSends = enterSends;
    this.tray = tray;
    this.timer = null;
    this.savedAt = 0;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", () => this.changed());
    // The tap would take the focus from the field, and the phone's keyboard with it.
    this.button.addEventListener("pointerdown", (event) => event.preventDefault());
    window.addEventListener("pagehide", () => this.save());
    window.addEventListener("resize", () => this.grow());
    if (tray) {
      tray.onChange = () => this.look();
    }
    this.restore();
  }

  get text() {
    return this.field.value;
  }

  get isEmpty() {
    return !this.text.trim() && !(this.tray && this.tray.files.length);
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
    if (this.text.length > this.maxChars) {
      this.hooks.onTooLong(this.text.length);
      return;
    }
    const files = this.tray ? this.tray.files : [];
    if (this.hooks.onSubmit({ text: this.text, files }) !== false) {
      this.clear();
    }
  }

  clear() {
    if (this.tray) {
      this.tray.clear();
    }
    this.fill("");
    this.save();
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
  }

  /** Words and files that were not sent come back, before whatever is being written now. */
  takeBack(text, files = []) {
    this.fill(this.text.trim() ? `${text}\n${this.text}` : text);
    this.save();
    if (this.tray) {
      this.tray.add(files);
    }
    this.focus();
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  changed() {
    this.grow();
    this.look();
    // The first key at once: a page that is torn down right after it has no time left to save.
    const wait = Date.now() - this.savedAt < SAVE_EVERY ? SAVE_EVERY : 0;
    this.timer = this.timer || window.setTimeout(() => this.save(), wait);
  }

  // Height through a script's own style property: the policy forbids style attributes, not this.
  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  look() {
    this.form.classList.toggle("composer--ready", !this.isEmpty);
    this.form.classList.toggle("composer--long", this.text.length > this.maxChars);
  }

  /** Write under another name from now on: a new request got its number. */
  rename(draftKey) {
    if (this.store && this.draftKey) {
      this.store.delete(`draft:${this.draftKey}`);
    }
    this.draftKey = draftKey;
    this.save();
  }

  save() {
    window.clearTimeout(this.timer);
    this.timer = null;
    this.savedAt = Date.now();
    if (this.store && this.draftKey) {
      const key = `draft:${this.draftKey}`;
      this.text ? this.store.put(key, this.text) : this.store.delete(key);
    }
  }

  async restore() {
    this.grow();
    this.look();
    const kept = this.store && this.draftKey ? await this.store.get(`draft:${this.draftKey}`) : "";
    // Whoever began to type before the draft was read wins.
    if (kept && !this.text) {
      this.fill(kept);
    }
  }
}
