// A still picture of the screen, or where the browser gives none, of this page.

import { canvasOf, fileOf, shotName } from "./pictures.js";
import { say } from "./strings.js";

const ANSWERED = 400; // ms; nobody reads and closes the browser's question faster: it was never asked
const FRAME = 5000; // ms; a window that is minimised gives no picture, and would be watched for ever
const FADED = 300; // ms until that question is gone from the screen

const screens = () => navigator.mediaDevices && navigator.mediaDevices.getDisplayMedia;

/**
 * `button` takes one. On a phone it stays away: that has keys of its own for it, the picker is beside, and Android has
 * the function but always says no.
 * `taken(file, note)`; `refused(words)`.
 */
export function offerCapture(button, { taken, refused }) {
  button.hidden = !window.matchMedia("(hover: hover) and (pointer: fine)").matches;
  let isAsking = false; // one question at a time
  button.addEventListener("click", async () => {
    if (isAsking) {
      return;
    }
    isAsking = true;
    refused("");
    let shot = {};
    try {
      shot = (await ofScreen()) || (await ofPage()) || {};
    } finally {
      isAsking = false;
    }
    if (shot.file) {
      taken(shot.file, shot.note);
    } else if (!shot.left) {
      refused(say("shared.paste_shot"));
    }
  });
}

/** {file}, {left: true} when somebody thought better of it, or null where this is no way. */
async function ofScreen() {
  if (!screens()) {
    return null;
  }
  const began = Date.now();
  try {
    // At once, without another await: browsers ask only right after a click.
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
    return { file: await frameOf(stream) };
  } catch (error) {
    return error.name === "NotAllowedError" && Date.now() - began > ANSWERED ? { left: true } : null;
  }
}

async function frameOf(stream) {
  const video = document.createElement("video");
  video.muted = true;
  try {
    video.srcObject = stream;
    await within(FRAME, video.play());
    await new Promise((resolve) => window.setTimeout(resolve, FADED));
    const canvas = canvasOf(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    return await fileOf(canvas, shotName(), "image/png");
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}

function within(milliseconds, promise) {
  const tooLong = new Promise((resolve, reject) => {
    window.setTimeout(() => reject(new Error("no picture came")), milliseconds);
  });
  return Promise.race([promise, tooLong]);
}

async function ofPage() {
  try {
    const { shotOfPage } = await import("./page_shot.js");
    return { file: await shotOfPage(), note: say("shared.own_page") };
  } catch (error) {
    return null;
  }
}
