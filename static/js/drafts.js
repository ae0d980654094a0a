/** What the agent has begun to write, per conversation: in memory for switching, on the device for a reload. */

const SAVE_EVERY_MS = 400;

export class Drafts {
  /** `name` holds the agent's id: nobody finds another person's words. `store`: store.js */
  constructor(name, store) {
    this.prefix = `draft:${name}:`;
    this.store = store;
    this.known = new Map(); // conversation id → {content, internal, basedOnSeq, files}
    this.timers = new Map();
    this.savedAt = 0;
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
    // The first key at once: a page that is torn down right after it has no time left to save.
    const wait = Date.now() - this.savedAt < SAVE_EVERY_MS ? SAVE_EVERY_MS : 0;
    if (!this.timers.has(id)) this.timers.set(id, setTimeout(() => this.save(id), wait));
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
    this.savedAt = Date.now();
    const draft = this.known.get(id);
    // Files only in memory: writing megabytes at every key would cost more than choosing them again after a reload.
    if (draft) this.store.put(this.prefix + id, { ...draft, files: [] });
  }
}
