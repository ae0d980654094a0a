import { say } from "./strings.js";

const SHOWN = 1600; // ms for which the button says that it worked

/** `<button data-copy>` copies the lines beside it, or of the `[data-copied]` around it, wherever it stands below `root`. */
export function copyButtons(root) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || button.dataset.label) {
      return;
    }
    const code = (button.closest("[data-copied]") || button.parentElement).querySelector("code");
    const done = await copied(code);
    button.dataset.label = button.textContent;
    button.textContent = say(done ? "shared.copied" : "shared.copy_failed");
    window.setTimeout(() => {
      button.textContent = button.dataset.label;
      delete button.dataset.label;
    }, SHOWN);
  });
}

async function copied(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch (error) {
    // Old web views have no clipboard or refuse it; selecting the lines is the older way.
    window.getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  }
}
