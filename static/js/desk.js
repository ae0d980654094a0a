// Wires the employee's page: who tells whom. Every idea has a module of its own.

import { acceptFrom, acceptOn } from "./arrivals.js";
import { moveTo } from "./back_step.js";
import { offerCapture } from "./capture.js";
import { Composer } from "./composer.js";
import { copyButtons } from "./copy.js";
import { DeskDraft } from "./desk_draft.js";
import { NEW } from "./drafts.js";
import { Edges } from "./edges.js";
import { Feed } from "./feed.js";
import { Feedback } from "./feedback.js";
import { refusalOf, send, sessionEnded } from "./http.js";
import { linkNotice } from "./link_notice.js";
import { readTexts } from "./paper.js";
import { Polling } from "./polling.js";
import { Reading } from "./read.js";
import { Receipts } from "./receipts.js";
import { onReturn } from "./returning.js";
import { Scroll } from "./scroll.js";
import { Sending } from "./sending.js";
import { Shown } from "./shown.js";
import { SigningIn } from "./signing_in.js";
import { Socket } from "./socket.js";
import { StateLine } from "./state_line.js";
import { Store } from "./store.js";
import { say } from "./strings.js";
import { hasNews, seen } from "./title.js";
import { Tray } from "./tray.js";
import { TypingLine, Typist } from "./typing.js";
import { UnreadBadge } from "./unread_badge.js";
import { viewPictures } from "./viewer.js";
import { followViewport } from "./viewport.js";
import { insideWecom } from "./wecom.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const POLL = 4; // seconds

const root = document.querySelector("[data-desk]");
const part = (name) => root.querySelector(`[data-${name}]`);
const owner = document.body.dataset.userId;
const hasMouse = window.matchMedia("(hover: hover) and (pointer: fine)").matches;
const isMine = (article) => article.dataset.senderType === "employee";
const store = new Store();
const scroll = new Scroll(part("scroll"), part("messages"), {
  button: part("below"),
  isApart: () => feed.apart,
  latest: () => feed.pages.latest(),
});

const feed = new Feed(part("messages"), {
  conversationId: root.dataset.conversationId,
  messagesUrl: root.dataset.messagesUrl,
  isMine,
  around: (change) => scroll.around(change),
  readsBack: () => scroll.readsBack,
  onShape: () => edges.show(),
  onInserted: arrived,
});
const edges = new Edges(feed, part("scroll"), { older: part("older"), newer: part("newer") });
const stateLine = new StateLine(part("state"), { address: () => addressOf("header"), onShown });
const tray = new Tray(part("tray"), { maxBytes: Number(root.dataset.maxBytes), onRefused: word });
const sending = new Sending({
  feed,
  owner,
  store,
  composer: () => composer,
  url: root.dataset.messagesUrl,
  fresh: root.dataset.fresh === "true",
  onAdopted: adopt,
});
const composer = new Composer(part("composer"), {
  tray,
  maxChars: Number(root.dataset.maxChars),
  onSubmit: write,
  onChange: () => draft.changed(),
  onFiles: () => draft.filesChanged(),
  onTooLong: (chars) => word(say("shared.too_long", { n: chars })),
});
const draft = new DeskDraft(composer, {
  store,
  owner,
  line: part("draft-line"),
  addressOf: (place) => (place === NEW ? root.dataset.newDraftUrl : `${conversationAddress(place)}draft`),
  conversationId: () => feed.conversationId,
});
const signingIn = new SigningIn(document.querySelector("[data-signed-out]"), () => socket.revive());
const tellLink = linkNotice(part("notice"));
const polling = new Polling(POLL, () => {
  // Without a request on screen there is nothing to miss in it, but another device may have opened one.
  feed.conversationId ? feed.catchUp() : badge.refreshSoon();
  draft.lookAgain();
});
const socket = new Socket("/ws/desk/", { onFrame, onState, onSignedOut: dismissed });

