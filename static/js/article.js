// What one message element says of itself, and how two of them stand to each other.

import { fragmentOf } from "./http.js";

export const seqOf = (article) => Number(article.dataset.seq);

/** Ids belong to their authors; a pending bubble already says whose it is. */
export function sameAuthor(one, other) {
  return one.dataset.senderType === other.dataset.senderType && one.dataset.authorId === other.dataset.authorId;
}

/** Whether what stands there is at least as new as what came. A pending bubble never is. */
export function isNewer(present, article) {
  return Boolean(present.dataset.seq) && Number(present.dataset.version) >= Number(article.dataset.version);
}

/** Whether replacing moves nothing: no neighbour says that the place is another one. */
export function inPlace(present, article) {
  const before = present.previousElementSibling;
  const after = present.nextElementSibling;
  const follows = !before || (before.dataset.seq && seqOf(before) < seqOf(article));
  return follows && (!after || !after.dataset.seq || seqOf(after) > seqOf(article));
}

/** The versions of all messages in a rendered page. */
export function versionsIn(html) {
  const articles = fragmentOf(html).querySelectorAll("[data-message]");
  return Array.from(articles, (article) => Number(article.dataset.version) || 0);
}
