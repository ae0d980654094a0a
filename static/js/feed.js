// The list of messages, and the one rule that makes each appear exactly once, in order: an article whose id is already
// there is replaced, any other is placed by its seq. Page load, POST answers, frames and catch-up all come through it.

import { arrange } from "./arrange.js";
import { inPlace, isNewer, sameAuthor, seqOf, versionsIn } from "./article.js";
import { Chain } from "./chain.js";
import { fragmentOf, Offline, send } from "./http.js";
import { Pending } from "./pending.js";

/**
 * `new Feed(list, {conversationId, messagesUrl, isMine(article), onInserted(article, {live}), around(change)})`
 *
 * `list` holds message articles and nothing else. `messagesUrl`: where after=, before= and since= are asked.
 * `around(change)`: runs a change of the list and keeps the reader's place (scroll.js). `live`: it came while the page
 * was open, and not from further up.
 */
export class Feed {
  constructor(list, { conversationId, messagesUrl, isMine, onInserted = () => {}, around = (change) => change() }) {
    this.list = list;
    this.conversationId = conversationId || null;
    this.messagesUrl = messagesUrl;
    this.isMine = isMine;
    this.onInserted = onInserted;
    this.around = around;
    this.waiting = new Pending(list, this);
    this.chain = new Chain();
    this.bySeq = new Map();
    this.version = 0; // the newest version of the conversation that this page heard of
    this.askedVersion = 0; // changes up to this version were asked for and taken in
    this.clockAhead = 0; // ms by which the server's clock is ahead of ours
    this.adopt(Array.from(list.querySelectorAll("[data-message]")).filter((article) => article.dataset.seq));
    this.askedVersion = this.version;
    this.chain.beginAtNothing();
  }

  get lastSeq() {
    return this.chain.end;
  }

  get first() {
    return this.list.querySelector("[data-seq]");
  }

  get hasOlder() {
    return Boolean(this.first) && this.first.dataset.prevSeq !== "0";
  }

  adopt(articles) {
    articles.forEach((article) => this.note(article));
    arrange(this.list, this.isMine);
  }

  /** Show messages that the server rendered. Returns the articles that are new on this page. */
  insertHTML(html, { live = true } = {}) {
    const articles = Array.from(fragmentOf(html).querySelectorAll("[data-message]"));
    const here = articles.filter((article) => article.dataset.conversationId === this.conversationId);
    const added = [];
    this.around(() => {
      here.forEach((article) => this.place(article) && added.push(article));
      arrange(this.list, this.isMine);
    });
    added.forEach((article) => this.onInserted(article, { live }));
    return added;
  }

  /** Returns whether it is new: it stood here neither as a message nor as its own pending bubble. */
  place(article) {
    const present = this.presentOf(article);
    this.note(article);
    if (present && isNewer(present, article)) {
      this.bySeq.set(seqOf(article), present);
      return false;
    }
    if (present) {
      this.waiting.confirm(article.dataset.clientId);
    }
    if (present && inPlace(present, article)) {
      present.replaceWith(article);
      return false;
    }
    if (present) {
      present.remove();
    }
    this.list.insertBefore(article, this.followerOf(article));
    return !present;
  }

  presentOf(article) {
    const held = this.bySeq.get(seqOf(article));
    if (held) {
      return held;
    }
    // Ids belong to their authors: somebody else's message under the same client_id must not take this one's place.
    const same = document.getElementById(article.id);
    return same && this.list.contains(same) && sameAuthor(same, article) ? same : null;
  }

  // From the end: nearly everything belongs there, or just before one's own pending bubbles.
  followerOf(article) {
    let follower = null;
    let other = this.list.lastElementChild;
    while (other && (!other.dataset.seq || seqOf(other) > seqOf(article))) {
      follower = other;
      other = other.previousElementSibling;
    }
    return follower;
  }

  note(article) {
    this.bySeq.set(seqOf(article), article);
    this.chain.add(seqOf(article), Number(article.dataset.prevSeq));
    this.version = Math.max(this.version, Number(article.dataset.version) || 0);
  }

  /** A frame of the socket, of whatever kind: shown, or the reason to ask what was missed. */
  onFrame(frame) {
    if (frame.type === "hello" || frame.type === "beat") {
      this.clockAhead = frame.server_time ? Date.parse(frame.server_time) - Date.now() : this.clockAhead;
      (frame.conversations || []).forEach((numbers) => this.compare(numbers));
    } else if (frame.conversation_id === this.conversationId && this.conversationId) {
      if (frame.type === "new_message" || frame.type === "message_updated") {
        this.insertHTML(frame.html);
        this.healGap();
      } else if (frame.type === "conversation_updated") {
        this.version = Math.max(this.version, frame.version);
      }
    }
  }

  compare({ conversation_id: conversationId, seq, version }) {
    if (conversationId !== this.conversationId) {
      return;
    }
    const behind = seq > this.lastSeq || version > this.version;
    this.version = Math.max(this.version, version);
    if (behind) {
      this.catchUp();
    }
  }

  healGap() {
    if (this.chain.hasGap) {
      this.catchUp();
    }
  }

  /** Ask for everything after what is held without a gap. The one way back after any loss; calls join each other. */
  catchUp() {
    if (!this.conversationId) {
      return Promise.resolve();
    }
    if (this.catching) {
      // What this call knows of may be newer than the answer under way: ask once more after it.
      this.askAgain = true;
      return this.catching;
    }
    this.catching = this.catchUpNow().finally(() => {
      this.catching = null;
    });
    return this.catching;
  }

  async catchUpNow() {
    try {
      let hasMore = true;
      while (hasMore || this.askAgain) {
        this.askAgain = false;
        hasMore = await this.nextPage();
      }
    } catch (error) {
      // The next return, frame or poll asks again; until then the page shows what it has.
      if (!(error instanceof Offline)) {
        throw error;
      }
    }
  }

  async nextPage() {
    const after = this.lastSeq;
    const response = await this.get({ after, since: this.askedVersion });
    if (!response.ok) {
      return false;
    }
    const heard = versionsIn(response.text);
    this.insertHTML(response.text);
    this.askedVersion = Math.max(this.askedVersion, ...heard);
    // Without progress a server that says "more" would be asked for ever.
    return response.headers.get("X-Has-More") === "true" && this.lastSeq > after;
  }

  /** The page of messages before the first one here. Returns whether there are still older ones. */
  async older() {
    if (!this.hasOlder || this.askingOlder) {
      return this.hasOlder;
    }
    this.askingOlder = true;
    try {
      const response = await this.get({ before: this.first.dataset.seq });
      if (response.ok) {
        this.insertHTML(response.text, { live: false });
      }
    } catch (error) {
      if (!(error instanceof Offline)) {
        throw error;
      }
    } finally {
      this.askingOlder = false;
    }
    return this.hasOlder;
  }

  get(parts) {
    return send(`${this.messagesUrl}?${new URLSearchParams({ conversation_id: this.conversationId, ...parts })}`);
  }

  /** The server's clock, so that a pending bubble stands where the finished one will. */
  now() {
    return new Date(Date.now() + this.clockAhead);
  }

  // Bubbles of one's own that the server has not confirmed yet (pending.js).

  pending(clientId, text, files) {
    return this.waiting.show(clientId, text, files);
  }

  remove(clientId) {
    this.waiting.remove(clientId);
  }

  /** Whether a bubble of this name stands here, confirmed or not. */
  has(clientId) {
    return this.list.contains(document.getElementById(`message-${clientId}`));
  }
}
