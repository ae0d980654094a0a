/** The agent's composer: one form for all threads, never rendered again; words go out through the outbox. */

import { acceptFrom, acceptOn } from "./arrivals.js";
import { offerCapture } from "./capture.js";
import { Composer } from "./composer.js";
import { DraftLine } from "./draft_line.js";
import { newClientId } from "./ids.js";
import { settle } from "./shrink.js";
import { say } from "./strings.js";
import { Tray } from "./tray.js";

export class Reply {
  /** `drafts`: see drafts.js; `send(item)` takes a finished item; `lastSeq()` is the newest line on screen. */
  constructor(form, { drafts, send, lastSeq }) {
    Object.assign(this, { form, drafts, send, lastSeq });
    this.line = new DraftLine(form.querySelector("[data-draft-line]"), drafts, () => this.id);
    this.asking = form.querySelector("[data-ask]");
    this.id = null;
    this.basedOnSeq = null; // what stood on screen when the first letter was written: the words answer to that
    this.tray = new Tray(form.querySelector("[data-tray]"), {
      maxBytes: Number(form.dataset.maxBytes),
      onRefused: (words) => this.tell(words),
    });
    this.composer = new Composer(form, {
      tray: this.tray,
      onSubmit: ({ text, files }) => this.submit(text, files),
      onTooLong: (chars) => this.tell(say("console.too_long", { n: chars - this.composer.maxChars })),
      maxChars: Number(form.dataset.maxChars),
      enterSends: false,
    });
    form.addEventListener("change", () => {
      this.modeIs(this.internal);
      this.keep();
    });
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("blur", () => this.id && this.drafts.save(this.id));
    this.tray.onChange = () => this.filesChanged();
    // What was taken away or covered must not come back with a draft that remembers the files of before.
    this.tray.onHand = () => this.keep();
    this.tray.onMarked = ({ send: sendsNow }) => (sendsNow ? this.composer.submit() : this.composer.focus());
    acceptFrom(form.querySelectorAll("[data-files]"), this.tray, () => this.composer.focus());
    acceptOn(document.body, this.tray, () => this.composer.focus(), () => Boolean(this.id));
    offerCapture(form.querySelector("[data-capture]"), {
      taken: (shot, note) => this.tray.takeShot(shot, note),
      refused: (words) => this.tell(words),
    });
  }

  get field() {
    return this.composer.field;
  }

  get isEmpty() {
    return !this.composer.text && !this.tray.files.length;
  }

  get draft() {
    const { internal, basedOnSeq } = this;
    return { content: this.composer.text, internal, basedOnSeq, files: this.tray.files };
  }

  /** Whether somebody is at the words for `id`: they are not taken away under the hands. */
  isBusy(id) {
    return id === this.id && document.hasFocus() && document.activeElement === this.field;
  }

  get internal() {
    return this.form.elements.internal.value === "true";
  }

  /** Another conversation came on screen (or none): its own words come back, this one's stay with it. */
  async show(id, address) {
    if (id === this.id) return;
    this.composer.submitNow();
    this.keep();
    if (this.id) this.drafts.save(this.id);
    this.id = id;
    this.tell("");
    this.line.show();
    this.form.hidden = !id;
    if (!id) return;
    this.form.action = address;
    this.fill(this.drafts.draftOf(id));
    const draft = await this.drafts.open(id);
    if (this.id === id && this.isEmpty) this.fill(draft);
  }

  /** Another device's words took the place of those that stood there. */
  taken(id, draft) {
    if (id === this.id) this.fill(draft);
  }

  fill(draft) {
    const { content, internal, basedOnSeq } = draft;
    const files = draft.files.slice(); // the tray tells of its emptying, and what it tells is kept
    this.filling = true;
    this.tray.clear();
    this.tray.add(files);
    this.filling = false;
    this.composer.fill(content);
    this.modeIs(internal);
    this.basedOnSeq = this.isEmpty ? null : basedOnSeq;
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
    this.noteBase();
    this.keep();
  }

  /** While another draft is put in, the files change before the words do: then nothing is kept. */
  filesChanged() {
    this.noteBase();
    if (this.id && !this.filling) this.drafts.keepFiles(this.id, this.tray.files);
    this.composer.look();
  }

  noteBase() {
    if (this.basedOnSeq === null) this.basedOnSeq = this.lastSeq();
    if (this.isEmpty) this.basedOnSeq = null;
  }

  keep() {
    if (!this.id) return;
    this.drafts.type(this.id, this.draft);
    this.line.show();
  }

  submit(content, files) {
    this.send({
      client_id: newClientId(),
      conversation_id: this.id,
      address: this.form.action,
      content,
      files,
      internal: this.internal,
      based_on_seq: this.internal ? null : this.basedOnSeq,
      draft: this.drafts.send(this.id),
    });
    this.drafts.keepFiles(this.id, []); // they lie in the outbox now
    this.tell("");
    this.fill(this.drafts.draftOf(this.id));
  }

  /** An earlier page left files in a place; none: another page has them now. */
  filesCame(id, files) {
    if (id === this.id) this.tray.bringBack(files);
    else files.forEach(settle);
  }

  /** An item that came back because somebody wrote meanwhile: its words return, and sending them again means it. */
  giveBack(item, words) {
    const here = item.conversation_id === this.id;
    const begun = here ? this.draft : this.drafts.draftOf(item.conversation_id);
    const draft = joined(item, begun);
    if (!here) {
      this.drafts.type(item.conversation_id, draft);
      return;
    }
    this.tell("");
    this.fill(draft); // may say that not all files fit
    this.keep();
    if (words) this.tell(words);
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

/** What came back before what was begun since. A note in either makes a note of both: nothing slips out to the employee. */
function joined(item, begun) {
  const { content, files, internal } = begun;
  const isBegun = Boolean(content.trim() || files.length);
  return {
    content: [item.content, content].filter((words) => words.trim()).join("\n"),
    files: [...(item.files || []), ...files],
    internal: item.internal || (isBegun && internal),
    basedOnSeq: null,
  };
}
