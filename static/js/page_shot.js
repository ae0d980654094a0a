// A picture of this page as it stands, drawn by a library that is fetched only for this.

// Its build for script tags, which leaves its name at the window: old web servers do not know that .mjs is a script.
import "../vendor/zumer-snapdom-3.1.1/snapdom.js";
import { fileOf, shotName } from "./pictures.js";

const FINEST = 2; // pixels to a point; more is only slower

export async function shotOfPage() {
  const style = window.getComputedStyle(document.body);
  const shot = await window.snapdom(document.body, {
    clip: "viewport",
    dpr: Math.min(FINEST, window.devicePixelRatio),
    backgroundColor: style.backgroundColor, // without one the ground would be glass
    embedFonts: false, // ours are the system's
    plugins: [ownIcons(await symbols())],
  });
  return fileOf(await shot.toCanvas(), shotName(), "image/png");
}

/** address → symbol, of all icons of this page: they lie in files of their own, where the picture of a page cannot look. */
async function symbols() {
  const addresses = Array.from(document.querySelectorAll("svg use"), (use) => use.href.baseVal);
  const files = Array.from(new Set(addresses.map((address) => address.split("#")[0]).filter(Boolean)));
  const found = await Promise.all(files.map((file) => symbolsOf(file).catch(() => [])));
  return new Map(found.reduce((all, each) => [...all, ...each], []));
}

async function symbolsOf(file) {
  const text = await (await fetch(file)).text();
  const sprite = new DOMParser().parseFromString(text, "image/svg+xml");
  return Array.from(sprite.querySelectorAll("symbol"), (symbol) => [`${file}#${symbol.id}`, symbol]);
}

// Into the library's copy of the page, never into the page.
function ownIcons(found) {
  return {
    name: "own-icons",
    afterClone({ clone }) {
      clone.querySelectorAll("svg use").forEach((use) => {
        const symbol = found.get(use.getAttribute("href"));
        if (symbol) {
          use.parentElement.setAttribute("viewBox", symbol.getAttribute("viewBox"));
          use.replaceWith(...Array.from(symbol.children, (part) => document.importNode(part, true)));
        }
      });
    },
  };
}
