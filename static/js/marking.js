// The way to the picture editor, which nobody has to load who does not draw.

import { closedByBack } from "./back_step.js";
import { say } from "./strings.js";

let isOpen = false; // or being fetched: a second tap opens no second one

/**
 * Let somebody draw on `file`; `tool`: the one at hand first, `note`: a sentence above the picture. → {file, send}, or
 * null when it was left. Rejects with words.
 */
export async function markUp(file, { tool = "box", note = "" } = {}) {
  if (isOpen) {
    return null;
  }
  isOpen = true;
  try {
    const editor = await import("./editor.js").catch(() => {
      throw new Error(say("shared.offline_now"));
    });
    return await editor.edit(file, { tool, note, closedByBack });
  } finally {
    isOpen = false;
  }
}
