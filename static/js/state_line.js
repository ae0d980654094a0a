// The one true sentence about a request. Frames carry it; where none come, it is asked for.

import { fragmentOf, Offline, send } from "./http.js";

const HERD = 2000; // ms over which the pages of a whole queue spread their questions when it moves

/** `new StateLine(holder, {address(), onShown(status, fragment)})`; `address()` is where it is asked, or "" when there is
 * none. `fragment`: all that came with the line, and is as new as it. */
export class StateLine {
  constructor(holder, { address, onShown }) {
    this.holder = holder;
    this.address = address;
    this.onShown = onShown;
    this.timer = null;
  }

  get version() {
    const line = this.holder.querySelector("[data-version]");
    return line ? Number(line.dataset.version) : -1;
  }

  get status() {
    const line = this.holder.querySelector("[data-status]");
    return line ? line.dataset.status : "";
  }

  /** Show it unless something newer stands there: frames overtake each other. */
  show(html) {
    const fragment = fragmentOf(html);
    const line = fragment.querySelector("[data-version]");
    if (!line || Number(line.dataset.version) < this.version) {
      return;
    }
    // The same sentence again would be read aloud again.
    if (this.holder.textContent.trim() !== line.textContent.trim() || line.dataset.status !== this.status) {
      this.replace(line);
    } else {
      this.holder.querySelector("[data-version]").dataset.version = line.dataset.version;
    }
    this.onShown(line.dataset.status, fragment);
  }

  replace(line) {
    this.holder.textContent = "";
    this.holder.append(line);
  }

  async refresh() {
    const address = this.address();
    if (!address) {
      return;
    }
    try {
      const response = await send(address);
      if (response.ok && address === this.address()) {
        this.show(response.text);
      }
    } catch (error) {
      if (!(error instanceof Offline)) {
        throw error;
      }
    }
  }

  /** The queue moved: everybody in it stands elsewhere now. */
  refreshSoon() {
    if (this.status === "queued" && this.timer === null) {
      this.timer = window.setTimeout(() => {
        this.timer = null;
        this.refresh();
      }, Math.random() * HERD);
    }
  }
}