const badge = new UnreadBadge(
  part("unread").parentElement,
  () => `${root.dataset.unreadUrl}?${new URLSearchParams({ conversation_id: feed.conversationId || "" })}`,
  (conversationId) => sending.follow(conversationId),
);
const feedback = new Feedback(root, {
  holder: part("feedback"),
  around: (change) => scroll.around(change),
  onAnswer(html) {
    stateLine.show(html);
    feed.catchUp();
  },
  onRefused: word,
  ask: () => stateLine.refresh(),
});
const receipts = new Receipts(part("messages"), document.getElementById("read-sign"), isMine);
const typist = new Typist((frame) => socket.send(frame));
const typingLine = new TypingLine(() => part("typing"));

if (part("suggestions")) {
  import("./suggest.js").then(({ suggest }) => suggest(part("suggestions"), document.getElementById("content")));
}

function write({ text, files }) {
  word("");
  typist.stopped();
  endOffer(); // before the bubble stands, and not under it
  sending.write(text, files, draft.send());
  scroll.toNewest();
}

/** "Still the last one?" was asked of a page on which nothing was written yet. */
function endOffer() {
  if (part("earlier")) part("earlier").remove();
  if (part("suggestions")) part("suggestions").remove();
}

/** The page began without a conversation; its first message made one, perhaps another tab's. */
function adopt(conversationId) {
  feed.conversationId = conversationId;
  root.dataset.conversationId = conversationId;
  moveTo(addressOf(""));
  part("new").hidden = false;
  endOffer();
  part("handoff").action = addressOf("handoff");
  draft.moved();
  socket.send({ type: "watch", conversation_id: conversationId });
  stateLine.refresh();
}

function addressOf(what) {
  return feed.conversationId ? conversationAddress(feed.conversationId) + what : "";
}

function conversationAddress(id) {
  return root.dataset.conversationUrl.replace(NOBODY, id);
}

// What comes in -------------------------------------------------------------------------------------------------------

function onFrame(frame) {
  feed.onFrame(frame);
  draft.onFrame(frame);
  if (frame.type === "hello" || frame.type === "beat") {
    const open = frame.conversations || [];
    open.length === 1 && sending.follow(open[0].conversation_id);
    const here = open.find((numbers) => numbers.conversation_id === feed.conversationId);
    const behind = Boolean(here) && here.version > stateLine.version;
    frame.type === "hello" ? greeted(here, behind) : behind && stateLine.refresh();
  } else if (frame.type === "queue_moved") {
    stateLine.refreshSoon();
  } else if (frame.type === "new_message" && frame.sender_type === "employee" && !feed.conversationId) {
    sending.follow(frame.conversation_id);
  } else if (frame.conversation_id === feed.conversationId) {
    heardHere(frame);
  } else if (frame.type === "read" || (frame.type === "new_message" && frame.sender_type !== "employee")) {
    badge.refreshSoon();
  }
}

function heardHere(frame) {
  if (frame.type === "conversation_updated") {
    stateLine.show(frame.html);
  } else if (frame.type === "typing") {
    typingLine.heard(frame);
  } else if (frame.type === "read" && frame.reader === "me") {
    reading.known(frame.seq);
    seenUpTo(frame.seq);
  } else if (frame.type === "read") {
    receipts.moveTo(frame.seq);
  }
}

let hellos = 0;

function greeted(here, behind) {
  hellos += 1;
  if (feed.conversationId) {
    socket.send({ type: "watch", conversation_id: feed.conversationId });
  }
  shown.repeat();
  // The first hello comes right after the page itself: its numbers say whether anything happened in between. Later
  // ones end a silence in which the queue may have moved, and those of a resolved request carry no numbers.
  if (hellos > 1) {
    lookAgain();
  } else {
    here || feed.catchUp();
    draft.lookAgain(); // of drafts they say nothing, and the page before this one may have saved its last words only now
  }
  if (hellos === 1 && (!here || behind)) {
    stateLine.refresh();
  }
}

