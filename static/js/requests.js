// Wires the list of one's own requests: it is asked for again whenever something in it changed.

import { Polling } from "./polling.js";
import { Socket } from "./socket.js";
import { keepTimes, refreshTimes } from "./times.js";
import { insideWecom } from "./wecom.js";

const NEWS = ["new_message", "conversation_updated", "queue_moved", "read", "draft_changed"];
const TOGETHER = 300; // ms: the frames of one change come together and need one question

const page = document.querySelector("[data-requests]");
let timer = null;

function refresh() {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    page.querySelector("#requests").dispatchEvent(new CustomEvent("refresh"));
  }, TOGETHER);
}

const polling = new Polling(10, refresh);
insideWecom();
const cameFromDesk = document.referrer.startsWith(location.origin);
let opened = false;

keepTimes(page);
document.addEventListener("htmx:afterSettle", () => refreshTimes(page));
new Socket("/ws/desk/", {
  onFrame(frame) {
    // The first hello comes right after the page itself: nothing is newer yet, but for words that a page of ours saved
    // while it was left for this one.
    if (NEWS.includes(frame.type) || (frame.type === "hello" && (opened || cameFromDesk))) {
      refresh();
    }
    opened = true;
  },
  onState(state) {
    state === "off" ? polling.start() : polling.stop();
  },
  onSignedOut: () => location.reload(),
});
