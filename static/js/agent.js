/** Wires the agent console: one socket, the list, the open thread, the composer, the keys. */

import { Canned } from "./canned.js";
import { copyButtons } from "./copy.js";
import { refreshCounts } from "./counts.js";
import { Drafts } from "./drafts.js";
import { fragmentOf, send } from "./http.js";
import { Inbox } from "./inbox.js";
import { listenForKeys } from "./keys.js";
import { Outbox } from "./outbox.js";
import { Panes } from "./panes.js";
import { closePopup, popupShown } from "./popup.js";
import { Polling } from "./polling.js";
import { Reply } from "./reply.js";
import { Socket } from "./socket.js";
import { Store } from "./store.js";
import { say } from "./strings.js";
import { Thread } from "./thread.js";
import { hasNews, seen, titleIs } from "./title.js";
import { fromTemplate, listenForDismissals, showToast, toastsShown } from "./toasts.js";
import { followViewport } from "./viewport.js";
import { Waits } from "./waits.js";

const POLL_SECONDS = 5;
const ROWS_OF_A_PAGE = 40; // as in queries/inbox.py

const me = document.body.dataset.userId;
const store = new Store();
const pane = document.getElementById("pane");
const form = document.querySelector("[data-reply]");
const panes = new Panes();
const waits = new Waits();
const isOpen = (id) => thread !== null && thread.id === id;
const inbox = new Inbox(me, isOpen);
let thread = null;
let settling = 0;
let resolveAfter = null; // id of the conversation that is resolved as soon as its last words are out

// Sending -------------------------------------------------------------------------------------------------------------
const outbox = new Outbox(`agent:${me}`, {
  post: (item) => send(item.address, { method: "POST", body: fieldsOf(item) }),
  onSent: (item, response) => sent(item, response),
  onRefused: (item, reason, response) => refused(item, reason, response.status),
  onWaiting: (item, seconds, why) => inThread(item, (feed) => feed.held(item.client_id, say(`shared.${why}`, { n: seconds }))),
  onStale: (item) => inThread(item, (feed) => feed.failed(item.client_id, say("shared.stale"))),
  onSignedOut: () => signedOut(),
}, store);

const reply = new Reply(form, {
  drafts: new Drafts(`agent:${me}`, store),
  lastSeq: () => (thread ? thread.feed.lastSeq : null),
  send: (item) => {
    inThread(item, (feed) => showPending(feed, item));
    outbox.add(item);
  },
});
new Canned(reply, document.querySelector("[data-canned]"), form.dataset.cannedUrl);

function sent(item, response) {
  inThread(item, (feed) => {
    feed.insertHTML(response.text);
    feed.healGap();
  });
  if (resolveAfter === item.conversation_id && !unsent(resolveAfter)) {
    resolveAfter = null;
    if (isOpen(item.conversation_id)) thread.press("resolve");
  }
}

const unsent = (id) => outbox.items.some((item) => item.conversation_id === id && !item.refused);

