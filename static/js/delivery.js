// One message with its files on its way to the server, the same from the employee's field and from the agent's.

import { send } from "./http.js";
import { say } from "./strings.js";

const UPLOAD = 180000; // ms for a message with files, on a bad line

/**
 * Post `item` ({client_id, content, files, draft}) with further `fields` ({name: text}) to `url`; see http.js for the answer.
 * `onProgress(words, part)`: how far its files have come, in words and from 0 to 1.
 */
export function deliver(url, item, fields, onProgress) {
  const files = item.files || [];
  const body = new FormData();
  body.set("client_id", item.client_id);
  body.set("msg_type", kindOf(files));
  body.set("content", item.content);
  const all = { ...fields, ...item.draft };
  Object.keys(all).forEach((name) => body.set(name, all[name]));
  files.forEach((file) => body.append("file", file, file.name));
  if (!files.length) {
    return send(url, { method: "POST", body });
  }
  const told = (part) => onProgress(say("shared.uploading", { n: Math.round(part * 100) }), part);
  return send(url, { method: "POST", body, onProgress: told, timeout: UPLOAD });
}

function kindOf(files) {
  if (!files.length) {
    return "text";
  }
  return files.every((file) => file.type.startsWith("image/")) ? "image" : "file";
}

/** Why it was not sent, as a sentence; `reason` is a proxy's bare status where its answer held no sentence of ours. */
export function notSent(reason) {
  const words = reason === "413" ? say("shared.too_large_sent") : say("shared.refused");
  return say("shared.not_sent", { s: /^\d*$/.test(reason) ? words : reason });
}
