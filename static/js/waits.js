/** Keeps every `<time data-wait>` true: how long somebody has waited, in the page's own words. */

const TICK_MS = 15000;
const MINUTE_MS = 60000;
const LONG_MINUTES = 10; // as in templatetags/console.py
const LATE_MINUTES = 30;

function words(minutes, strings) {
  if (minutes < 1) return strings.now;
  if (minutes < 60) return strings.minutes.replace("%n", minutes);
  if (minutes < 1440) return strings.hours.replace("%n", Math.floor(minutes / 60));
  return strings.days.replace("%n", Math.floor(minutes / 1440));
}

function level(minutes) {
  if (minutes >= LATE_MINUTES) return "late";
  return minutes >= LONG_MINUTES ? "long" : "fresh";
}

function show(element, strings, skew) {
  const minutes = Math.max(0, Math.floor((Date.now() + skew - Date.parse(element.dateTime)) / MINUTE_MS));
  const text = words(minutes, strings);
  if (element.textContent !== text) element.textContent = text;
  element.dataset.level = level(minutes);
}

export class Waits {
  constructor(strings) {
    this.strings = strings;
    this.skew = 0; // server's clock minus ours, in milliseconds
    setInterval(() => this.tick(), TICK_MS);
  }

  /** `serverTime` (ISO) from `hello`: a wrong clock on the desk must not invent waits. */
  serverTime(serverTime) {
    this.skew = Date.parse(serverTime) - Date.now();
    this.tick();
  }

  tick() {
    for (const element of document.querySelectorAll("time[data-wait]")) show(element, this.strings, this.skew);
  }
}
