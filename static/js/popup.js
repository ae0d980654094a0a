/** The one popup of the page: opens with the focus in its field, gives the focus back, closes by Esc or outside. */

import { Options } from "./options.js";

let cameFrom = null;

export function popupShown() {
  const popup = document.querySelector("#popup [data-popup]");
  if (!popup) return;
  cameFrom = document.activeElement;
  const field = popup.querySelector("[data-filter]");
  const options = new Options(popup.querySelector("[role=listbox]"), (id) => field.setAttribute("aria-activedescendant", id));
  field.addEventListener("input", () => options.narrow(field.value));
  field.addEventListener("keydown", (event) => walk(event, options));
  popup.addEventListener("pointerdown", (event) => event.target === popup && closePopup());
  field.focus();
}

function walk(event, options) {
  if (event.isComposing || event.keyCode === 229) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (steps[event.key]) options.move(steps[event.key]);
  else if (event.key === "Enter" && options.active) options.optionOf(options.active).click();
  // Tab stays inside: behind the popup nothing can be used.
  else if (event.key !== "Tab" && event.key !== "Enter") return;
  event.preventDefault();
}

/** Returns whether there was one to close. */
export function closePopup() {
  const place = document.getElementById("popup");
  if (!place.firstElementChild) return false;
  place.textContent = "";
  if (cameFrom && cameFrom.isConnected) cameFrom.focus({ preventScroll: true });
  return true;
}
