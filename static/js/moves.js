/** What keys and small buttons move: along the list, back, the sheet of keys, the menu, the mode of the composer. */

import { listenForKeys } from "./keys.js";
import { closePopup } from "./popup.js";

const sheet = document.querySelector("[data-keys]");
const menu = document.querySelector("[data-menu]");

/** `inbox`, `stage`, `panes`, `reply`: the parts of the console. Listens for good. */
export function listenForMoves({ inbox, stage, panes, reply }) {
  listenForKeys({ j: () => step(inbox, 1), k: () => step(inbox, -1), Escape: () => back(stage, panes) });
  document.addEventListener("click", ({ target }) => {
    const mode = target.closest("[data-mode-key]");
    if (mode) reply.write(mode.dataset.modeKey === "note");
    if (target.closest("[data-open-keys]")) openSheet();
    else if (target.closest("[data-dismiss-keys]") || target === sheet) closeSheet();
    if (!menu.contains(target) || target.closest(".menu__item")) menu.open = false;
  });
}

function step(inbox, by) {
  const { rows } = inbox;
  if (!rows.length) return;
  const focused = rows.indexOf(document.activeElement);
  const from = focused >= 0 ? focused : rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, from + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

/** One step out of whatever is innermost. */
function back(stage, panes) {
  const field = document.activeElement;
  if (closeSheet() || closePopup() || panes.closeOverlay()) return;
  if (menu.open) menu.open = false;
  else if (field && field.matches("input, textarea")) field.blur();
  else if (stage.thread) stage.thread.section.querySelector("[data-close]").click();
}

let cameFrom = null;

function openSheet() {
  cameFrom = document.activeElement;
  sheet.hidden = false;
  sheet.querySelector("[data-dismiss-keys]").focus();
}

function closeSheet() {
  if (sheet.hidden) return false;
  sheet.hidden = true;
  if (cameFrom && cameFrom.isConnected) cameFrom.focus({ preventScroll: true });
  return true;
}
