/** The open conversation: its feed, its header, its side panel. One at a time; made anew for each. */

import { Edges } from "./edges.js";
import { Feed } from "./feed.js";
import { fragmentOf, send } from "./http.js";
import { Reading } from "./read.js";
import { Receipts } from "./receipts.js";
import { Scroll } from "./scroll.js";

export class Thread {
  /** `section`: the rendered `[data-thread]`; `me`: the agent's id as text; `socket`: for watch and read;
   * `onRead(seq)`: everything up to there was on a visible screen. */
  constructor(section, { me, socket, onRead }) {
    this.section = section;
    this.id = section.dataset.conversationId;
    this.me = me;
    this.socket = socket;
    this.onRead = onRead;
    const scroller = section.querySelector("[data-scroll]");
    const list = section.querySelector("[data-messages]");
    this.scroll = new Scroll(scroller, list, {
      button: section.querySelector("[data-new-below]"),
      isApart: () => this.feed.apart,
      latest: () => this.feed.pages.latest(),
    });
    this.feed = new Feed(list, {
      conversationId: this.id,
      messagesUrl: section.dataset.messagesUrl,
      isMine: (article) => this.isMine(article),
      onInserted: (article, { live }) => this.inserted(article, live),
      around: (change) => this.scroll.around(change),
      readsBack: () => this.scroll.readsBack,
      onShape: () => this.edges.show(),
    });
    // Own lines count as read too: the list must not call news what this agent wrote.
    this.reading = new Reading(scroller, list, { isMine: () => false, report: (seq) => this.report(seq) });
    this.receipts = new Receipts(list, document.getElementById("read-sign"), isReply);
    const [older, newer] = ["older", "newer"].map((name) => section.querySelector(`[data-${name}]`));
    this.edges = new Edges(this.feed, scroller, { older, newer });
    this.scroll.begin(section.dataset.point);
    this.noteVersion();
    this.heardVersion = 0; // of the conversation's state, as far as frames told
    this.watch();
  }

  isMine(article) {
    return article.dataset.authorId === this.me;
  }

  get header() {
    return this.section.querySelector("#thread-header");
  }

  /** Presses the header's button of this action, if it is there. */
  press(action) {
    const button = this.header.querySelector(`[data-action="${action}"]`);
    if (button) button.click();
  }

  watch() {
    const visible = document.visibilityState === "visible";
    this.socket.send({ type: "watch", conversation_id: this.id, visible });
  }

  close() {
    this.reading.close();
    this.feed.close();
    this.scroll.close();
    this.edges.close();
    this.socket.send({ type: "unwatch", conversation_id: this.id });
  }

  inserted(article, live) {
    if (live && !this.isMine(article)) this.scroll.arrived();
    this.noteVersion();
  }

  report(seq) {
    const told = this.socket.send({ type: "read", conversation_id: this.id, seq });
    const body = new URLSearchParams({ seq });
    // Without a socket the same is said by a POST; lost, the next line says it again.
    if (!told) send(this.section.dataset.readUrl, { method: "POST", body }).catch(() => {});
    this.onRead(seq);
  }

  /** Resolving means "I have seen it all": the form carries the newest version that stands on this screen. */
  noteVersion() {
    const field = this.section.querySelector("[data-seen-version]");
    if (field) field.value = Math.max(Number(field.value), this.feed.version);
  }

  onFrame(frame) {
    this.feed.onFrame(frame);
    if (frame.type === "hello") this.reading.repeat();
    if (frame.type === "message_updated") this.noteVersion();
    if (frame.type === "read" && frame.conversation_id === this.id) this.heardOfReading(frame);
    const told = [frame, ...(frame.conversations || [])].find((each) => each.conversation_id === this.id);
    // A message brings its state's own frame along.
    if (told && told.version && !("seq" in frame)) this.refreshHeader(told.version);
  }

  heardOfReading({ reader, seq }) {
    if (reader === "me") this.reading.known(seq);
    else this.receipts.moveTo(seq);
  }

  /** After any gap: what was written, and who has it now. */
  catchUp() {
    this.feed.catchUp();
    this.edges.look();
    this.refreshHeader(Infinity);
  }

  /** Reads the header again when it is older than `version`. */
  refreshHeader(version) {
    if (version < Infinity) this.heardVersion = Math.max(this.heardVersion, version);
    if (version <= Number(this.header.dataset.version)) return;
    // Its buttons lead on in the list that is shown, and not in another one.
    const { value: view } = document.getElementById("inbox-view");
    const way = { source: this.header, target: "#thread-head", swap: "innerHTML", values: { view } };
    window.htmx.ajax("GET", this.section.dataset.headerUrl, way).catch(() => {}); // the next return asks again
  }

  /** Whether a header that arrives is older than the one that stands there: answers overtake each other. */
  isOvertaken(html) {
    const header = fragmentOf(html).querySelector("#thread-header");
    return header !== null && header.dataset.conversationId === this.id && Number(header.dataset.version) < Number(this.header.dataset.version);
  }

  /** Another header stands there: what happened so far is told anew as well. */
  headerShown() {
    this.noteVersion();
    // A question that waits behind another is asked by the header that this one took away: it would be lost with it.
    this.refreshHeader(this.heardVersion);
    this.feed.catchUp();
    window.htmx.trigger(this.section.querySelector("[data-person]"), "refresh");
  }
}

// What the employee can have read: an answer that has arrived, of whichever colleague.
function isReply(article) {
  return article.dataset.senderType === "agent" && !article.classList.contains("message--note");
}
