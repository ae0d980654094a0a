/** The open conversation: its feed, its header, its side panel. One at a time; made anew for each. */

import { Feed } from "./feed.js";

export class Thread {
  /** `section`: the rendered `[data-thread]`; `me`: the agent's id as text; `socket`: for watch and read. */
  constructor(section, { me, socket }) {
    this.section = section;
    this.id = section.dataset.conversationId;
    this.me = me;
    this.socket = socket;
    const scroller = section.querySelector("[data-scroll]");
    const list = section.querySelector("[data-messages]");
    this.feed = new Feed(list, {
      conversationId: this.id,
      messagesUrl: section.dataset.messagesUrl,
      isMine: (article) => article.dataset.authorId === me,
      onInserted: (article) => this.inserted(article),
      around: (change) => change(),
    });
    this.noteVersion();
    this.watch();
    scroller.scrollTop = scroller.scrollHeight;
  }

  get header() {
    return this.section.querySelector("#thread-header");
  }

  watch() {
    this.socket.send({ type: "watch", conversation_id: this.id });
  }

  close() {
    this.socket.send({ type: "unwatch", conversation_id: this.id });
  }

  inserted() {
    this.noteVersion();
  }

  /** Resolving means "I have seen it all": the form carries the newest version that stands on this screen. */
  noteVersion() {
    const field = this.section.querySelector("[data-seen-version]");
    if (field) field.value = Math.max(Number(field.value), this.feed.version);
  }

  onFrame(frame) {
    this.feed.onFrame(frame);
    if (frame.type === "conversation_updated" && frame.conversation_id === this.id) this.refreshHeader(frame.version);
  }

  /** Reads header and side panel again when they are older than `version`. */
  refreshHeader(version) {
    if (version <= Number(this.header.dataset.version)) return;
    window.htmx.ajax("GET", this.section.dataset.headerUrl, { source: this.header, target: "#thread-header", swap: "outerHTML" });
    window.htmx.trigger(this.section.querySelector("[data-person]"), "refresh");
  }
}
