/** From the composer to the server on the agent's side: the bubble at once, the outbox behind it. */

import { deliver, notSent } from "./delivery.js";
import { Outbox } from "./outbox.js";
import { say } from "./strings.js";

export class Answering {
  /** `stage` knows the open thread; `reply` takes words back; `onSignedOut()`: nothing goes out any more. */
  constructor({ me, store, stage, onSignedOut }) {
    this.stage = stage;
    this.reply = null;
    this.resolveAfter = null; // the conversation that is resolved as soon as its last words are out
    this.outbox = new Outbox(`agent:${me}`, {
      post: (item) => deliver(item.address, item, fieldsOf(item), (words) => this.held(item, words)),
      onSent: (item, response) => this.sent(item, response),
      onRefused: (item, reason, response) => this.refused(item, reason, response),
      onWaiting: (item, n, why) => this.held(item, say(`shared.${why}`, { n })),
      onStale: (item) => this.inThread(item, (feed) => feed.failed(item.client_id, say("shared.stale"))),
      onSignedOut,
    }, store);
    stage.pane.addEventListener("click", (event) => this.clicked(event));
    // In the capturing phase: before HTMX takes the form.
    document.addEventListener("submit", (event) => this.submitting(event), true);
  }

  async restore() {
    await this.outbox.restore();
    this.showUnsent();
    this.outbox.wake();
  }

  send(item) {
    this.inThread(item, (feed) => showPending(feed, item));
    if (this.stage.isOpen(item.conversation_id)) this.stage.thread.scroll.toEnd();
    this.outbox.add(item);
  }

  /** What is still on its way in the thread that came on screen. */
  showUnsent() {
    this.outbox.items.forEach((item) => this.inThread(item, (feed) => showPending(feed, item)));
  }

  inThread(item, act) {
    if (this.stage.isOpen(item.conversation_id)) act(this.stage.thread.feed);
  }

  held(item, words) {
    this.inThread(item, (feed) => feed.held(item.client_id, words));
  }

  sent(item, response) {
    this.inThread(item, (feed) => {
      feed.insertHTML(response.text);
      feed.healGap();
    });
    if (this.resolveAfter === item.conversation_id && !this.unsent(this.resolveAfter)) {
      this.resolveAfter = null;
      if (this.stage.isOpen(item.conversation_id)) this.stage.thread.press("resolve");
    }
  }

  refused(item, reason, response) {
    this.resolveAfter = null;
    if (response.status !== 409) {
      this.inThread(item, (feed) => feed.failed(item.client_id, notSent(reason, response)));
      return;
    }
    // Somebody wrote meanwhile: what they wrote comes in, and the words go back to where they can be changed.
    this.takeBack(item.client_id, item.based_on_seq === null ? reason : say("console.send_again", { s: reason }));
    this.inThread(item, (feed) => feed.catchUp());
  }

  takeBack(clientId, words) {
    const item = this.outbox.take(clientId);
    if (!item) return;
    this.inThread(item, (feed) => feed.remove(clientId));
    this.reply.giveBack(item, words);
  }

  unsent(id) {
    return this.outbox.items.some((item) => item.conversation_id === id && !item.refused);
  }

  clicked(event) {
    const way = event.target.closest("[data-retry], [data-edit]");
    if (!way) return;
    const { clientId } = way.closest("[data-message]").dataset;
    if (way.matches("[data-edit]")) {
      this.takeBack(clientId, "");
    } else {
      this.stage.thread.feed.held(clientId, "");
      this.outbox.retry(clientId);
    }
  }

  /** "Send, then resolve" is one movement of the hands: resolving waits for the words that are still on their way. */
  submitting(event) {
    if (!event.target.querySelector("[data-seen-version]")) return;
    const { thread } = this.stage;
    thread.noteVersion();
    if (!this.unsent(thread.id)) return;
    this.resolveAfter = thread.id;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

function fieldsOf(item) {
  const fields = item.internal ? { internal: "true" } : {};
  return item.based_on_seq === null ? fields : { ...fields, based_on_seq: item.based_on_seq };
}

function showPending(feed, item) {
  if (feed.has(item.client_id)) return;
  feed.pending(item.client_id, item.content, item.files).classList.toggle("message--note", item.internal);
  if (item.refused) feed.failed(item.client_id, notSent(item.refused));
}