/** Whatever was missed, the same way after any loss: a line that comes back, a page that is looked at again. */
function lookAgain() {
  feed.catchUp();
  edges.look();
  stateLine.refresh();
  reading.repeat();
  shown.repeat();
  badge.refreshSoon();
  draft.lookAgain();
}

function arrived(article, { live }) {
  shown.look();
  if (!live || isMine(article)) {
    return;
  }
  scroll.arrived();
  typingLine.over(article.dataset.senderName);
  if (document.visibilityState === "hidden") {
    hasNews(article.id);
  }
  if (socket.state === "off") {
    stateLine.refresh();
  }
}

/** Nothing up to there is news for the title any more. */
function seenUpTo(seq) {
  feed.list.querySelectorAll("[data-seq]").forEach((article) => Number(article.dataset.seq) <= seq && seen(article.id));
}

function onShown(status, fragment) {
  part("handoff").hidden = status !== "bot";
  feedback.show(fragment);
}

function onState(state) {
  tellLink(state);
  state === "waiting" || state === "off" ? polling.start() : polling.stop();
  state === "off" && shown.look();
  state === "live" && sending.outbox.wake();
}

// What is said to the reader ----------------------------------------------------------------------------------------

function word(words) {
  part("word").textContent = words;
  part("word").hidden = !words;
}

function dismissed(code) {
  if (code === 4401) {
    // Of the session that this line was opened with. Another tab may have signed in since: any answer tells.
    sessionEnded();
    signingIn.needed();
    lookAgain();
  } else {
    part("notice").textContent = say("shared.role_lost");
    part("notice").hidden = false;
  }
}

// The page itself -----------------------------------------------------------------------------------------------------

onReturn(lookAgain);
document.addEventListener("signedin", lookAgain);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    seenUpTo(Infinity);
  }
});
part("handoff").addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await send(event.target.action, { method: "POST" }).catch(() => null);
  response && response.ok ? stateLine.show(response.text) : word(response ? refusalOf(response).reason : say("shared.offline_now"));
});
feed.list.addEventListener("click", (event) => {
  const bubble = event.target.closest("a, button") ? null : event.target.closest(".message__bubble");
  if (bubble && window.getSelection().isCollapsed) {
    scroll.around(() => bubble.parentElement.classList.toggle("message--open"));
  }
});

/** By the socket, or, without one, by a request; both may be lost, and are repeated on a new line. */
function tellSeen(numbers) {
  if (!socket.send({ type: "read", conversation_id: feed.conversationId, ...numbers })) {
    send(addressOf("read"), { method: "POST", body: new URLSearchParams(numbers) }).catch(() => {});
  }
}

const shown = new Shown(
  () => (feed.conversationId ? feed.lastSeq : 0),
  (seq) => tellSeen({ shown: seq }),
);
const reading = new Reading(part("scroll"), part("messages"), {
  isMine,
  report: (seq) => tellSeen({ seq }),
});
part("composer").addEventListener("input", () => {
  word("");
  if (feed.conversationId && composer.text.trim()) {
    typist.typed(feed.conversationId, false);
  } else {
    typist.stopped();
  }
});
const writeOn = () => hasMouse && composer.focus();
acceptFrom(root.querySelectorAll("[data-files]"), tray, writeOn);
acceptOn(document.body, tray, writeOn);
offerCapture(part("capture"), { taken: (shot, note) => tray.takeShot(shot, note), refused: word });
tray.onMarked = ({ send: sendsNow }) => (sendsNow ? composer.submit() : writeOn());
copyButtons(part("messages"));
viewPictures(part("messages"), document.querySelector("[data-viewer]"));
insideWecom({
  list: part("messages"),
  state: part("state"),
  tray,
  button: part("wecom-pictures"),
  conversationId: () => feed.conversationId,
  refused: word,
});
readTexts(part("messages"), document.querySelector("[data-paper]"));
followViewport();
draft.begin(JSON.parse(document.getElementById("draft").textContent));
scroll.begin(root.dataset.point);
if (hasMouse) {
  composer.focus();
}
