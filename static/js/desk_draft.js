// What the employee has begun to write in the request on screen, or for a new one: field and draft are one.

import { DraftLine } from "./draft_line.js";
import { Drafts, NEW } from "./drafts.js";

/**
 * `new DeskDraft(composer, {store, owner, line, addressOf(place), conversationId()})`; `line`: the element that
 * draft_line.js fills.
 */
export class DeskDraft {
  constructor(composer, { store, owner, line, addressOf, conversationId }) {
    this.composer = composer;
    this.conversationId = conversationId;
    this.drafts = new Drafts(`desk:${owner}`, {
      store,
      addressOf,
      maxChars: composer.maxChars,
      isShown: (place) => place === this.place,
      onFiles: (place, files) => place === this.place && composer.tray.bringBack(files),
      isBusy: () => document.hasFocus() && document.activeElement === composer.field,
      onTaken: (place, draft) => place === this.place && composer.fill(draft.content),
      onSettled: () => this.line.show(),
    });
    this.line = new DraftLine(line, this.drafts, () => this.place);
    composer.field.addEventListener("blur", () => this.drafts.save(this.place));
  }

  get place() {
    return this.conversationId() || NEW;
  }

  /** `present`: what the server held when it made the page. */
  async begin(present) {
    const draft = await this.drafts.open(this.place);
    // Whoever began to type before the device answered wins.
    if (draft.content && !this.composer.text) {
      this.composer.fill(draft.content);
    }
    this.drafts.settle(this.place, present);
    this.drafts.restore();
  }

  onFrame(frame) {
    this.drafts.onFrame(frame);
  }

  /** The new request became a conversation. */
  moved() {
    this.drafts.move(this.place);
  }

  changed() {
    this.drafts.type(this.place, { content: this.composer.text, internal: false, basedOnSeq: null, files: this.composer.tray.files });
    this.line.show();
  }

  filesChanged() {
    this.drafts.keepFiles(this.place, this.composer.tray.files);
  }

  /** What stands in the field becomes a message: how that names its draft. */
  send() {
    return this.drafts.send(this.place);
  }

  /** After a gap in what the server told. */
  lookAgain() {
    this.drafts.ask(this.place);
  }
}
