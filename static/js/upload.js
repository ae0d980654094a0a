// One file on its way to the server, in pieces, each from where the server is. Whatever was cut, killed or reloaded
// before: announcing the file again tells how far it has come (docs/protocol.md, Uploads).

import { send } from "./http.js";

export const ADDRESS = "/uploads/";
const SETBACKS = 5; // answers that bring a file no further, after which it is left alone for a while
const accept = "application/json";

/** The file cannot be read any more: it was moved or changed after it had been chosen. */
export class Unreadable extends Error {}

/** `pace`: pace.js */
export class Upload {
  constructor(file, uploadId, pace) {
    Object.assign(this, { file, uploadId, pace });
    this.received = 0; // bytes that the server is known to have
  }

  /**
   * One try. Resolves with null when it is stored, else with the answer that stands in the way. Throws Offline, Unreadable.
   * `signal` ends it. Hooks: onReceived(bytes, isNew): the server has so many, and had fewer the last time that it said so;
   * onSent(bytes): so many have left this device, as far as the browser can tell.
   */
  async run(signal, hooks) {
    Object.assign(this, { signal, hooks, setbacks: 0 });
    let response = await this.announce();
    let present = this.presentOf(response);
    while (present && !present.done && !signal.aborted) {
      if (this.setbacks > SETBACKS) {
        return { ...response, status: 503 };
      }
      this.note(present.received);
      response = await this.put(present.received);
      if (response.status === 404) {
        response = await this.announce(); // swept away, or cancelled by a tab that is gone
      }
      present = this.presentOf(response);
    }
    if (!present) {
      return response;
    }
    if (present.done) {
      this.note(this.file.size);
    }
    return null;
  }

  announce() {
    const body = new URLSearchParams({ upload_id: this.uploadId, name: this.file.name, size: this.file.size });
    return send(ADDRESS, { method: "POST", body, accept, signal: this.signal });
  }

  async put(received) {
    const { pace } = this;
    const piece = await this.read(received, received + pace.size);
    const begun = performance.now();
    try {
      const response = await send(`${ADDRESS}${this.uploadId}?offset=${received}`, {
        method: "PUT",
        body: piece,
        accept,
        signal: this.signal,
        timeout: pace.patience,
        onProgress: (part) => this.hooks.onSent(received + part * piece.byteLength),
      });
      if (response.ok && piece.byteLength) {
        pace.took(piece.byteLength, performance.now() - begun);
      }
      return response;
    } catch (error) {
      pace.failed();
      throw error;
    }
  }

  // Into memory first: a request with a file that is gone looks like a line that is down, and would be tried for ever.
  async read(from, to) {
    try {
      return await this.file.slice(from, to).arrayBuffer();
    } catch (error) {
      throw new Unreadable(this.file.name);
    }
  }

  /** {received, done} as the server says it, or null when the answer is a refusal or not the desk's. */
  presentOf(response) {
    if (![200, 201, 409].includes(response.status)) {
      return null;
    }
    try {
      const present = JSON.parse(response.text);
      return present.upload_id === this.uploadId ? present : null;
    } catch (error) {
      return null;
    }
  }

  note(received) {
    const isNew = received > this.received;
    this.setbacks += isNew ? 0 : 1;
    this.received = received;
    this.hooks.onReceived(received, isNew);
  }
}