// "Send, then resolve" is one movement of the hands: resolving waits for the words that are still on their way.
document.addEventListener("submit", (event) => {
  if (!event.target.querySelector("[data-seen-version]")) return;
  thread.noteVersion();
  if (!unsent(thread.id)) return;
  resolveAfter = thread.id;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

function fieldsOf(item) {
  const fields = new URLSearchParams({ client_id: item.client_id, msg_type: "text", content: item.content });
  if (item.internal) fields.set("internal", "true");
  if (item.based_on_seq !== null) fields.set("based_on_seq", item.based_on_seq);
  return fields;
}

function inThread(item, act) {
  if (isOpen(item.conversation_id)) act(thread.feed);
}

function showPending(feed, item) {
  if (feed.has(item.client_id)) return;
  const article = feed.pending(item.client_id, item.content, []);
  article.classList.toggle("message--note", item.internal);
  if (item.refused) feed.failed(item.client_id, notSent(item.refused));
}

const notSent = (reason) => say("shared.not_sent", { s: /^\d*$/.test(reason) ? say("shared.refused") : reason });

function refused(item, reason, status) {
  resolveAfter = null;
  if (status === 409) {
    // Somebody wrote meanwhile: what they wrote comes in, and the words go back to where they can be changed.
    outbox.take(item.client_id);
    inThread(item, (feed) => {
      feed.remove(item.client_id);
      feed.catchUp();
    });
    reply.giveBack(item, reason);
  } else {
    inThread(item, (feed) => feed.failed(item.client_id, notSent(reason)));
  }
}

// The open thread -----------------------------------------------------------------------------------------------------
function paneShown() {
  const section = pane.querySelector("[data-thread]");
  if (thread && thread.section === section) return;
  if (thread) thread.close();
  document.body.classList.toggle("console--reading", Boolean(section));
  thread = section ? new Thread(section, { me, socket, onRead: () => inbox.markUnread(section.dataset.conversationId, false) }) : null;
  reply.show(thread && thread.id, section && section.dataset.messagesUrl);
  titleIs(section ? section.dataset.title : document.body.dataset.title);
  if (thread) {
    seen(thread.id);
    outbox.items.filter((item) => item.conversation_id === thread.id).forEach((item) => showPending(thread.feed, item));
  } else {
    document.getElementById("facts").textContent = "";
  }
  panes.describe();
  inbox.markCurrent();
  waits.tick();
}

// What the server tells -----------------------------------------------------------------------------------------------
function onFrame(frame) {
  if (thread) thread.onFrame(frame);
  if (frame.type === "hello") {
    waits.serverTime(frame.server_time);
    if (thread) thread.watch();
    lookAgain();
  } else if (frame.type === "beat") {
    // Even a lost last frame heals; a list that somebody has scrolled far down is left to the next return.
    if (inbox.rows.length <= ROWS_OF_A_PAGE) inbox.reread().catch(() => {});
    refreshCounts();
  } else if (frame.type === "conversation_updated") {
    inbox.apply(frame.html);
    refreshCounts();
    waits.tick();
  } else if (frame.type === "new_message") {
    noteNews(frame);
  }
}

/** Whatever was missed: the list, the numbers and the open thread, the same way as after any return. */
function lookAgain() {
  inbox.reread().catch(() => {});
  refreshCounts();
  if (thread) thread.catchUp();
}

function noteNews(frame) {
  const article = fragmentOf(frame.html).querySelector("[data-message]");
  if (article.dataset.authorId === me || (isOpen(frame.conversation_id) && document.visibilityState === "visible")) return;
  inbox.markUnread(frame.conversation_id, true);
  if (frame.sender_type === "employee") hasNews(frame.conversation_id);
}

const polling = new Polling(POLL_SECONDS, lookAgain);
const socket = new Socket("/ws/agent/", {
  onFrame,
  onState: (state) => {
    document.getElementById("link-state").dataset.state = state;
    // A proxy that blocks sockets: the same content a little later.
    if (state === "off") polling.start();
    else polling.stop();
  },
  // Without the role the page itself says so.
  onSignedOut: (code) => (code === 4403 ? location.reload() : signedOut()),
});

function signedOut() {
  location.assign(`/wecom/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

// HTMX ----------------------------------------------------------------------------------------------------------------
// Told for the target of a swap and for every element that came in.
document.addEventListener("htmx:afterSettle", (event) => {
  const { target } = event;
  if (target.closest("#inbox")) inboxSettled();
  if (target.id === "pane") paneShown();
  if (target.id === "popup") popupShown();
  if (target.id === "thread-head") headerShown();
  toastsShown();
});
document.addEventListener("htmx:historyRestore", paneShown);
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  // 409 carries the present header and the sentence who was faster: it is shown like a success.
  if (detail.xhr.status === 409) detail.shouldSwap = true;
  if (detail.target.id === "thread-head" && thread && thread.isOvertaken(detail.serverResponse)) detail.shouldSwap = false;
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401) signedOut();
  else if (xhr.status !== 409) showToast(fragmentOf(xhr.responseText));
});
document.addEventListener("htmx:sendError", () => showToast(fromTemplate("toast-offline")));

function inboxSettled() {
  clearTimeout(settling);
  settling = setTimeout(inboxShown);
}

function inboxShown() {
  const { view } = inbox.root.dataset;
  for (const link of document.querySelectorAll("#rail [data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const address = new URL(location.href);
  address.searchParams.set("view", view);
  history.replaceState(history.state, "", address);
  for (const field of document.querySelectorAll("input[name=view]")) field.value = view;
  inbox.settled();
  waits.tick();
}

function headerShown() {
  closePopup();
  panes.describe();
  if (thread) thread.headerShown();
  waits.tick();
  refreshCounts();
}

// Keys ----------------------------------------------------------------------------------------------------------------
function step(by) {
  const { rows } = inbox;
  if (!rows.length) return;
  const focused = rows.indexOf(document.activeElement);
  const from = focused >= 0 ? focused : rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, from + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function back() {
  const sheet = document.querySelector("[data-keys]");
  const menu = document.querySelector("[data-menu]");
  if (!sheet.hidden) sheet.hidden = true;
  else if (closePopup() || panes.closeOverlay()) return;
  else if (menu.open) menu.open = false;
  else if (document.activeElement && document.activeElement.matches("input, textarea")) document.activeElement.blur();
  else if (thread) thread.section.querySelector("[data-close]").click();
}

listenForKeys({ j: () => step(1), k: () => step(-1), Escape: back });
listenForDismissals();
copyButtons(pane);

pane.addEventListener("click", (event) => {
  const way = event.target.closest("[data-retry], [data-edit]");
  if (!way) return;
  const clientId = way.closest("[data-message]").dataset.clientId;
  if (way.matches("[data-retry]")) {
    thread.feed.held(clientId, "");
    outbox.retry(clientId);
  } else {
    thread.feed.remove(clientId);
    reply.giveBack(outbox.take(clientId), "");
  }
});
document.addEventListener("click", (event) => {
  const mode = event.target.closest("[data-mode-key]");
  const sheet = document.querySelector("[data-keys]");
  if (mode) reply.write(mode.dataset.modeKey === "note");
  if (event.target.closest("[data-open-keys]")) {
    sheet.hidden = false;
    sheet.querySelector("[tabindex]").focus();
  } else if (event.target.closest("[data-dismiss-keys]") || event.target === sheet) sheet.hidden = true;
  const menu = document.querySelector("[data-menu]");
  if (!menu.contains(event.target) || event.target.closest(".menu__item")) menu.open = false;
});

followViewport();
paneShown();
inboxShown();
outbox.restore().then((items) => {
  items.forEach((item) => inThread(item, (feed) => showPending(feed, item)));
  outbox.wake();
});
