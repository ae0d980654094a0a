/** Wires the agent console: one socket, the list, the open thread, the composer, the keys. */

import { Answering } from "./answering.js";
import { Canned } from "./canned.js";
import { copyButtons } from "./copy.js";
import { refreshCounts } from "./counts.js";
import { markDrafts } from "./draft_marks.js";
import { Drafts } from "./drafts.js";
import { fragmentOf, jsonOf, refusalOf, send, sessionEnded } from "./http.js";
import { tellHere } from "./here.js";
import { Inbox } from "./inbox.js";
import { listenForMoves } from "./moves.js";
import { Panes } from "./panes.js";
import { readTexts } from "./paper.js";
import { closePopup, popupShown } from "./popup.js";
import { Polling } from "./polling.js";
import { keepTelling, Presence } from "./presence.js";
import { Reply } from "./reply.js";
import { onReturn } from "./returning.js";
import { SigningIn } from "./signing_in.js";
import { Socket } from "./socket.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";
import { fromTemplate, listenForDismissals, showToast, toastsShown } from "./toasts.js";
import { TypingLine, Typist } from "./typing.js";
import { Unread } from "./unread.js";
import { viewPictures } from "./viewer.js";
import { followViewport } from "./viewport.js";
import { Waits } from "./waits.js";

const POLL_SECONDS = 5;
const ROWS_OF_A_PAGE = 40; // as in queries/inbox.py

const NOBODY = "00000000-0000-0000-0000-000000000000";
const me = document.body.dataset.userId;
const store = new Store();
const panes = new Panes();
const waits = new Waits();
const polling = new Polling(POLL_SECONDS, lookAgain);
const socket = new Socket("/ws/agent/", {
  onFrame,
  onState,
  onSignedOut: dismissed,
});
const stage = new Stage(document.getElementById("pane"), {
  me,
  socket,
  onShown: threadShown,
  onRead: (id, seq) => unread.read(id, seq),
});
const inbox = new Inbox(me, (id) => stage.isOpen(id));
const unread = new Unread(inbox);
const presence = new Presence(document.getElementById("face"));
const typist = new Typist((frame) => socket.send(frame));
const typingLine = new TypingLine(() => stage.pane.querySelector("[data-typing]"));
const answering = new Answering({ me, store, stage });
const form = document.querySelector("[data-reply]");
const drafts = new Drafts(`agent:${me}`, {
  store,
  addressOf: (id) => form.dataset.draftUrl.replace(NOBODY, id),
  maxChars: Number(form.dataset.maxChars),
  isShown: () => true,
  isBusy: (id) => reply.isBusy(id),
  onTaken: (id, draft) => reply.taken(id, draft),
  onFiles: (id, files) => reply.filesCame(id, files),
  onSettled: draftsSettled,
});
const reply = new Reply(form, {
  drafts,
  lastSeq: () => (stage.thread ? stage.thread.feed.lastSeq : null),
  send: (item) => {
    typist.stopped();
    answering.send(item);
  },
});
answering.reply = reply;
const signingIn = new SigningIn(document.querySelector("[data-signed-out]"), () => socket.revive());
let settling = 0;

// What the server tells -----------------------------------------------------------------------------------------------
function onFrame(frame) {
  if (stage.thread) stage.thread.onFrame(frame);
  presence.onFrame(frame);
  drafts.onFrame(frame);
  if (frame.type === "hello") {
    waits.serverTime(frame.server_time);
    if (stage.thread) stage.thread.watch();
    lookAgain();
  } else if (frame.type === "beat") {
    // Even a lost last frame heals; a list that somebody has scrolled far down is left to the next return.
    if (inbox.rows.length <= ROWS_OF_A_PAGE) inbox.reread();
    refreshCounts();
  } else if (frame.type === "conversation_updated") {
    inbox.apply(frame.html);
    refreshCounts();
    waits.tick();
  } else if (frame.type === "new_message") {
    if (stage.isOpen(frame.conversation_id) && frame.sender_type === "employee") typingLine.over();
    noteNews(frame);
  } else if (frame.type === "typing" && stage.isOpen(frame.conversation_id)) {
    typingLine.heard(frame);
  } else if (frame.type === "read" && frame.reader === "me") {
    unread.read(frame.conversation_id, frame.seq);
  }
}

function onState(state) {
  document.getElementById("link-state").dataset.state = state;
  if (state !== "live") presence.forget();
  // Whether a proxy blocks sockets or the line comes back by itself is known too late to wait for.
  if (state === "waiting" || state === "off") polling.start();
  else polling.stop();
}

