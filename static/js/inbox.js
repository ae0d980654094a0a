/** The list: keeps the rows of one view true and in order, whatever frames arrive in whatever order. */

import { fragmentOf, send } from "./http.js";
import { NotNow, Recovery } from "./recovery.js";
import { keepStill } from "./still.js";

const GATHER_MS = 120; // unknown rows that arrive together are asked for together
const MOST_READS = 3; // of the same page, when something changes each time
const AGAIN_MS = 500; // then from the beginning
const SINGLE_ROWS = 3; // more unknown rows than this at once: read the page again instead

const rowsOf = (list) => Array.from(list.querySelectorAll("[data-order-at]"));
const shape = (row) => `${row.dataset.conversationId} ${row.dataset.version} ${row.parentElement.className}`;

function sameRows(one, other) {
  const rows = rowsOf(one).map(shape);
  return rows.length > 0 && rows.join() === rowsOf(other).map(shape).join();
}

export class Inbox {
  /** `me`: the agent's id as text; `isOpen(id)`: whether that conversation is on screen. */
  constructor(me, isOpen) {
    this.me = me;
    this.isOpen = isOpen;
    this.versions = new Map(); // conversation id → newest version seen; an overtaken frame is older than it
    this.unknown = new Set();
    this.recovery = new Recovery(() => this.readAgain());
    this.tries = 0;
    this.onSettled = () => {}; // what rows show beyond what the server wrote into them
    this.noteVersions();
  }

  get root() {
    return document.getElementById("inbox");
  }

  get list() {
    return document.getElementById("inbox-list");
  }

  get view() {
    return this.root.dataset.view;
  }

  get query() {
    return document.getElementById("inbox-q").value.trim();
  }

  get question() {
    return `${this.view}\n${this.query}`;
  }

  get rows() {
    return rowsOf(this.list);
  }

  row(id) {
    return this.list.querySelector(`[data-order-at][data-conversation-id="${id}"]`);
  }

  /** After the server put rows into the list (a page, a view, a search). */
  settled() {
    this.dropDoubles();
    this.noteVersions();
    this.markCurrent();
    this.onSettled();
  }

  /** A row as it is now, from a `conversation_updated` frame. */
  apply(html) {
    const row = fragmentOf(html).querySelector("[data-order-at]");
    const id = row.dataset.conversationId;
    const version = Number(row.dataset.version);
    if (version < (this.versions.get(id) || 0)) return;
    this.versions.set(id, version);
    if (this.recovery.running) this.reread();
    const present = this.row(id);
    if (!this.belongs(row)) this.remove(present);
    else if (present) this.replace(present, row);
    else if (!this.query) this.ask(id, row.href);
  }

  /** Whether the row stands in the view on screen. */
  belongs(row) {
    const stands = row.dataset.views.split(" ").includes(this.view);
    return stands && (this.view !== "mine" || row.dataset.assignedAgentId === this.me);
  }

  markUnread(id, unread) {
    const row = this.row(id);
    if (row) row.parentElement.classList.toggle("item--unread", unread);
  }

