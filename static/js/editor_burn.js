// What leaves the device: the marks are in the pixels, and what lies under a box or beyond a cut is nowhere any more.

import { paint } from "./editor_marks.js";
import { canvasOf, fileOf } from "./pictures.js";

const MOST = 16000000; // pixels; iOS holds no larger canvas
const LARGE_PNG = 8 * 1024 * 1024; // bytes; no screen takes as much, a photo does
const QUALITY = 0.92;

/** A decoded picture as the ground to draw on. */
export function groundOf(picture) {
  const { naturalWidth: width, naturalHeight: height } = picture;
  const scale = Math.min(1, Math.sqrt(MOST / (width * height)));
  const base = canvasOf(Math.floor(width * scale), Math.floor(height * scale));
  const context = base.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, base.width, base.height);
  return base;
}

/** → a new File in place of the one with this `name` and `type`. */
export async function burnt({ base, edits, look }, { name, type }) {
  const { view, marks } = edits;
  const canvas = canvasOf(view.right - view.left, view.bottom - view.top);
  paint(canvas.getContext("2d"), { base, marks, view, look, scale: 1 });
  const isPhoto = /jpeg|heic|heif/.test(type);
  const png = isPhoto ? null : await fileOf(canvas, name, "image/png");
  return png && png.size <= LARGE_PNG ? png : fileOf(canvas, name, "image/jpeg", QUALITY);
}
