// Photos go out at the size at which people look at them, unless their author wants the original. What shows a screen
// stays as it is, pixel for pixel: at 1,600 px the small print of a large monitor could not be read any more. A PNG whose
// neighbouring pixels are mostly equal shows a screen. A JPEG is taken for a photo: the phones that keep screenshots in
// it have three pixels to a point, so that their letters stay legible.

import { canvasOf, decoded, fileOf } from "./pictures.js";

const LARGE = 2000000; // pixels
const LONG_SIDE = 1600;
const QUALITY = 0.85;
const PATIENCE = 10000; // ms; an old phone that takes longer sends the file as it is
const READABLE = /^image\/(jpeg|png|webp|bmp|heic|heif)$/; // a GIF moves
const MOVES = /acTL|ANIM/; // a moving PNG, a moving WebP
const SMALL_PNG = LARGE / 4; // bytes; no photo of that many pixels fits in there, and nearly every screenshot does
const TILES = 8; // in each direction, so many places of the picture are looked at
const TILE = 32;
const EQUAL = 0.25; // of all pixels; photos have some hundredths, screens nine tenths

// Before Chrome 81 a canvas does not turn a photo upright, and the copy would not say any more how it was held.
const turnsPhotos = Boolean(window.CSS && CSS.supports("image-orientation", "from-image"));
const known = new WeakMap(); // file → {original, small}: what a draft brings back is not made smaller once more

/** Whether it is worth a look. */
export function mayShrink(file) {
  const isSmall = file.type === "image/png" && file.size < SMALL_PNG;
  return turnsPhotos && READABLE.test(file.type) && !isSmall;
}

/** {original, small}, or undefined for a file that was not looked at yet. */
export function versionsOf(file) {
  return known.get(file);
}

/** This file goes as it is. */
export function settle(file) {
  known.set(file, { original: file, small: null });
}

/** Look at `file`. → {original, small}, `small` is null where nothing is to be won. Never rejects. */
export async function shrink(file) {
  const late = new Promise((resolve) => window.setTimeout(resolve, PATIENCE, null));
  const small = await Promise.race([smaller(file).catch(() => null), late]);
  const versions = { original: file, small };
  known.set(file, versions);
  if (small) {
    known.set(small, versions);
  }
  return versions;
}

async function smaller(file) {
  if (MOVES.test(await file.slice(0, 4096).text())) {
    return null;
  }
  const picture = await decoded(file);
  const { naturalWidth: width, naturalHeight: height } = picture;
  const pixels = width * height > LARGE ? sampleOf(picture) : null;
  if (!pixels || (/png|bmp/.test(file.type) && isDrawn(pixels))) {
    return null;
  }
  const small = await fileOf(scaled(picture, LONG_SIDE / Math.max(width, height)), file.name, typeFor(pixels), QUALITY);
  return small.size < file.size ? small : null;
}

/** Pixels from all over the picture, not scaled: only so can neighbours be compared. */
function sampleOf(picture) {
  const side = TILES * TILE;
  const context = canvasOf(side, side).getContext("2d");
  const place = (index, length) => Math.floor((index * (length - TILE)) / (TILES - 1));
  for (let row = 0; row < TILES; row += 1) {
    for (let column = 0; column < TILES; column += 1) {
      const x = place(column, picture.naturalWidth);
      const y = place(row, picture.naturalHeight);
      context.drawImage(picture, x, y, TILE, TILE, column * TILE, row * TILE, TILE, TILE);
    }
  }
  return new Uint32Array(context.getImageData(0, 0, side, side).data.buffer);
}

function isDrawn(pixels) {
  const equal = pixels.filter((pixel, index) => pixel === pixels[index - 1]);
  return equal.length > EQUAL * pixels.length;
}

// JPEG knows no glass.
function typeFor(pixels) {
  return pixels.some((pixel) => pixel >>> 24 < 255) ? "image/png" : "image/jpeg";
}

function scaled(picture, scale) {
  const factor = Math.min(1, scale);
  const canvas = canvasOf(Math.round(picture.naturalWidth * factor), Math.round(picture.naturalHeight * factor));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}
