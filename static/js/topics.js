// Which conversation the first words of a page opened. Another tab may send the words after them, or the next page.

import { newClientId } from "./ids.js";

const KEPT = 48 * 60 * 60 * 1000; // ms; longer than words wait before they ask first

export class Topics {
  constructor(owner, store) {
    this.prefix = `topic:${owner}:`;
    this.store = store;
    this.known = new Map(); // topic → conversation id
    this.own = ownTopic();
  }

  conversationOf(topic) {
    return this.known.get(topic);
  }

  note(topic, conversationId) {
    if (topic && conversationId && this.known.get(topic) !== conversationId) {
      this.known.set(topic, conversationId);
      this.store.put(this.prefix + topic, { topic, conversation_id: conversationId, noted_at: Date.now() });
    }
  }

  async load() {
    const kept = (await this.store.all(this.prefix)) || [];
    kept.forEach(({ topic, conversation_id: conversationId, noted_at: notedAt }) => {
      this.known.set(topic, conversationId);
      Date.now() - notedAt > KEPT && this.store.delete(this.prefix + topic);
    });
  }
}

// It stays with this page's entry in the history: a reload goes on with it, another page begins another.
function ownTopic() {
  const before = history.state && history.state.topic;
  const topic = before || newClientId();
  history.replaceState({ ...history.state, topic }, "");
  return topic;
}
