/** Tells this person's other tabs that something on the device changed. A tab that misses it looks by itself (lease.js).
 *
 * By storage events and not by a channel: they reach every browser we serve. What stands there is a random number.
 */
import { newClientId } from "./ids.js";

export class Tabs {
  constructor(name, onNews) {
    this.key = `news:${name}`;
    window.addEventListener("storage", (event) => event.key === this.key && onNews());
  }

  tell() {
    try {
      localStorage.setItem(this.key, newClientId());
    } catch (error) {
      // Shut or full: the others look again when they are returned to, or while they wait themselves.
    }
  }
}
