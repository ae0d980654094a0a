// How a text begins, over the page. The server reads it, whatever it is written in, and renders it harmless.

import { copyButtons } from "./copy.js";
import { send } from "./http.js";
import { Overlay } from "./overlay.js";

/** Texts below `list` (`a[data-text]`) open in `element`; where that does not work, the link saves the file as before. */
export function readTexts(list, element) {
  const overlay = new Overlay(element, { onClosed: () => put("") });
  const place = element.querySelector("[data-place]");
  const put = (html) => {
    place.innerHTML = html;
  };
  copyButtons(element);
  element.addEventListener("click", ({ target }) => {
    if (target === element || target.closest("[data-close]")) overlay.close();
  });
  list.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-text]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const response = await send(link.dataset.text).catch(() => null);
    if (!response || !response.ok) {
      location.assign(link.href); // it says why, or works
    } else if (!document.querySelector("[data-overlay]:not([hidden]), .editor")) {
      const { text } = link.dataset;
      put(response.text);
      overlay.open(element.querySelector("[data-close]"), () => list.querySelector(`[data-text="${text}"]`));
    }
  });
}
