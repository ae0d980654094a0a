/** Keeps every `<time data-wait>` true: how long somebody has waited, in the page's own words. */

import { say } from "./strings.js";

const TICK_MS = 15000;
const MINUTE_MS = 60000;
const LONG_MINUTES = 10; // as in templatetags/console.py
const LATE_MINUTES = 30;

function words(minutes) {
  if (minutes < 1) return say("console.wait_now");
  if (minutes < 60) return say("console.wait_minutes", { n: minutes });
  if (minutes < 1440) return say("console.wait_hours", { n: Math.floor(minutes / 60) });
  return say("console.wait_days", { n: Math.floor(minutes / 1440) });
}

function level(minutes) {
  if (minutes >= LATE_MINUTES) return "late";
  return minutes >= LONG_MINUTES ? "long" : "fresh";
}

function show(element, skew) {
  const minutes = Math.max(0, Math.floor((Date.now() + skew - Date.parse(element.dateTime)) / MINUTE_MS));
  const text = words(minutes);
  if (element.textContent !== text) element.textContent = text;
  if (element.matches(".row__wait")) element.className = `row__wait row__wait--${level(minutes)}`;
}

export class Waits {
  constructor() {
    this.skew = 0; // server's clock minus ours, in milliseconds
    setInterval(() => this.tick(), TICK_MS);
  }

  /** `serverTime` (ISO) from `hello`: a wrong clock on the desk must not invent waits. */
  serverTime(serverTime) {
    this.skew = Date.parse(serverTime) - Date.now();
    this.tick();
  }

  tick() {
    for (const element of document.querySelectorAll("time[data-wait]")) show(element, this.skew);
  }
}
