/** The composer: one form for all threads, never rendered again; words go out through the outbox. */

import { newClientId } from "./ids.js";
import { say } from "./strings.js";

const MAX_LINES_SHARE = 0.4; // of the window's height, then it scrolls

export class Reply {
  /** `send(item)` takes a finished item; `lastSeq()` is the newest line on screen. */
  constructor(form, { drafts, send, lastSeq }) {
    Object.assign(this, { form, drafts, send, lastSeq });
    this.field = form.querySelector("[data-content]");
    this.asking = form.querySelector("[data-ask]");
    this.id = null;
    this.confirmed = false; // the agent knows that somebody wrote meanwhile, and sends all the same
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("change", () => this.modeIs(this.internal));
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
  }

  get internal() {
    return this.form.elements.internal.value === "true";
  }

  get content() {
    return this.field.value;
  }

  /** Another conversation came on screen (or none): its own words come back, this one's stay with it. */
  async show(id, address) {
    if (id === this.id) return;
    this.keep();
    this.id = id;
    this.ask(null);
    this.form.hidden = !id;
    if (!id) return;
    this.form.action = address;
    this.fill(this.drafts.known.get(id));
    const draft = await this.drafts.of(id);
    if (this.id === id && !this.content) this.fill(draft);
  }

  fill(draft) {
    this.field.value = draft ? draft.content : "";
    this.basedOnSeq = draft ? draft.basedOnSeq : null;
    this.modeIs(Boolean(draft && draft.internal));
    this.grow();
  }

  modeIs(internal) {
    this.form.elements.internal.value = String(internal);
    this.form.dataset.mode = internal ? "note" : "reply";
    this.field.placeholder = say(internal ? "console.note_placeholder" : "console.reply_placeholder");
    if (this.content) this.keep();
  }

  /** R and N: choose and write. */
  write(internal) {
    this.modeIs(internal);
    this.field.focus();
  }

  typed() {
    // What stood there when the first letter was written is what the words answer to.
    if (this.basedOnSeq === null) this.basedOnSeq = this.lastSeq();
    this.grow();
    this.keep();
  }

  keep() {
    if (!this.id) return;
    if (this.content.trim()) this.drafts.keep(this.id, { content: this.content, internal: this.internal, basedOnSeq: this.basedOnSeq });
    else if (this.drafts.known.get(this.id)) this.drafts.drop(this.id);
  }

  pressed(event) {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.submit(event);
    if (event.key === "Escape") this.field.blur();
  }

  submit(event) {
    event.preventDefault();
    const content = this.content;
    if (!content.trim() || !this.id) return this.field.focus();
    const asks = !this.internal && !this.confirmed && this.basedOnSeq !== null;
    this.send({
      client_id: newClientId(),
      conversation_id: this.id,
      address: this.form.action,
      content,
      internal: this.internal,
      based_on_seq: asks ? this.basedOnSeq : null,
    });
    this.drafts.drop(this.id);
    this.ask(null);
    this.fill(null);
    return this.field.focus();
  }

  /** An item that came back because somebody wrote meanwhile: its words return, and Send now means it. */
  giveBack(item, words) {
    if (item.conversation_id !== this.id) {
      this.drafts.keep(item.conversation_id, { content: item.content, internal: item.internal, basedOnSeq: null });
      return;
    }
    const content = this.content.trim() ? `${item.content}\n${this.content}` : item.content;
    this.fill({ content, internal: item.internal, basedOnSeq: null });
    this.keep();
    this.ask(words);
    this.field.focus();
  }

  /** Shows the server's sentence above the field, or takes it away. */
  ask(words) {
    this.confirmed = Boolean(words);
    this.asking.hidden = !words;
    this.asking.textContent = words || "";
  }

  /** Puts words where the cursor stands, in place of the last `taken` characters. */
  insert(words, taken) {
    const { selectionStart: start, selectionEnd: end } = this.field;
    this.field.setRangeText(words, start - taken, end, "end");
    this.field.focus();
    this.typed();
  }

  grow() {
    this.field.style.height = "auto";
    const most = window.innerHeight * MAX_LINES_SHARE;
    this.field.style.height = `${Math.min(most, this.field.scrollHeight)}px`;
  }
}