function dismissed(code) {
  // Without the role the page itself says so.
  if (code === 4403) {
    location.reload();
    return;
  }
  // Of the session that this line was opened with. Another tab may have signed in since: any answer tells.
  sessionEnded();
  signingIn.needed();
  lookAgain();
}

/** Whatever was missed: the list, the numbers, the open thread and the drafts, the same way after any return. */
function lookAgain() {
  inbox.reread();
  refreshCounts();
  if (stage.thread) stage.thread.catchUp();
  askForDrafts();
}

function draftsSettled() {
  reply.line.show();
  markDrafts(inbox.rows, (id) => drafts.lineOf(id));
}

/** Which drafts the server holds now. */
async function askForDrafts() {
  const response = await send(form.dataset.draftsUrl, { accept: "application/json" }).catch(() => null);
  const told = response && response.ok ? jsonOf(response.text) : {};
  if (told.drafts) drafts.hearAll(told.drafts);
}

function noteNews(frame) {
  const article = fragmentOf(frame.html).querySelector("[data-message]");
  const looking = stage.isOpen(frame.conversation_id) && document.visibilityState === "visible";
  if (article.dataset.authorId === me || looking) return;
  unread.came(frame.conversation_id, frame.seq, frame.sender_type === "employee");
}


// What HTMX put on the page -------------------------------------------------------------------------------------------
function threadShown() {
  const { thread } = stage;
  typist.stopped();
  typingLine.over();
  presence.paint();
  reply.show(thread && thread.id, thread && thread.section.dataset.messagesUrl);
  if (thread) answering.showUnsent();
  panes.describe();
  inbox.markCurrent();
  waits.tick();
}

function headerShown() {
  closePopup();
  presence.paint();
  panes.describe();
  if (stage.thread) stage.thread.headerShown();
  waits.tick();
  refreshCounts();
}

function inboxShown() {
  const { view } = inbox;
  for (const link of document.querySelectorAll("#rail [data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const field of document.querySelectorAll("input[name=view]")) field.value = view;
  const address = new URL(location.href);
  address.searchParams.set("view", view);
  history.replaceState(history.state, "", address);
  inbox.settled();
  waits.tick();
}

// Told for the target of a swap and for every element that came in.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.closest("#inbox")) {
    clearTimeout(settling);
    settling = setTimeout(inboxShown);
  }
  if (target.id === "pane") stage.look();
  if (target.id === "popup") popupShown();
  if (target.id === "thread-head") headerShown();
  toastsShown();
});
document.addEventListener("htmx:historyRestore", () => stage.look());
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // 409 carries the present header and the sentence who was faster: it is shown like a success.
  if (detail.xhr.status === 409) detail.shouldSwap = true;
  const overtaken = detail.target.id === "thread-head" && stage.thread && stage.thread.isOvertaken(detail.serverResponse);
  if (overtaken) detail.shouldSwap = false;
});
// The page's own questions are asked again at the next return; a word would be about a step that nobody took.
const isOwnQuestion = (asker) => asker.matches("#counts, #thread-header, [data-person]");
document.addEventListener("htmx:responseError", ({ detail: { elt, xhr } }) => {
  if (xhr.status === 401) signingIn.needed(refusalOf({ text: xhr.responseText }).error);
  else if (xhr.status !== 409 && !isOwnQuestion(elt)) showToast(fragmentOf(xhr.responseText));
});
document.addEventListener("htmx:sendError", ({ detail: { elt } }) => {
  if (!isOwnQuestion(elt)) showToast(fromTemplate("toast-offline"));
});

inbox.onSettled = () => {
  presence.paint();
  unread.paint();
  markDrafts(inbox.rows, (id) => drafts.lineOf(id));
};
onReturn(lookAgain);
document.addEventListener("signedin", lookAgain);
keepTelling(() => stage.thread && stage.thread.watch());
form.addEventListener("input", ({ target }) => {
  if (target !== reply.field) return;
  if (reply.field.value.trim()) typist.typed(reply.id, reply.internal);
  else typist.stopped();
});
new Canned(reply, document.querySelector("[data-canned]"), form.dataset.cannedUrl);
// A passage of an article, put into the answer and never sent by itself.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-insert]");
  if (button) {
    reply.insert(button.dataset.insert, 0);
    reply.field.focus();
  }
});
listenForMoves({ inbox, stage, panes, reply });
listenForDismissals();
copyButtons(stage.pane);
viewPictures(stage.pane, document.querySelector("[data-viewer]"));
readTexts(stage.pane, document.querySelector("[data-paper]"));
followViewport();
drafts.hearAll(JSON.parse(document.getElementById("drafts").textContent));
stage.look();
inboxShown();
drafts.restore();
answering.restore();
tellHere(form.dataset.hereUrl);
