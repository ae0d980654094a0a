// One's own messages that the server has not confirmed: how their bubbles stand, and what can be done about them.

import { refusalOf } from "./http.js";
import { Outbox } from "./outbox.js";
import { Standing, UPWARD } from "./standing.js";
import { say } from "./strings.js";
import { Uploads } from "./uploads.js";

const UNDO = 10000; // ms in which a message that was thrown away can be had again
const UNKEPT = 1000; // ms after which it is worth saying that this device cannot keep it; most are sent by then
const QUIET = 600; // ms before files are said to go up, or to be waited for: a line that came and went would make the page jump

/**
 * `new Unsent(name, parts, store)`; `name` as in outbox.js. Parts: post(item); laneOf(item): see lanes.js; feedOf(item): the feed
 * that shows it on this page, or null; onSent(item, response); onGone(item): another tab sent it or took it; onRefused(item);
 * giveBack(item): its words and files return to where they are written.
 */
export class Unsent {
  constructor(name, parts, store) {
    this.parts = parts;
    this.thrown = new Map(); // client id → what was thrown away a moment ago
    this.uploads = new Uploads();
    this.outbox = new Outbox(name, {
      upload: (item, onMoved) => this.upload(item, onMoved),
      post: (item) => this.post(item),
      laneOf: (item) => parts.laneOf(item),
      onAdded: (item) => this.show(item),
      onState: (item) => this.tellAll(item),
      onSent: (item, response) => this.sent(item, response),
      onGone: (item) => this.gone(item),
      onRefused: (item) => parts.onRefused && parts.onRefused(item),
      onUnkept: (item, why) => this.cannotKeep(item, why),
    }, store);
    this.standing = new Standing(this.outbox);
  }

  get items() {
    return this.outbox.items;
  }

  send(item) {
    this.show(item);
    this.outbox.add(item);
  }

  /** Every bubble that belongs on this page, as when another thread came on screen. */
  showAll() {
    this.items.slice().forEach((item) => this.show(item));
  }

  show(item) {
    const feed = this.parts.feedOf(item);
    if (!feed) return;
    feed.waiting.onConfirmed = (clientId) => this.outbox.confirmed(clientId);
    const article = feed.list.querySelector(`[id="message-${item.client_id}"]`);
    if (article && article.dataset.seq) {
      // It stands here: only the answer to its send was lost. Ids belong to their authors, a stranger's says nothing.
      feed.isMine(article) && this.outbox.confirmed(item.client_id);
      return;
    }
    if (!article) {
      feed.pending(item.client_id, item.content, item.files).classList.toggle("message--note", Boolean(item.internal));
      window.setTimeout(() => this.stillWaits(item), QUIET);
    }
    this.tell(item);
  }

  stillWaits(item) {
    this.standing.waiting.add(item.client_id);
    if (this.outbox.get(item.client_id) === item && this.standing.stateOf(item).name === "behind") this.tell(item);
  }

  /** It stands otherwise, and so may what waits for its files. */
  tellAll(item) {
    this.tell(item);
    this.tellThoseBehind(item);
  }

  tellThoseBehind(item) {
    if (!item.files.length) return;
    const others = this.items.filter((other) => other !== item && !other.tried && this.standing.waiting.has(other.client_id));
    others.forEach((other) => this.tell(other));
  }

  tell(item) {
    const feed = this.parts.feedOf(item);
    if (feed) feed.waiting.tell(item.client_id, this.standing.of(item));
  }

  // Its way to the server --------------------------------------------------------------------------------------------

  /** Its files. `onMoved()`: some of them have arrived. */
  async upload(item, onMoved) {
    const timer = window.setTimeout(() => this.rises(item, ["sending"]), QUIET);
    try {
      const obstacle = await this.uploads.run(item, {
        onReceived: (part, isNew) => {
          isNew && onMoved();
          this.reached(item, part);
          this.rises(item, UPWARD); // the line is there again, whatever was said before
        },
        onSent: (part) => this.reached(item, part),
      });
      this.standing.uploaded.delete(item.client_id);
      return obstacle;
    } finally {
      window.clearTimeout(timer);
      // Taken back meanwhile, perhaps in another tab, which does not know what has arrived.
      if (!this.outbox.get(item.client_id)) this.uploads.drop(item);
    }
  }

