/** What the agent has begun to write, per conversation: in memory for switching, on the device for a reload. */

const SAVE_AFTER_MS = 400;

export class Drafts {
  /** `name` holds the agent's id: nobody finds another person's words. `store`: store.js */
  constructor(name, store) {
    this.prefix = `draft:${name}:`;
    this.store = store;
    this.known = new Map(); // conversation id → {content, internal, basedOnSeq}
    this.timers = new Map();
    window.addEventListener("pagehide", () => Array.from(this.timers.keys()).forEach((id) => this.save(id)));
  }

  async of(id) {
    if (!this.known.has(id)) {
      const kept = await this.store.get(this.prefix + id);
      // What was typed while the store was asked is newer than what it holds.
      if (!this.known.has(id)) this.known.set(id, kept || null);
    }
    return this.known.get(id);
  }

  keep(id, draft) {
    this.known.set(id, draft);
    clearTimeout(this.timers.get(id));
    this.timers.set(id, setTimeout(() => this.save(id), SAVE_AFTER_MS));
  }

  drop(id) {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.known.set(id, null);
    this.store.delete(this.prefix + id);
  }

  save(id) {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    if (this.known.get(id)) this.store.put(this.prefix + id, this.known.get(id));
  }
}
