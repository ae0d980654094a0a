// The list of messages, and the one rule that makes each appear exactly once, in order: an article whose id is already
// there is replaced, any other is placed by its seq. Page load, POST answers, frames and catch-up all come through it.

import { arrange } from "./arrange.js";
import { inPlace, isNewer, sameAuthor, seqOf } from "./article.js";
import { replaceKeeping } from "./carry.js";
import { Chain } from "./chain.js";
import { fragmentOf } from "./http.js";
import { Pages } from "./pages.js";
import { Pending } from "./pending.js";
import { Recovery } from "./recovery.js";
import { Span } from "./span.js";

/**
 * `new Feed(list, {conversationId, messagesUrl, isMine(article), onInserted(article, {live}), around(change),
 * readsBack(), onShape()})`
 *
 * `list` holds message articles and nothing else. `messagesUrl`: where after=, before= and since= are asked.
 * `around(change)`: runs a change of the list and keeps the reader's place; `readsBack()`: the reader is nearer to the
 * list's beginning (both scroll.js). `live`: nobody here has heard of it before. onShape() is called inside `around`
 * when another part of the conversation may stand there (span.js).
 */
export class Feed {
  constructor(list, { conversationId, messagesUrl, isMine, ...hooks }) {
    this.list = list;
    this.conversationId = conversationId || null;
    this.isMine = isMine;
    this.hooks = { onInserted() {}, around: (change) => change(), readsBack: () => false, onShape() {}, ...hooks };
    this.waiting = new Pending(list, this);
    this.chain = new Chain();
    this.span = new Span(list);
    this.pages = new Pages(this, messagesUrl);
    this.recovery = new Recovery(() => this.pages.missed());
    this.bySeq = new Map();
    this.clockAhead = 0; // ms by which the server's clock is ahead of ours
    this.begin();
  }

  begin() {
    const { lastSeq, version } = this.list.dataset;
    this.version = Number(version) || 0; // the newest version of the conversation that this page heard of
    const standing = this.list.querySelectorAll("[data-seq]");
    standing.forEach((article) => this.bySeq.set(seqOf(article), article) && this.note(article));
    this.chain.beginAtNothing();
    // A link to an old message: the page begins there, and what follows it is asked for when somebody scrolls down.
    this.span.apart = standing.length > 0 && Number(lastSeq) > this.chain.end;
    this.chain.skipTo(Number(lastSeq) || 0);
    this.askedVersion = this.version; // changes up to this version were asked for and taken in
    this.arrange();
  }

  get lastSeq() {
    return this.chain.end;
  }

  get first() {
    return this.span.first;
  }

  get hasOlder() {
    return Boolean(this.first) && this.first.dataset.prevSeq !== "0";
  }

  /** Whether messages follow that do not stand here. */
  get apart() {
    return this.span.apart;
  }

  around(change) {
    this.hooks.around(change);
  }

  arrange() {
    arrange(this.list, this.isMine);
  }

  /** Show messages that the server rendered; those that stand outside the part on screen are only heard of. */
  insertHTML(html, { live = true } = {}) {
    const articles = Array.from(fragmentOf(html).querySelectorAll("[data-message]"));
    const here = articles.filter((article) => article.dataset.conversationId === this.conversationId);
    const news = here.filter((article) => !this.chain.holds(seqOf(article)));
    this.around(() => {
      const readsBack = this.hooks.readsBack();
      this.span.joining(here).forEach((article) => this.place(article));
      this.span.trim(readsBack).forEach((article) => this.bySeq.delete(seqOf(article)));
      this.arrange();
      this.hooks.onShape();
    });
    news.forEach((article) => this.hooks.onInserted(article, { live }));
  }

  place(came) {
    this.note(came);
    const article = this.pages.newest(came);
    const present = this.presentOf(article);
    if (present && isNewer(present, article)) {
      return;
    }
    const isHere = present && Boolean(present.dataset.seq);
    if (present) {
      this.waiting.confirm(article.dataset.clientId);
    }
    if (isHere || this.span.admits(article)) {
      this.put(article, present);
    } else {
      present && present.remove();
      this.pages.passed(article);
    }
  }

  put(article, present) {
    this.bySeq.set(seqOf(article), article);
    if (present && inPlace(present, article)) {
      replaceKeeping(present, article);
      return;
    }
    if (present) {
      present.remove();
    }
    this.list.insertBefore(article, this.followerOf(article));
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
    this.chain.add(seqOf(article), Number(article.dataset.prevSeq));
    this.version = Math.max(this.version, Number(article.dataset.version) || 0);
  }

  /** Another part of the conversation, instead of what stands here. */
  replaceWith(html) {
    this.around(() => {
      this.span.clear();
      this.bySeq.clear();
      this.insertHTML(html);
    });
  }

  /** A frame of the socket, of whatever kind: shown, or the reason to ask what was missed. */
  onFrame(frame) {
    if (frame.type === "hello" || frame.type === "beat") {
      this.clockAhead = frame.server_time ? Date.parse(frame.server_time) - Date.now() : this.clockAhead;
      (frame.conversations || []).forEach((numbers) => this.compare(numbers));
    } else if (frame.conversation_id === this.conversationId && this.conversationId) {
      if (frame.type === "new_message" || frame.type === "message_updated") {
        const before = this.version;
        this.insertHTML(frame.html);
        // A number of changes that was skipped is a change that was lost, whatever came after it.
        before && this.version > before + 1 ? this.catchUp() : this.healGap();
      } else if (frame.type === "conversation_updated") {
        this.compare({ ...frame, seq: 0 });
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

  /** Ask for everything after what is held without a gap: the one way back after any loss (recovery.js). */
  catchUp() {
    return this.conversationId ? this.recovery.ask() : Promise.resolve();
  }

  /** The thread leaves the screen. */
  close() {
    this.recovery.end();
    this.waiting.forgetAll();
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
