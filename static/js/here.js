// Says that this console is in front of somebody: nobody's phone rings for what they see here anyway.

import { send } from "./http.js";

const AGAIN = 20000; // ms; the server forgets it 50 s after the last word
const IDLE = 10 * 60 * 1000; // ms without a key or a hand after which nobody is taken to be looking
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel"];

/** `tellHere(url)`: from now on, while the page is visible and somebody is at it. A console that was left on overnight
 * would silence the phones of all. */
export function tellHere(url) {
  let touchedAt = Date.now();
  const idle = () => Date.now() - touchedAt > IDLE;
  const tell = () => {
    const visible = document.visibilityState === "visible" && !idle();
    return send(url, { method: "POST", body: new URLSearchParams({ visible }) }).catch(() => {});
  };
  const touched = () => {
    const back = idle();
    touchedAt = Date.now();
    if (back) tell();
  };
  SIGNS.forEach((sign) => document.addEventListener(sign, touched, { capture: true, passive: true }));
  document.addEventListener("visibilitychange", tell);
  window.setInterval(() => document.visibilityState === "visible" && !idle() && tell(), AGAIN);
  tell();
}
