import { say } from "./strings.js";

const PATIENCE = 3000; // ms of a lost line that nobody needs to hear of

/** `tell(state)` shows in `line` what the socket's state means to a person, or nothing while all is well. */
export function linkNotice(line) {
  let timer = null;
  let now = "live";
  let reached = true;
  const show = (words) => {
    line.textContent = words;
    line.hidden = !words;
  };
  // Without a line the page asks every few seconds, and says so only while it is answered.
  const asking = () => show(say(reached ? "shared.polling" : "shared.reconnecting"));
  document.addEventListener("reach", ({ detail }) => {
    reached = detail;
    if (now === "off") asking();
  });
  return (state) => {
    now = state;
    window.clearTimeout(timer);
    if (state === "live" || state === "ended") {
      show("");
    } else if (state === "waiting") {
      timer = window.setTimeout(() => show(say("shared.reconnecting")), PATIENCE);
    } else {
      asking();
    }
  };
}
