// From the field to the server on the employee's desk: the bubble at once, the outbox behind it, the reasons beside it.

import { deliver, notSent } from "./delivery.js";
import { newClientId } from "./ids.js";
import { Outbox } from "./outbox.js";
import { say } from "./strings.js";

/**
 * `new Sending({feed, composer(), owner, url, fresh, store, onAdopted(conversationId), onSignedOut()})`
 *
 * A page without a conversation gives its items a `topic`: the first answer tells which conversation that became, and
 * the items after it go there. `fresh`: the first item opens a new conversation even when another is still open.
 */
export class Sending {
  constructor(parts) {
    Object.assign(this, parts);
    this.topic = newClientId();
    this.topics = new Map(); // topic → conversation id
    this.outbox = new Outbox(`desk-${this.owner}`, {
      post: (item) => this.post(item),
      onSent: (item, response) => this.sent(item, response),
      onRefused: (item, reason, response) => this.feed.failed(item.client_id, notSent(reason, response)),
      onWaiting: (item, seconds, why) => this.feed.held(item.client_id, say(`shared.${why}`, { n: seconds })),
      onStale: (item) => this.feed.failed(item.client_id, say("shared.stale")),
      onSignedOut: this.onSignedOut,
    }, this.store);
    this.feed.list.addEventListener("click", (event) => this.click(event));
    this.restore();
  }

  write(text, files) {
    const item = {
      client_id: newClientId(),
      content: text,
      files,
      conversation_id: this.feed.conversationId,
      topic: this.topic,
      new_topic: this.fresh,
    };
    this.feed.pending(item.client_id, text, files);
    this.outbox.add(item);
  }

  async restore() {
    const items = await this.outbox.restore();
    items.filter((item) => this.belongsHere(item)).forEach((item) => {
      if (!this.feed.has(item.client_id)) {
        this.feed.pending(item.client_id, item.content, item.files);
      }
      if (item.refused) {
        this.feed.failed(item.client_id, notSent(item.refused));
      }
    });
    this.outbox.wake();
  }

  // Written for no conversation yet: it is shown where there is none, too.
  belongsHere(item) {
    return item.conversation_id === this.feed.conversationId;
  }

  post(item) {
    const conversationId = item.conversation_id || this.topics.get(item.topic);
    const opening = item.new_topic ? { new_topic: "true" } : {};
    const fields = conversationId ? { conversation_id: conversationId } : opening;
    return deliver(this.url, item, fields, (words) => this.feed.held(item.client_id, words));
  }

  sent(item, response) {
    const conversationId = /data-conversation-id="([^"]+)"/.exec(response.text)[1];
    this.topics.set(item.topic, conversationId);
    if (!this.feed.conversationId && !item.conversation_id) {
      this.onAdopted(conversationId);
    }
    this.feed.insertHTML(response.text);
    this.feed.healGap();
  }

  click(event) {
    const article = event.target.closest("[data-message]");
    const clientId = article && article.dataset.clientId;
    if (event.target.closest("[data-retry]")) {
      this.feed.held(clientId, "");
      this.outbox.retry(clientId);
    } else if (event.target.closest("[data-edit]")) {
      this.giveBack(this.outbox.take(clientId), clientId);
    }
  }

  giveBack(item, clientId) {
    this.feed.remove(clientId);
    if (item) {
      this.composer().takeBack(item.content, item.files);
    }
  }
}
