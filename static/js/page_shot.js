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
  });
  return fileOf(await shot.toCanvas(), shotName(), "image/png");
}
