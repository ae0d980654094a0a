// What a message looks like depends on its neighbours: a run of one speaker shows the name once, a pause shows the time.

import { separatorTime, today } from "./times.js";

const RUN = 5 * 60 * 1000; // ms between two messages of one speaker that still read as one breath

let writtenOn = today();

/** Mark runs, pauses and the last message of one's own. Touches only what changed, so nothing flickers. */
export function arrange(list, isMine) {
  const newDay = writtenOn !== today();
  writtenOn = today();
  let before = null;
  let latestMine = null;
  list.querySelectorAll("[data-message]").forEach((article) => {
    const paused = !before || timeOf(article) - timeOf(before) > RUN;
    const mine = isMine(article);
    article.classList.toggle("message--mine", mine);
    article.classList.toggle("message--follows", !paused && sameSpeaker(before, article));
    setSeparator(article, paused, newDay);
    latestMine = mine ? article : latestMine;
    before = article;
  });
  list.querySelectorAll(".message--latest").forEach((article) => article.classList.remove("message--latest"));
  if (latestMine) {
    latestMine.classList.add("message--latest");
  }
}

// Written once and, because it says "today", again on a new day: formatting times is what costs in a long list.
function setSeparator(article, paused, newDay) {
  if (!paused) {
    delete article.dataset.when;
  } else if (newDay || !article.dataset.when) {
    article.dataset.when = separatorTime(article.dataset.createdAt);
  }
}

// An agent sees where somebody goes on in WeCom's chat, and where they are back at the page.
function sameSpeaker(one, other) {
  return ["senderType", "senderName", "authorId", "origin"].every((key) => one.dataset[key] === other.dataset[key])
    && isNote(one) === isNote(other);
}

const isNote = (article) => article.classList.contains("message--note");
const timeOf = (article) => Date.parse(article.dataset.createdAt);
