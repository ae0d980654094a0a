// Pictures as files and as pixels.

/** The picture in `file`, upright; rejects where this browser cannot read it. */
export async function decoded(file) {
  // An <img> and not createImageBitmap: only here do all browsers since Chrome 81 turn a phone's photo upright.
  const picture = new Image();
  const address = URL.createObjectURL(file);
  picture.src = address;
  try {
    await picture.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
  return picture;
}

export function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** What stands on `canvas` as a file of `type`; `name` gets the extension that fits. */
export async function fileOf(canvas, name, type, quality) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, quality));
  if (!blob) {
    throw new Error("the canvas gives no picture"); // larger than this device can hold
  }
  const stem = name.replace(/\.[^.]*$/, "") || "picture";
  return new File([blob], `${stem}.${blob.type === "image/png" ? "png" : "jpg"}`, { type: blob.type });
}

/** Every browser calls a pasted screenshot image.png; the time tells two of them apart. */
export function shotName() {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return `screenshot-${stamp}.png`;
}
