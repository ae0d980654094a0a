/** From the composer to the server on the agent's side: the bubble at once, the outbox behind it. */

import { deliver } from "./delivery.js";
import { newClientId } from "./ids.js";
import { say } from "./strings.js";
import { fromTemplate, showToast } from "./toasts.js";
import { Unsent } from "./unsent.js";

export class Answering {
  /** `stage` knows the open thread; `reply` takes words back. */
  constructor({ me, store, stage }) {
    this.stage = stage;
    this.reply = null;
    this.tab = newClientId();
    this.resolveAfter = null; // the conversation that is resolved as soon as its last words are out
    this.unsent = new Unsent(`agent:${me}`, {
      post: (item) => deliver(item.address, item, fieldsOf(item)),
      laneOf: (item) => item.conversation_id,
      feedOf: (item) => (stage.isOpen(item.conversation_id) ? stage.thread.feed : null),
      onSent: (item, response) => this.sent(item, response),
      onGone: (item) => this.resolveIfDue(item),
      onRefused: (item) => this.refused(item),
      giveBack: (item) => this.takenBack(item),
    }, store);
    stage.pane.addEventListener("click", (event) => this.unsent.clicked(event));
    // In the capturing phase: before HTMX takes the form.
    document.addEventListener("submit", (event) => this.submitting(event), true);
  }

  restore() {
    return this.unsent.outbox.look();
  }

  send(item) {
    this.unsent.send({ ...item, tab: this.tab });
    if (this.stage.isOpen(item.conversation_id)) this.stage.thread.scroll.toNewest();
  }

  /** What is still on its way in the thread that came on screen. */
  showUnsent() {
    this.unsent.showAll();
  }

  sent(item, response) {
    if (this.stage.isOpen(item.conversation_id)) {
      const { feed } = this.stage.thread;
      feed.insertHTML(response.text);
      feed.healGap();
    }
    this.resolveIfDue(item);
  }

  resolveIfDue(item) {
    if (this.resolveAfter === item.conversation_id && !this.hasUnsent(this.resolveAfter)) {
      this.resolveAfter = null;
      if (this.stage.isOpen(item.conversation_id)) this.stage.thread.press("resolve");
    }
  }

  /** Somebody wrote meanwhile: what they wrote comes in, and the words go back to where they can be changed. */
  async refused(item) {
    if (this.resolveAfter === item.conversation_id) this.resolveAfter = null;
    // Its bubble is in a thread that its author has left.
    if (item.tab === this.tab && !this.stage.isOpen(item.conversation_id)) showToast(fromTemplate("toast-unsent"));
    // Into the composer in which they were written. Elsewhere, or after a reload, the bubble asks.
    if (!item.moved_on || item.tab !== this.tab) return;
    const reason = item.refused;
    const words = item.based_on_seq === null ? reason : say("console.send_again", { s: reason });
    const taken = await this.unsent.takeOff(item.client_id);
    if (taken) this.reply.giveBack(taken, words);
    if (this.stage.isOpen(item.conversation_id)) this.stage.thread.feed.catchUp();
  }

  takenBack(item) {
    if (this.resolveAfter === item.conversation_id) this.resolveAfter = null;
    this.reply.giveBack(item, "");
  }

  hasUnsent(id) {
    const { outbox } = this.unsent;
    return outbox.items.some((item) => item.conversation_id === id && !outbox.isAside(item));
  }

  /** "Send, then resolve" is one movement of the hands: resolving waits for the words that are still on their way. */
  submitting(event) {
    if (!event.target.querySelector("[data-seen-version]")) return;
    const { thread } = this.stage;
    thread.noteVersion();
    if (!this.hasUnsent(thread.id)) return;
    this.resolveAfter = thread.id;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

function fieldsOf(item) {
  const fields = item.internal ? { internal: "true" } : {};
  return item.based_on_seq === null ? fields : { ...fields, based_on_seq: item.based_on_seq };
}