  markCurrent() {
    for (const row of this.rows) {
      if (this.isOpen(row.dataset.conversationId)) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  /** Reads as many rows as are on screen again: after a reconnect, or when too much happened at once. */
  reread() {
    return this.recovery.ask();
  }

  /** What changed while the answer was on its way may be missing in it: then it is asked for once more. */
  async readAgain() {
    const fresh = await this.readPages();
    this.tries += 1;
    const isTrue = !this.recovery.wanted;
    if (!isTrue && this.tries < MOST_READS) return false;
    this.tries = 0;
    if (fresh) this.show(fresh);
    // Things kept changing: what was shown last may lack the newest change, and nothing else would tell.
    if (!isTrue) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return false;
  }

  async readPages() {
    const asked = this.question;
    const fresh = document.createElement("ul");
    let address = `${this.root.dataset.url}?view=${this.view}&q=${encodeURIComponent(this.query)}`;
    while (address) {
      const answer = await send(address, { method: "GET" });
      if (!answer.ok) throw new NotNow(answer);
      fresh.append(fragmentOf(answer.text));
      const more = fresh.querySelector("[data-more]");
      address = more && fresh.children.length <= this.rows.length ? more.getAttribute("hx-get") : "";
      if (address) more.remove();
    }
    // The agent may have gone to another view meanwhile; that one was read just now.
    return asked === this.question ? fresh : null;
  }

  show(fresh) {
    if (sameRows(fresh, this.list)) return;
    this.change(() => {
      this.list.textContent = "";
      this.list.append(...fresh.childNodes);
      window.htmx.process(this.list);
    });
  }

  remove(row) {
    if (!row) return;
    this.change(() => row.parentElement.remove());
    if (!this.rows.length) this.reread();
  }

  replace(present, row) {
    const item = present.parentElement;
    const moves = present.dataset.orderAt !== row.dataset.orderAt;
    this.change(() => {
      item.replaceChild(row, present);
      window.htmx.process(row);
      if (moves) this.put(item);
    });
  }

  put(item) {
    const row = item.querySelector("[data-order-at]");
    const others = this.rows.filter((each) => each !== row);
    const next = others.find((each) => this.precedes(row, each));
    const more = this.list.querySelector("[data-more]");
    if (next) this.list.insertBefore(item, next.parentElement);
    // Behind the last row that is here lie rows that are not: it is among them, and comes with its page.
    else if (more) item.remove();
    else this.list.append(item);
  }

  precedes(one, other) {
    const newestFirst = this.view === "resolved";
    const key = newestFirst ? "resolvedAt" : "orderAt";
    if (one.dataset[key] === other.dataset[key]) return one.dataset.conversationId < other.dataset.conversationId;
    return (one.dataset[key] < other.dataset[key]) !== newestFirst;
  }

  /** A row that is not here: the server knows whether this agent has read it. */
  ask(id, address) {
    this.unknown.add(`${id} ${address}`);
    if (this.unknown.size === 1) setTimeout(() => this.askAll(), GATHER_MS);
  }

  askAll() {
    const asked = Array.from(this.unknown);
    this.unknown.clear();
    if (asked.length > SINGLE_ROWS) this.reread();
    else asked.forEach((each) => this.askOne(...each.split(" ")).catch(() => {}));
  }

  async askOne(id, address) {
    const answer = await send(`${address}row`, { method: "GET" });
    const item = answer.status === 200 && fragmentOf(answer.text).querySelector("li");
    const row = item && item.querySelector("[data-order-at]");
    if (!row || this.row(id) || !this.belongs(row) || this.query) return;
    // A frame overtook the answer: it has asked again by itself, or it said that the row has left this view.
    if (Number(row.dataset.version) < (this.versions.get(id) || 0)) return;
    this.versions.set(id, Math.max(Number(row.dataset.version), this.versions.get(id) || 0));
    item.classList.add("item--new");
    this.change(() => {
      this.put(item);
      window.htmx.process(item);
    });
  }

  change(alter) {
    keepStill(this.list.parentElement, () => {
      alter();
      const empty = this.list.querySelector("[data-empty]");
      if (empty && this.rows.length) empty.remove();
    });
    this.settled();
  }

  /** A live row and its page's row can meet: the later one in the list came from the server just now, but both are
   * equal; the one in its place by order stays. */
  dropDoubles() {
    const seen = new Set();
    for (const row of this.rows) {
      if (seen.has(row.dataset.conversationId)) row.parentElement.remove();
      seen.add(row.dataset.conversationId);
    }
  }

  noteVersions() {
    for (const row of this.rows) {
      const id = row.dataset.conversationId;
      this.versions.set(id, Math.max(Number(row.dataset.version), this.versions.get(id) || 0));
    }
  }
}
