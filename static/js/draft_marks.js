// Marks the rows of conversations in which this agent has begun to write. A row is rendered once for all agents, so
// what is one agent's own is put in on their page alone, again after each exchange of a row.

const template = document.getElementById("draft-mark");

/** `rows`: the rows on screen; `lineOf(id)`: how the own draft there begins, or "". */
export function markDrafts(rows, lineOf) {
  rows.forEach((row) => {
    const line = lineOf(row.dataset.conversationId);
    const present = row.querySelector("[data-draft]");
    if (!line) {
      present && present.remove();
      return;
    }
    const mark = present || template.content.firstElementChild.cloneNode(true);
    const words = mark.querySelector("[data-words]");
    if (words.textContent !== line) {
      words.textContent = line;
    }
    if (!present) {
      const place = row.querySelector("[data-line]");
      place.parentElement.insertBefore(mark, place);
    }
  });
}
