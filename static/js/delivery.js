// One message on its way to the server, the same from the employee's field and from the agent's. Its files are there
// already (uploads.js).

import { send } from "./http.js";
import { say } from "./strings.js";

/** Post `item` ({client_id, content, files, upload_ids, draft}) with further `fields` ({name: text}) to `url`; see http.js. */
export function deliver(url, item, fields) {
  const files = item.files || [];
  const body = new FormData();
  body.set("client_id", item.client_id);
  body.set("msg_type", kindOf(files));
  body.set("content", item.content);
  const all = { ...fields, ...item.draft };
  Object.keys(all).forEach((name) => body.set(name, all[name]));
  files.forEach((_file, index) => body.append("upload_id", item.upload_ids[index]));
  return send(url, { method: "POST", body });
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
