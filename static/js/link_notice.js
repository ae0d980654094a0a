import { say } from "./strings.js";

const PATIENCE = 3000; // ms of a lost line that nobody needs to hear of

/** `tell(state)` shows in `line` what the socket's state means to a person, or nothing while all is well. */
export function linkNotice(line) {
  let timer = null;
  const show = (words) => {
    line.textContent = words;
    line.hidden = !words;
  };
  return (state) => {
    window.clearTimeout(timer);
    if (state === "live" || state === "ended") {
      show("");
    } else if (state === "waiting") {
      timer = window.setTimeout(() => show(say("shared.reconnecting")), PATIENCE);
    } else {
      show(say("shared.polling"));
    }
  };
}
