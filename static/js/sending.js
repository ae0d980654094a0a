// From the field to the server on the employee's desk: the bubble at once, the outbox behind it, the reasons beside it.

import { deliver } from "./delivery.js";
import { newClientId } from "./ids.js";
import { Topics } from "./topics.js";
import { Unsent } from "./unsent.js";

/**
 * `new Sending({feed, composer(), owner, url, fresh, store, onAdopted(conversationId)})`
 *
 * A page without a conversation gives its items a `topic`: the first answer tells which conversation that became, and
 * the items after it go there. `fresh`: the first item opens a new conversation even when another is still open.
 */
export class Sending {
  constructor(parts) {
    Object.assign(this, parts);
    this.topics = new Topics(this.owner, this.store);
    this.passedBy = null; // the request that follow() left to the answer of what was written here
    this.unsent = new Unsent(`desk-${this.owner}`, {
      post: (item) => this.post(item),
      laneOf: (item) => this.conversationOf(item),
      feedOf: (item) => (this.belongsHere(item) ? this.feed : null),
      onSent: (item, response) => this.sent(item, response),
      onGone: (item) => this.goOnWith(item),
      giveBack: (item) => this.composer().takeBack(item.content, item.files),
    }, this.store);
    this.feed.list.addEventListener("click", (event) => this.unsent.clicked(event));
    this.begin();
  }

  get outbox() {
    return this.unsent.outbox;
  }

  async begin() {
    await this.goOnWith({ topic: this.topics.own });
    this.outbox.look();
  }

  /** `draft`: the fields by which the message names what it was made of (drafts.js). */
  write(text, files, draft) {
    this.unsent.send({
      client_id: newClientId(),
      content: text,
      files,
      draft,
      conversation_id: this.feed.conversationId,
      topic: this.topics.own,
      new_topic: this.fresh,
    });
  }

  /** What was written for no conversation yet has no page of its own: it is shown wherever it does not mislead. */
  belongsHere(item) {
    const conversationId = this.conversationOf(item);
    return conversationId ? conversationId === this.feed.conversationId : this.isOurs(item);
  }

  isOurs(item) {
    return item.topic === this.topics.own || !this.fresh;
  }

  conversationOf(item) {
    return item.conversation_id || this.topics.conversationOf(item.topic);
  }

  async post(item) {
    const conversationId = this.conversationOf(item);
    const opening = item.new_topic ? { new_topic: "true" } : {};
    const response = await deliver(this.url, item, conversationId ? { conversation_id: conversationId } : opening);
    // Before the item leaves the device: a tab that misses it there finds where it went.
    response.ok && this.topics.note(item.topic, placeIn(response));
    return response;
  }

  sent(item, response) {
    const conversationId = placeIn(response);
    const isOurs = this.isOurs(item);
    if (!this.feed.conversationId && !item.conversation_id && isOurs) {
      this.onAdopted(conversationId);
    }
    this.feed.insertHTML(response.text);
    this.feed.remove(item.client_id); // where it went into another conversation, its bubble goes with it
    this.feed.healGap();
  }

  /** Words from another device opened the request that an empty page would write into: it shows that one from now on. */
  follow(conversationId) {
    const beginsHere = this.unsent.items.some((item) => !this.conversationOf(item)); // its answer tells where it went
    this.passedBy = beginsHere ? conversationId : null;
    if (this.feed.conversationId || this.fresh || beginsHere) {
      return;
    }
    this.topics.note(this.topics.own, conversationId);
    this.onAdopted(conversationId);
    this.feed.catchUp();
  }

  /** Another tab may have sent what was written first on this page, or what this page showed as its first. */
  async goOnWith(item) {
    await this.topics.load();
    const conversationId = this.topics.conversationOf(item.topic);
    if (!this.feed.conversationId && conversationId && this.isOurs(item)) {
      this.onAdopted(conversationId);
      this.feed.catchUp();
    } else if (this.passedBy) {
      this.follow(this.passedBy); // taken back over there, or the tab that sent it did not live to say where it went
    }
  }
}

/** The conversation that the server put a message into; undefined where the answer is not the desk's. */
const placeIn = ({ text }) => (/data-conversation-id="([^"]+)"/.exec(text) || [])[1];
