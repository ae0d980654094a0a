// A picture of this page as it stands, drawn by a library that is fetched only for this.

import { snapdom } from "../vendor/zumer-snapdom-3.1.1/snapdom.mjs";
import { fileOf, shotName } from "./pictures.js";

const FINEST = 2; // pixels to a point; more is only slower

export async function shotOfPage() {
  const style = window.getComputedStyle(document.body);
  const shot = await snapdom(document.body, {
    clip: "viewport",
    dpr: Math.min(FINEST, window.devicePixelRatio),
    backgroundColor: style.backgroundColor, // without one the ground would be glass
    embedFonts: false, // ours are the system's
  });
  return fileOf(await shot.toCanvas(), shotName(), "image/png");
}