  rises(item, from) {
    const isHere = this.outbox.get(item.client_id);
    if (isHere && from.includes(this.outbox.stateOf(item).name)) this.outbox.enter(item, "uploading");
  }

  reached(item, part) {
    const isNews = this.standing.reached(item, part);
    if (isNews && this.outbox.stateOf(item).name === "uploading") this.tell(item);
  }

  async post(item) {
    const response = await this.parts.post(item);
    // It has waited for longer than the server keeps files that no message has: they go up again.
    const isSwept = response.status === 422 && refusalOf(response).error === "no_such_file";
    return isSwept && this.uploads.forget(item) ? { ...response, status: 503 } : response;
  }

  cannotKeep(item, why) {
    window.setTimeout(() => {
      if (this.outbox.get(item.client_id)) {
        this.standing.unkept.set(item.client_id, why);
        this.tell(item);
      }
    }, UNKEPT);
  }

  sent(item, response) {
    this.parts.onSent(item, response);
    this.tellThoseBehind(item);
  }

  /** Another tab sent it, or its author took it back there. */
  async gone(item) {
    this.uploads.stop(item.client_id);
    this.tellThoseBehind(item);
    const feed = this.parts.feedOf(item);
    await this.parts.onGone(item);
    if (!feed) return;
    await feed.catchUp();
    // Undone meanwhile: it is back.
    if (!this.outbox.get(item.client_id)) feed.remove(item.client_id);
  }

  // What its author does about it ------------------------------------------------------------------------------------

  clicked(event) {
    const button = event.target.closest("[data-way]");
    if (!button) return;
    const { clientId } = button.closest("[data-message]").dataset;
    const { way } = button.dataset;
    if (way === "retry" || way === "send") this.retry(clientId);
    if (way === "edit") this.edit(clientId);
    if (way === "cancel") this.cancel(clientId);
    if (way === "first") this.outbox.sendFirst(clientId);
    if (way === "discard") this.discard(clientId);
    if (way === "undo") this.undo(clientId);
  }

  retry(clientId) {
    const item = this.outbox.get(clientId);
    // Told what was written meanwhile, its author still wants to send it.
    this.outbox.retry(clientId, item && item.moved_on ? { moved_on: false, based_on_seq: null } : {});
  }

  async edit(clientId) {
    const item = await this.takeOff(clientId);
    if (item) this.parts.giveBack(item);
  }

  /** While its files are still on their way, or those for which it waits. */
  async cancel(clientId) {
    const item = this.off(await this.outbox.withdraw(clientId));
    if (item) this.parts.giveBack(item);
  }

  /** Out of the list and off the page; resolves with it unless another tab was faster. */
  async takeOff(clientId) {
    return this.off(await this.outbox.take(clientId));
  }

  off(item) {
    const feed = item && this.parts.feedOf(item);
    if (item) this.uploads.drop(item);
    if (feed) feed.remove(item.client_id);
    if (item) this.tellThoseBehind(item);
    return item;
  }

  async discard(clientId) {
    const item = await this.outbox.take(clientId);
    const feed = item && this.parts.feedOf(item);
    if (!feed) return;
    this.uploads.stop(clientId);
    feed.waiting.tell(clientId, { name: "discarded", words: say("shared.discarded"), ways: ["undo"] });
    const timer = window.setTimeout(() => {
      this.thrown.delete(clientId);
      this.off(item);
    }, UNDO);
    this.thrown.set(clientId, { item, timer });
  }

  undo(clientId) {
    const { item, timer } = this.thrown.get(clientId) || {};
    if (item) {
      window.clearTimeout(timer);
      this.thrown.delete(clientId);
      this.outbox.putBack(item);
      this.tell(item);
      this.outbox.wake();
    }
  }
}
