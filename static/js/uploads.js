// The files of messages on their way, one after the other, before the message that names them goes out. Their ids lie in
// the message's item on the device, so whoever sends it next goes on where this page was.

import { send } from "./http.js";
import { newClientId } from "./ids.js";
import { Pace } from "./pace.js";
import { say } from "./strings.js";
import { ADDRESS, Unreadable, Upload } from "./upload.js";

const LEAVING_NOTHING = [413, 422, 507]; // refusals of a file

export class Uploads {
  constructor() {
    this.pace = new Pace();
    this.begun = new Set(); // upload ids that this page has told the server
    this.coming = new Map(); // and those that are not there yet → Upload
    this.stored = new Set(); // and those that the server has whole
    this.underWay = new Map(); // client id → what stops it
  }

  /**
   * Bring the files of `item` to the server. Resolves with null when all are there, else with the answer that stands in
   * the way, as http.js gives it. Throws Offline. Hooks as in upload.js, with a part from 0 to 1 of all files.
   */
  async run(item, hooks) {
    const stop = new AbortController();
    this.underWay.set(item.client_id, stop);
    try {
      return await this.bringAll(item, stop.signal, hooks);
    } catch (error) {
      if (error instanceof Unreadable) {
        return unreadable(error.message);
      }
      throw error;
    } finally {
      this.underWay.delete(item.client_id);
    }
  }

  async bringAll(item, signal, { onReceived, onSent }) {
    const ids = idsOf(item);
    const total = item.files.reduce((sum, file) => sum + file.size, 0);
    let before = 0;
    let obstacle = null;
    for (let index = 0; index < ids.length && !obstacle && !signal.aborted; index += 1) {
      const file = item.files[index];
      const partOf = (bytes) => (before + bytes) / total;
      obstacle = await this.bring(file, ids[index], signal, {
        onReceived: (bytes, isNew) => onReceived(partOf(bytes), isNew),
        onSent: (bytes) => onSent(partOf(bytes)),
      });
      before += file.size;
    }
    return obstacle;
  }

  async bring(file, uploadId, signal, hooks) {
    if (this.stored.has(uploadId)) {
      return null;
    }
    const upload = this.coming.get(uploadId) || new Upload(file, uploadId, this.pace);
    this.begun.add(uploadId);
    this.coming.set(uploadId, upload);
    const obstacle = await upload.run(signal, hooks);
    if (!obstacle && !signal.aborted) {
      this.coming.delete(uploadId);
      this.stored.add(uploadId);
    } else if (obstacle && LEAVING_NOTHING.includes(obstacle.status)) {
      this.release(uploadId);
    }
    return obstacle;
  }

  /** Nothing more is known of it. Returns whether there was something on the server. */
  release(uploadId) {
    this.coming.delete(uploadId);
    this.stored.delete(uploadId);
    return this.begun.delete(uploadId);
  }

  stop(clientId) {
    const stop = this.underWay.get(clientId);
    if (stop) stop.abort();
  }

  /** The server says that it has them no longer. Returns whether this page believed that it had. */
  forget(item) {
    return idsOf(item).filter((uploadId) => this.stored.delete(uploadId)).length > 0;
  }

  /** The message is not sent, so nobody needs them. What does not reach the server is swept away there within a day. */
  drop(item) {
    this.stop(item.client_id);
    idsOf(item)
      .filter((uploadId) => this.release(uploadId))
      .forEach((uploadId) => send(ADDRESS + uploadId, { method: "DELETE", accept: "application/json" }).catch(() => {}));
  }
}

const brought = new WeakMap(); // file → the id under which the server has it, before anybody uploaded it

/** The server has `file` already, for one message. */
export function storedAs(file, uploadId) {
  brought.set(file, uploadId);
}

/** One for each file, for ever: a try that is repeated stores nothing twice. */
export function idsOf(item) {
  item.upload_ids = item.upload_ids || item.files.map(idOf);
  return item.upload_ids;
}

function idOf(file) {
  const uploadId = brought.get(file) || newClientId();
  brought.delete(file);
  return uploadId;
}

function unreadable(name) {
  const text = JSON.stringify({ error: "unreadable", reason: say("shared.unreadable", { s: name }) });
  return { status: 422, ok: false, signedOut: false, text, headers: { get: () => null }, retryAfter: null };
}
