// How many lines stand unread in the person's other requests. The server counts; here is only when to ask it.

import { fragmentOf, Offline, send } from "./http.js";

const TOGETHER = 300; // ms: what comes together needs one question

export class UnreadBadge {
  /**
   * `place`: the element that holds the badge; `address()`: where the number is, without the request on screen;
   * onOnlyOpen(conversationId): that is the one request of the person that is open.
   */
  constructor(place, address, onOnlyOpen) {
    Object.assign(this, { place, address, onOnlyOpen });
    this.timer = null;
  }

  refreshSoon() {
    this.timer = this.timer || window.setTimeout(() => this.refresh(), TOGETHER);
  }

  async refresh() {
    this.timer = null;
    const address = this.address();
    try {
      const response = await send(address);
      if (response.ok && address === this.address()) {
        this.show(fragmentOf(response.text).querySelector("[data-unread]"));
      }
    } catch (error) {
      // The next change asks again.
      if (!(error instanceof Offline)) {
        throw error;
      }
    }
  }

  show(badge) {
    this.place.querySelector("[data-unread]").replaceWith(badge);
    if (badge.dataset.onlyOpen) {
      this.onOnlyOpen(badge.dataset.onlyOpen);
    }
  }
}
