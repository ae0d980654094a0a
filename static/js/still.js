/** Changes a list without moving what the eye is on. */

/** The line that must stay where it is: under the pointer, with the focus, or the first one in sight. */
function anchorIn(scroller) {
  const pointed = scroller.querySelector("li:hover") || (scroller.contains(document.activeElement) && document.activeElement.closest("li"));
  if (pointed) return pointed;
  // At the very top nothing is being read yet: what comes there may be seen coming.
  if (scroller.scrollTop === 0) return null;
  const top = scroller.getBoundingClientRect().top;
  return Array.from(scroller.querySelectorAll("li")).find((line) => line.getBoundingClientRect().bottom > top) || null;
}

function place(scroller, id) {
  const row = id && document.getElementById(id);
  return row && scroller.contains(row) ? row.getBoundingClientRect().top : null;
}

/** Runs `change()`, then scrolls so that the anchor stands where it stood; the focus stays on its row too. */
export function keepStill(scroller, change) {
  const anchor = anchorIn(scroller);
  const row = anchor && anchor.querySelector("[id]");
  const id = row && row.id;
  const before = place(scroller, id);
  const focused = scroller.contains(document.activeElement) ? document.activeElement.id : "";
  change();
  const after = place(scroller, id);
  if (before !== null && after !== null) scroller.scrollTop += after - before;
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
}
