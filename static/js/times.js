// Times in words, in the page's language and the firm's time zone; the exact one stands in the title.

import { say } from "./strings.js";

const MINUTE = 60 * 1000;
const language = document.documentElement.lang || "zh-hans";
const zone = { timeZone: document.body.dataset.timeZone || undefined, hourCycle: "h23" };

const clock = new Intl.DateTimeFormat(language, { ...zone, hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { ...zone, month: "long", day: "numeric" });
const dayOfYear = new Intl.DateTimeFormat(language, { ...zone, year: "numeric", month: "long", day: "numeric" });
const exact = new Intl.DateTimeFormat(language, { ...zone, dateStyle: "long", timeStyle: "medium" });
const number = new Intl.DateTimeFormat("en-CA", { timeZone: zone.timeZone, year: "numeric", month: "2-digit", day: "2-digit" });

/** The firm's calendar day, as 2026-11-22. */
export function today() {
  return number.format(new Date());
}

/** 09:41 */
export function clockTime(iso) {
  return clock.format(new Date(iso));
}

/** 今天 09:41 · 昨天 17:20 · 11月20日 08:05: stands above a message after a pause. */
export function separatorTime(iso) {
  return `${dayName(new Date(iso))} ${clockTime(iso)}`;
}

/** 刚刚 · 5 分钟前 · 09:41 · 昨天 · 11月20日: short, in lists. */
export function relativeTime(iso) {
  const minutes = Math.floor((Date.now() - Date.parse(iso)) / MINUTE);
  if (minutes < 1) {
    return say("shared.just_now");
  }
  if (minutes < 60) {
    return say("shared.minutes_ago", { n: minutes });
  }
  return daysAgo(new Date(iso)) === 0 ? clockTime(iso) : dayName(new Date(iso));
}

export function exactTime(iso) {
  return exact.format(new Date(iso));
}

/** Write every `<time data-relative>` inside `root` anew. */
export function refreshTimes(root) {
  root.querySelectorAll("time[data-relative]").forEach((time) => {
    const words = relativeTime(time.dateTime);
    if (time.textContent !== words) {
      time.textContent = words;
    }
    time.title = exactTime(time.dateTime);
  });
}

/** Keep them true from now on, those that come later included. */
export function keepTimes(root) {
  refreshTimes(root);
  window.setInterval(() => refreshTimes(root), MINUTE / 2);
}

function dayName(date) {
  const days = daysAgo(date);
  if (days === 0 || days === 1) {
    return say(days ? "shared.yesterday" : "shared.today");
  }
  return (number.format(date).slice(0, 4) === today().slice(0, 4) ? day : dayOfYear).format(date);
}

// Calendar days, not spans of 24 hours: "yesterday" begins at midnight of the firm's clock.
function daysAgo(date) {
  return Math.round((Date.parse(today()) - Date.parse(number.format(date))) / (24 * 60 * MINUTE));
}
