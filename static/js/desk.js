// Wires the employee's page: who tells whom. Every idea has a module of its own.

import { Composer } from "./composer.js";
import { copyButtons } from "./copy.js";
import { Feed } from "./feed.js";
import { refusalOf, send } from "./http.js";
import { linkNotice } from "./link_notice.js";
import { loadOlder } from "./older.js";
import { Polling } from "./polling.js";
import { Reading } from "./read.js";
import { Scroll } from "./scroll.js";
import { Sending } from "./sending.js";
import { Socket } from "./socket.js";
import { StateLine } from "./state_line.js";
import { Store } from "./store.js";
import { say } from "./strings.js";
import { hasNews, seen } from "./title.js";
import { Tray } from "./tray.js";
import { viewPictures } from "./viewer.js";
import { followViewport } from "./viewport.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const POLL = 4; // seconds
const LEAVE = 1500; // ms to read why the page goes to the login

const root = document.querySelector("[data-desk]");
const part = (name) => root.querySelector(`[data-${name}]`);
const owner = document.body.dataset.userId;
const hasMouse = window.matchMedia("(hover: hover) and (pointer: fine)").matches;
const isMine = (article) => article.dataset.senderType === "employee";
const store = new Store();
const scroll = new Scroll(part("scroll"), part("messages"), part("below"));

const feed = new Feed(part("messages"), {
  conversationId: root.dataset.conversationId,
  messagesUrl: root.dataset.messagesUrl,
  isMine,
  around: (change) => scroll.around(change),
  onInserted: arrived,
});
const stateLine = new StateLine(part("state"), { address: () => addressOf("header"), onStatus });
const tray = new Tray(part("tray"), { maxBytes: Number(root.dataset.maxBytes), onRefused: word });
const sending = new Sending({
  feed,
  owner,
  store,
  composer: () => composer,
  url: root.dataset.messagesUrl,
  fresh: root.dataset.fresh === "true",
  onAdopted: adopt,
  onSignedOut: signedOut,
});
const composer = new Composer(part("composer"), {
  store,
  tray,
  draftKey: draftKey(),
  maxChars: Number(root.dataset.maxChars),
  onSubmit: write,
  onTooLong: (chars) => word(say("shared.too_long", { n: chars })),
});
const tellLink = linkNotice(part("notice"));
const polling = new Polling(POLL, () => feed.catchUp());
const socket = new Socket("/ws/desk/", { onFrame, onState, onSignedOut: dismissed });

function write({ text, files }) {
  word("");
  sending.write(text, files);
  scroll.toEnd();
}

/** The page began without a conversation; its first message made one. */
function adopt(conversationId) {
  feed.conversationId = conversationId;
  root.dataset.conversationId = conversationId;
  history.replaceState(null, "", addressOf(""));
  part("new").hidden = false;
  part("earlier") && part("earlier").remove();
  part("handoff").action = addressOf("handoff");
  composer.rename(draftKey());
  socket.send({ type: "watch", conversation_id: conversationId });
  stateLine.refresh();
}

function draftKey() {
  return `${owner}:${feed.conversationId || "new"}`;
}

function addressOf(what) {
  return feed.conversationId ? root.dataset.conversationUrl.replace(NOBODY, feed.conversationId) + what : "";
}

// What comes in -------------------------------------------------------------------------------------------------------

function onFrame(frame) {
  feed.onFrame(frame);
  if (frame.type === "hello" || frame.type === "beat") {
    const here = (frame.conversations || []).find((numbers) => numbers.conversation_id === feed.conversationId);
    const behind = Boolean(here) && here.version > stateLine.version;
    frame.type === "hello" ? greeted(here, behind) : behind && stateLine.refresh();
  } else if (frame.type === "queue_moved") {
    stateLine.refreshSoon();
  } else if (frame.conversation_id === feed.conversationId) {
    frame.type === "conversation_updated" && stateLine.show(frame.html);
  } else if (frame.type === "new_message" && frame.sender_type !== "employee") {
    newsElsewhere();
  }
}

let hellos = 0;

function greeted(here, behind) {
  hellos += 1;
  if (feed.conversationId) {
    socket.send({ type: "watch", conversation_id: feed.conversationId });
  }
  // The first hello comes right after the page itself: its numbers say whether anything happened in between. Later
  // ones end a silence in which the queue may have moved, and those of a resolved request carry no numbers.
  if (hellos > 1 || !here) {
    feed.catchUp();
  }
  if (hellos > 1 || !here || behind) {
    stateLine.refresh();
  }
}

function arrived(article, { live }) {
  if (!live || isMine(article)) {
    return;
  }
  scroll.arrived();
  if (document.visibilityState === "hidden") {
    hasNews(article.id);
  }
  if (socket.state === "off") {
    stateLine.refresh();
  }
}

function newsElsewhere() {
  const count = part("unread");
  count.textContent = String(Number(count.textContent || 0) + 1);
  count.hidden = false;
}

function onStatus(status) {
  part("handoff").hidden = status !== "bot";
}

function onState(state) {
  tellLink(state);
  state === "off" ? polling.start() : polling.stop();
  state === "live" && sending.outbox.wake();
}

// What is said to the reader ----------------------------------------------------------------------------------------

function word(words) {
  part("word").textContent = words;
  part("word").hidden = !words;
}

function dismissed(code) {
  if (code === 4401) {
    signedOut();
  } else {
    part("notice").textContent = say("shared.role_lost");
    part("notice").hidden = false;
  }
}

let leaving = false;

function signedOut() {
  if (leaving) {
    return;
  }
  leaving = true;
  composer.save();
  part("notice").textContent = say("shared.signing_in");
  part("notice").hidden = false;
  const back = encodeURIComponent(location.pathname + location.search);
  window.setTimeout(() => location.replace(`${root.dataset.loginUrl}?next=${back}`), LEAVE);
}

// The page itself -----------------------------------------------------------------------------------------------------

document.addEventListener("signedout", signedOut);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    feed.list.querySelectorAll("[data-message]").forEach((article) => seen(article.id));
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

new Reading(part("scroll"), part("messages"), {
  isMine,
  report(seq) {
    if (!socket.send({ type: "read", conversation_id: feed.conversationId, seq })) {
      send(addressOf("read"), { method: "POST", body: new URLSearchParams({ seq }) }).catch(() => {});
    }
  },
});
part("composer").addEventListener("input", () => word(""));
tray.acceptFrom(root.querySelectorAll("[data-files]"), () => hasMouse && composer.focus());
tray.acceptOn(document.body);
copyButtons(part("messages"));
viewPictures(part("messages"), document.querySelector("[data-viewer]"));
followViewport();
loadOlder(feed, part("scroll"), part("older"));
scroll.begin(root.dataset.point);
if (hasMouse) {
  composer.focus();
}
