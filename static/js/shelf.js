// What lies on the device until the server has it: one list for all tabs of a person, in the order of writing.

const DIGITS = 15; // of the place in a key, a time in ms

/**
 * `new Shelf(prefix, store, hooks)`; `prefix` holds the user's id, so that nobody sends what another person wrote here.
 * An item is a plain object with `client_id`, `files` and whatever a send needs (texts, numbers).
 *
 * Hooks: onAdded(item): another tab, or an earlier page, put it there; onChanged(item): another tab did something with
 * it; onGone(item): another tab sent it or took it; onUnkept(item, state): the device did not take it (see store.js).
 */
export class Shelf {
  constructor(prefix, store, hooks) {
    Object.assign(this, { prefix, store, hooks });
    this.items = [];
    this.kept = new Set(); // client ids that lie on the device; others are in this page's memory alone
    this.opened = false;
    this.removed = new Set(); // what a reading of the device that began earlier must not bring back
  }

  get(clientId) {
    return this.items.find((item) => item.client_id === clientId);
  }

  /** Something new, behind everything else. */
  add(item) {
    item.files = item.files || [];
    item.queued_at = Date.now();
    item.key = this.keyAtTheEnd(item);
    return this.putBack(item);
  }

  /** Something that was taken out, to its old place. */
  putBack(item) {
    this.removed.delete(item.client_id);
    this.kept.delete(item.client_id);
    this.items.push(item);
    this.items.sort(byKey);
    return this.save(item);
  }

  // The clock may be set back between two messages; their order stays.
  keyAtTheEnd(item) {
    const last = this.items.length ? placeOf(this.items[this.items.length - 1], this.prefix) : 0;
    return this.prefix + String(Math.max(Date.now(), last + 1)).padStart(DIGITS, "0") + item.client_id;
  }

  /** Write down what changed about an item, for a reload and for the other tabs; `gone` when one of them has taken it. */
  async save(item) {
    item.revision = (item.revision || 0) + 1;
    const wasKept = this.kept.has(item.client_id);
    // What lay on the device and does not any more must not come back.
    const state = await (wasKept ? this.store.replace(item.key, item) : this.store.put(item.key, item));
    if (this.removed.has(item.client_id)) {
      return state;
    }
    if (state === "kept") {
      this.kept.add(item.client_id);
    } else if (state === "gone") {
      this.lose(item);
    } else if (!wasKept) {
      this.saveWords(item, state);
    }
    // Where it was kept before, what lies there is older by a word of ours, and holds the files.
    return state;
  }

  // The words at least: an earlier page's pictures cannot be had again, but its author can choose them again.
  async saveWords(item, state) {
    const words = { ...item, files: [], lost_files: item.files.length };
    const saved = item.files.length > 0 && (await this.store.put(item.key, words)) === "kept";
    this.hooks.onUnkept(item, saved ? "files" : state);
  }

  /** Take an item out for good: it was sent, given up, or goes back into the composer. */
  remove(clientId) {
    const item = this.get(clientId);
    if (item) {
      this.forget(item);
      this.store.delete(item.key);
    }
    return item;
  }

  /** The same where other tabs may do it too: resolves with the item in one of them, in the others with undefined. */
  async claim(clientId) {
    const item = this.get(clientId);
    if (!item || this.removed.has(clientId)) {
      return undefined;
    }
    const wasKept = this.kept.has(clientId);
    this.forget(item);
    const taken = await this.store.take(item.key);
    if (taken && taken.tried && !item.tried) {
      // In this very moment another tab began to send it: out there, and back here, it would be two.
      await this.putBack(Object.assign(item, taken));
      this.hooks.onChanged(item);
      return undefined;
    }
    return taken || !wasKept ? item : undefined;
  }

  /** Another tab took it out. */
  lose(item) {
    this.forget(item);
    this.removed.delete(item.client_id); // undone over there, it comes back
    this.hooks.onGone(item);
  }

  forget(item) {
    this.removed.add(item.client_id);
    this.kept.delete(item.client_id);
    this.items = this.items.filter((other) => other !== item);
  }

  /** See what the other tabs did meanwhile. */
  async sync() {
    const stored = await this.store.all(this.prefix);
    if (!stored) {
      return;
    }
    const names = new Set(stored.map((item) => item.client_id));
    this.items.filter((item) => this.kept.has(item.client_id) && !names.has(item.client_id)).forEach((item) => this.lose(item));
    stored.forEach((item) => this.heard(item));
    this.items.sort(byKey);
    this.opened = true;
  }

  heard(stored) {
    const item = this.get(stored.client_id);
    // Without its files another tab, which still has them, is sending it; an earlier page is not.
    const elsewhere = stored.lost_files && this.opened;
    if (!item && !elsewhere && !this.removed.has(stored.client_id)) {
      this.kept.add(stored.client_id);
      this.items.push(stored);
      this.hooks.onAdded(stored);
    } else if (item && stored.revision > item.revision) {
      Object.assign(item, stored, stored.lost_files && item.files.length ? { files: item.files, lost_files: 0 } : {});
      this.hooks.onChanged(item);
    }
  }
}

const placeOf = (item, prefix) => parseInt(item.key.substr(prefix.length, DIGITS), 10);
const byKey = (one, other) => (one.key < other.key ? -1 : 1);
