/** The agent's composer: one form for all threads, never rendered again; words go out through the outbox. */

import { Composer } from "./composer.js";
import { newClientId } from "./ids.js";
import { say } from "./strings.js";

export class Reply {
  /** `send(item)` takes a finished item; `lastSeq()` is the newest line on screen. */
  constructor(form, { drafts, send, lastSeq }) {
    Object.assign(this, { form, drafts, send, lastSeq });
    this.asking = form.querySelector("[data-ask]");
    this.id = null;
    this.basedOnSeq = null; // what stood on screen when the first letter was written: the words answer to that
    this.composer = new Composer(form, {
      onSubmit: ({ text }) => this.submit(text),
      onTooLong: (chars) => this.tell(say("console.too_long", { n: chars - this.composer.maxChars })),
      maxChars: Number(form.dataset.maxChars),
      enterSends: false,
    });
    form.addEventListener("change", () => {
      this.modeIs(this.internal);
      this.keep();
    });
    this.field.addEventListener("input", () => this.typed());
  }

  get field() {
    return this.composer.field;
  }

  get internal() {
    return this.form.elements.internal.value === "true";
  }

  /** Another conversation came on screen (or none): its own words come back, this one's stay with it. */
  async show(id, address) {
    if (id === this.id) return;
    this.keep();
    if (this.id) this.drafts.save(this.id);
    this.id = id;
    this.tell("");
    this.form.hidden = !id;
    if (!id) return;
    this.form.action = address;
    this.fill(this.drafts.known.get(id));
    const draft = await this.drafts.of(id);
    if (this.id === id && !this.composer.text) this.fill(draft);
  }

  fill(draft) {
    this.basedOnSeq = draft ? draft.basedOnSeq : null;
    this.composer.fill(draft ? draft.content : "");
    this.modeIs(Boolean(draft && draft.internal));
  }

  modeIs(internal) {
    this.form.elements.internal.value = String(internal);
    this.form.dataset.mode = internal ? "note" : "reply";
    this.field.placeholder = say(internal ? "console.note_placeholder" : "console.reply_placeholder");
  }

  /** R and N: choose, and write. */
  write(internal) {
    this.modeIs(internal);
    this.keep();
    this.composer.focus();
  }

  typed() {
    if (this.basedOnSeq === null) this.basedOnSeq = this.lastSeq();
    if (!this.composer.text) this.basedOnSeq = null;
    this.keep();
  }

  keep() {
    if (!this.id) return;
    const { text } = this.composer;
    if (text.trim()) this.drafts.keep(this.id, { content: text, internal: this.internal, basedOnSeq: this.basedOnSeq });
    else if (this.drafts.known.get(this.id)) this.drafts.drop(this.id);
  }

  submit(content) {
    this.send({
      client_id: newClientId(),
      conversation_id: this.id,
      address: this.form.action,
      content,
      internal: this.internal,
      based_on_seq: this.internal ? null : this.basedOnSeq,
    });
    this.drafts.drop(this.id);
    this.tell("");
    this.fill(null);
  }

  /** An item that came back because somebody wrote meanwhile: its words return, and sending them again means it. */
  giveBack(item, words) {
    const draft = { content: item.content, internal: item.internal, basedOnSeq: null };
    if (item.conversation_id !== this.id) {
      this.drafts.keep(item.conversation_id, draft);
      return;
    }
    const { text } = this.composer;
    this.fill({ ...draft, content: text.trim() ? `${item.content}\n${text}` : item.content });
    this.keep();
    this.tell(words);
    this.composer.focus();
  }

  /** A sentence above the field; empty takes it away. */
  tell(words) {
    this.asking.hidden = !words;
    this.asking.textContent = words;
  }

  /** Puts words where the caret stands, in place of the `taken` characters before it. */
  insert(words, taken) {
    const { selectionStart, selectionEnd } = this.field;
    this.field.setSelectionRange(selectionStart - taken, selectionEnd);
    this.composer.insert(words);
    this.typed();
  }
}
