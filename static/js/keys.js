/** One-letter keys: they press what is on screen (`data-key`), and rest while somebody writes. */

const FIELDS = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

function writing(event) {
  // 229: an input method is composing; its letters belong to it.
  return event.isComposing || event.keyCode === 229 || event.target.closest(FIELDS) !== null;
}

function press(key) {
  const wanted = Array.from(document.querySelectorAll("[data-key]")).filter((each) => each.dataset.key.toLowerCase() === key.toLowerCase());
  const target = wanted.reverse().find((each) => !each.disabled && !each.closest("[hidden]"));
  if (target) target.click();
  return Boolean(target);
}

/** `keys`: {key: function} for what is no button. Returns nothing; listens for good. */
export function listenForKeys(keys) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !event.isComposing) {
      keys.Escape(event);
      return;
    }
    if (writing(event) || document.querySelector("[data-popup], [data-keys]:not([hidden]), [data-overlay]:not([hidden])")) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    // Enter on a button or a link is that button's.
    if (act && act(event) !== false) event.preventDefault();
    else if (!act && event.key.length === 1 && press(event.key)) event.preventDefault();
  });
}
