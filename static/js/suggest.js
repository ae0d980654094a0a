// While the first words of a request are written, articles that may answer them at once.

import { fragmentOf, send } from "./http.js";

const PAUSE = 250; // ms without a key
const LEAST = 2; // characters

/** `suggest(place, field)`: `place` is an element with `data-url`; it goes with the welcome it stands in. */
export function suggest(place, field) {
  let timer = null;
  let asked = "";

  function show(fragment = "") {
    place.textContent = "";
    place.append(fragment);
  }

  async function look() {
    const words = field.value.trim();
    if (!place.isConnected || words === asked) {
      return;
    }
    asked = words;
    if (words.length < LEAST) {
      show();
      return;
    }
    try {
      // In the body: an address is kept by proxies, and the words may hold a password.
      const body = new URLSearchParams({ q: words.slice(0, 200) });
      const answer = await send(place.dataset.url, { method: "POST", body });
      // A slow answer to older words must not push out a newer one.
      if (answer.ok && words === asked) {
        show(fragmentOf(answer.text));
      }
    } catch (error) {
      asked = ""; // without a network there is nothing to suggest, and nothing to say about it
    }
  }

  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, PAUSE);
  });
}
