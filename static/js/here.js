// Says that this console is in front of somebody: nobody's phone rings for what they see here anyway.

import { send } from "./http.js";

const AGAIN = 20000; // ms; the server forgets it 50 s after the last word

/** `tellHere(url)`: from now on, while the page is visible. */
export function tellHere(url) {
  const tell = () => {
    const visible = document.visibilityState === "visible";
    return send(url, { method: "POST", body: new URLSearchParams({ visible }) }).catch(() => {});
  };
  document.addEventListener("visibilitychange", tell);
  window.setInterval(() => document.visibilityState === "visible" && tell(), AGAIN);
  tell();
}
