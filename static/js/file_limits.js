// What the server would refuse anyway is said before a single byte of it is on its way.

import { say } from "./strings.js";

// They turn a name around, so that one thing is read and another one is sent. The server takes them out as well.
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The name of a file as people read it. */
export const nameOf = ({ name }) => name.replace(TURNING, "");

const extensionOf = (name) => (name.includes(".") ? name.split(".").pop().toLowerCase() : "");

/** Why `file` cannot go with a message, or "". `kinds`: the extensions that are taken (conversations/file_kinds.py). */
export function objectionTo(file, { kinds }) {
  if (!file.size) {
    return say("shared.empty_file", { s: nameOf(file) });
  }
  // As the server reads a name: dots and blanks at its ends are nothing.
  const extension = extensionOf(file.name.replace(/^[ .]+|[ .]+$/g, ""));
  return kinds.includes(extension) ? "" : say("shared.wrong_kind", { s: nameOf(file) });
}

/** The same for its size, which may become less before it leaves. */
export function isTooLarge(file, { maxBytes }) {
  return file.size > maxBytes ? say("shared.too_large", { s: nameOf(file), n: Math.floor(maxBytes / 1024 / 1024) }) : "";
}

/** 340 KB, 5.2 MB */
export function sizeOf({ size }) {
  const megabytes = size / 1024 / 1024;
  return megabytes < 1 ? `${Math.ceil(size / 1024)} KB` : `${megabytes.toFixed(1)} MB`;
}
