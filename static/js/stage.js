/** The middle of the console: which thread is open, if any, after HTMX put another one there. */

import { seen, titleIs } from "./title.js";
import { Thread } from "./thread.js";

export class Stage {
  /** `onShown()` is called after another thread, or none, came on screen; `onRead(id, seq)` when it was seen up to there. */
  constructor(pane, { me, socket, onShown, onRead }) {
    Object.assign(this, { pane, me, socket, onShown, onRead });
    this.thread = null;
  }

  isOpen(id) {
    return this.thread !== null && this.thread.id === id;
  }

  /** Takes over what stands in the pane now. */
  look() {
    const section = this.pane.querySelector("[data-thread]");
    if (this.thread && this.thread.section === section) return;
    if (this.thread) this.thread.close();
    document.body.classList.toggle("console--reading", Boolean(section));
    this.thread = section ? this.opened(section) : null;
    if (!section) document.getElementById("facts").textContent = "";
    titleIs(section ? section.dataset.title : this.pane.dataset.title);
    this.onShown();
  }

  opened(section) {
    const { me, socket } = this;
    const id = section.dataset.conversationId;
    seen(id);
    return new Thread(section, { me, socket, onRead: (seq) => this.onRead(id, seq) });
  }
}
