// Files that were chosen for a message which is not sent yet, on the device: a reload, a killed browser, a camera that
// pushes the page out of a phone's memory, take none of them. Each is written once, however often the words change.

import { newClientId } from "./ids.js";
import { LASTS, Lease } from "./lease.js";
import { onReturn } from "./returning.js";

const KEPT = 7 * 24 * 60 * 60 * 1000; // ms after which nobody comes back for them

/**
 * `new FileKeeper(name, store, onTaken(place))`; `name` holds the person's id.
 *
 * The files of one place lie in a box. A page that lives holds the lease of its boxes: two tabs that showed the same
 * picture would send it twice. onTaken: this page slept for so long that another one took its box of that place.
 */
export class FileKeeper {
  constructor(name, store, onTaken) {
    Object.assign(this, { name, store, onTaken });
    this.prefix = `chosen:${name}:`;
    this.boxes = new Map(); // place → {id, entries: [{id, file}], lease, isStored}
    onReturn(() => this.lookAgain());
    window.addEventListener("pagehide", () => this.boxes.forEach((box) => box.lease.release()));
  }

  keyOf(box) {
    return this.prefix + box.id;
  }

  fileKeyOf(entry) {
    return `chosen-file:${this.name}:${entry.id}`;
  }

  leaseKeyOf(id) {
    return `chosen-lease:${this.name}:${id}`;
  }

  newBox(id = newClientId()) {
    return { id, entries: [], lease: new Lease(this.store, this.leaseKeyOf(id)), isStored: false };
  }

  /** From now on these are the files of that place, in this order. */
  keep(place, files) {
    const box = this.boxes.get(place) || this.newBox();
    const before = box.entries;
    if (files.length === before.length && files.every((file, index) => file === before[index].file)) {
      return;
    }
    box.entries = files.map((file) => before.find((entry) => entry.file === file) || { id: newClientId(), file });
    box.entries
      .filter((entry) => !before.includes(entry))
      .forEach((entry) => this.store.put(this.fileKeyOf(entry), entry.file));
    files.length ? this.write(place, box) : this.throwAway(place, box);
    before
      .filter((entry) => !box.entries.includes(entry))
      .forEach((entry) => this.store.delete(this.fileKeyOf(entry)));
  }

  async write(place, box) {
    if (!this.boxes.has(place)) {
      this.boxes.set(place, box);
      box.lease.take();
    }
    const ids = box.entries.map((entry) => entry.id);
    const state = await this.store.put(this.keyOf(box), { id: box.id, place, ids, kept_at: Date.now() });
    box.isStored = state === "kept";
  }

  throwAway(place, box) {
    this.boxes.delete(place);
    this.store.delete(this.keyOf(box));
    box.lease.release();
    this.store.delete(this.leaseKeyOf(box.id));
  }

  /** What pages that are gone left in the places that `isWanted(place)`: onFound(place, files) for each of these. */
  async recall(isWanted, onFound, again = true) {
    const records = (await this.store.all(this.prefix)) || [];
    const left = records.filter(({ place }) => isWanted(place) && !this.boxes.has(place));
    const taken = await Promise.all(left.map((record) => this.takeOver(record, onFound)));
    if (again && taken.includes(false)) {
      // A page that is reloaded may not have had the time to say that it is over.
      window.setTimeout(() => this.recall(isWanted, onFound, false), LASTS + 500);
    }
  }

  async takeOver({ id, place, ids, kept_at: keptAt }, onFound) {
    const box = this.newBox(id);
    if (!(await box.lease.take())) {
      return false;
    }
    const files = await Promise.all(ids.map((each) => this.store.get(this.fileKeyOf({ id: each }))));
    box.entries = ids.map((each, index) => ({ id: each, file: files[index] })).filter((entry) => entry.file);
    if (!box.entries.length || Date.now() - keptAt > KEPT) {
      this.throwAway(place, box);
      ids.forEach((each) => this.store.delete(this.fileKeyOf({ id: each })));
    } else if (this.boxes.has(place)) {
      box.lease.release(); // others were chosen meanwhile; the next page finds these
    } else {
      this.boxes.set(place, Object.assign(box, { isStored: true }));
      onFound(place, box.entries.map((entry) => entry.file));
    }
    return true;
  }

  /** Back from a sleep in which this page renewed nothing. */
  async lookAgain() {
    const records = this.boxes.size ? await this.store.all(this.prefix) : null;
    const names = records && new Set(records.map((record) => record.id));
    for (const [place, box] of names ? Array.from(this.boxes) : []) {
      const isMine = !box.isStored || (names.has(box.id) && (await box.lease.take()));
      if (!isMine && this.boxes.get(place) === box) {
        this.boxes.delete(place);
        box.lease.release();
        this.onTaken(place);
      }
    }
  }
}
