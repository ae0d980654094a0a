// All that a person has begun to write: on this device at once, on the server every two seconds, the same on each of
// their devices. The database is the truth; what frames tell is a reason to ask.

import { Draft } from "./draft.js";
import { DraftKeeper } from "./draft_keeper.js";
import { DraftSaver } from "./draft_saver.js";
import { FileKeeper } from "./file_keeper.js";
import { jsonOf, send } from "./http.js";
import { onReturn } from "./returning.js";

const LEFT_BEHIND = 10000; // ms after which what lies unconfirmed on the device is no other tab's that still writes
export const NEW = "new"; // the place of a request that has no conversation yet

/**
 * `new Drafts(name, {store, addressOf(place), maxChars, isBusy(place), isShown(place), onTaken(place, draft),
 * onFiles(place, files), onSettled(place)})`
 *
 * `name` holds the person's id: nobody finds another person's words. A place is a conversation's id, or NEW.
 * isBusy: somebody is at the words of that place now; isShown: that place comes on screen on this page; onTaken: they became
 * those of another device; onFiles: an earlier page left these files there, or another page took them (none); onSettled:
 * anything else about them may have changed.
 */
export class Drafts {
  constructor(name, hooks) {
    Object.assign(this, hooks);
    this.keeper = new DraftKeeper(name, hooks.store, (place) => this.draftOf(place));
    this.files = new FileKeeper(name, hooks.store, (place) => this.filesCame(place, []));
    this.known = new Map(); // place → Draft
    this.remembered = new Set(); // places whose words on the device were looked at
    this.savers = new Map(); // place → DraftSaver
    this.heard = new Map(); // place → newest {revision, draft_id, line} that the server told
    window.addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.hide());
    // The next page may show these words: they go before it is asked for.
    document.addEventListener("click", ({ target }) => target.closest("a[href]") && this.saveAll(), true);
    onReturn(() => this.saveAll());
  }

  /** What an earlier page left on the device; what the server has not confirmed goes out now. */
  async restore() {
    (await this.keeper.recallAll()).forEach((each) => this.remember(each.place, each));
    this.known.forEach((draft, place) => this.saveSoon(place));
    this.onSettled(null);
    this.files.recall(this.isShown, (place, files) => this.filesCame(place, files));
  }

  filesCame(place, files) {
    this.draftOf(place).files = files;
    this.onFiles(place, files);
  }

  remember(place, { place: same, ...kept }) {
    if (!this.remembered.has(place)) {
      this.remembered.add(place);
      this.draftOf(place).remember(kept);
    }
  }

  /** The draft of a place, from the device; newer words of the server follow by onTaken. */
  async open(place) {
    if (!this.remembered.has(place)) {
      this.remember(place, await this.keeper.recall(place));
    }
    this.check(place);
    return this.known.get(place);
  }

  /** Somebody wrote `words`: {content, internal, basedOnSeq, files}. */
  type(place, words) {
    this.files.keep(place, words.files);
    if (this.draftOf(place).type(words)) {
      this.keeper.keepSoon(place);
      this.saveSoon(place);
    }
  }

  /** The chosen files of a place are others; its words are not looked at. */
  keepFiles(place, files) {
    this.draftOf(place).files = files;
    this.files.keep(place, files);
  }

  /** The words become a message (its files stay until they lie in the outbox: keepFiles): the fields by which it names its draft. */
  send(place) {
    const name = this.draftOf(place).send();
    this.keeper.keep(place);
    this.onSettled(place);
    return name && place === NEW ? { ...name, draft_new: "true" } : name;
  }

  /** What was begun for a new request belongs to the conversation that this became. */
  move(place) {
    const { words, files } = this.draftOf(NEW);
    this.type(NEW, { content: "", internal: false, basedOnSeq: null, files: [] });
    this.type(place, { ...words, files });
    [NEW, place].forEach((each) => this.save(each));
  }

  swap(place) {
    this.draftOf(place).swap();
    this.keeper.keep(place);
    this.onTaken(place, this.draftOf(place));
    this.save(place);
  }

  dropOther(place) {
    this.draftOf(place).dropOther();
    this.save(place);
    this.onSettled(place);
  }

  // What the server tells ------------------------------------------------------------------------------------------------

  onFrame(frame) {
    const place = frame.conversation_id || NEW;
    if (frame.type !== "draft_changed" || !this.isNews(place, frame)) {
      return;
    }
    this.heard.set(place, frame);
    const draft = this.known.get(place);
    if (draft && !frame.line) {
      this.settle(place, { ...frame, content: "" });
    } else if (draft && draft.own.includes(frame.draft_id)) {
      draft.noteOwn(frame);
    } else if (draft) {
      this.ask(place);
    } else {
      this.onSettled(place);
    }
  }

  isNews(place, told) {
    const heard = this.heard.get(place);
    return !heard || told.revision > heard.revision;
  }

  /** All that the server held when it was asked: `list` without their words. */
  hearAll(list) {
    const before = this.heard;
    this.heard = new Map();
    list.forEach((each) => {
      const place = each.conversation_id || NEW;
      const known = before.get(place);
      this.heard.set(place, known && known.revision > each.revision ? known : each); // a frame may have overtaken it
    });
    this.known.forEach((draft, place) => this.check(place));
    this.onSettled(null);
  }

  /** Asks for the words of a place when the server has others than this page. */
  check(place) {
    const heard = this.heard.get(place);
    const draft = this.draftOf(place);
    if (heard ? heard.revision > draft.revision : draft.held) {
      this.ask(place);
    } else {
      draft.settled();
    }
  }

  async ask(place) {
    const response = await send(this.addressOf(place), { accept: "application/json" }).catch(() => null);
    const present = response && response.ok ? jsonOf(response.text) : {};
    if ("revision" in present) {
      this.settle(place, present);
    }
  }

  settle(place, present) {
    const draft = this.draftOf(place);
    if (this.isNews(place, present)) {
      this.heard.set(place, present);
    }
    if (draft.hear(present, this.isBusy(place))) {
      this.onTaken(place, draft);
    }
    draft.settled();
    this.keeper.keep(place);
    this.saveSoon(place);
    this.onSettled(place);
  }

  // What is told -------------------------------------------------------------------------------------------------------

  /** The beginning of what stands there, or "". */
  lineOf(place) {
    const draft = this.known.get(place);
    const heard = this.heard.get(place);
    const isBehind = heard && (!draft || (heard.revision > draft.revision && !draft.isOwn(heard)));
    return isBehind ? heard.line : draft ? draft.content.trim() : "";
  }

  isSafe(place) {
    const saver = this.savers.get(place);
    return !saver || saver.isSafe || !this.draftOf(place).dirty;
  }

  draftOf(place) {
    if (!this.known.has(place)) {
      this.known.set(place, new Draft());
    }
    return this.known.get(place);
  }

  saverOf(place) {
    if (!this.savers.has(place)) {
      this.savers.set(place, new DraftSaver(this.draftOf(place), {
        address: this.addressOf(place),
        maxChars: this.maxChars,
        onStale: (present) => this.settle(place, present),
        onSettled: () => {
          this.keeper.keep(place);
          this.onSettled(place);
        },
      }));
    }
    return this.savers.get(place);
  }

  // Saving -------------------------------------------------------------------------------------------------------------

  saveSoon(place) {
    this.saverOf(place).soon(this.draftOf(place).typedHere ? undefined : LEFT_BEHIND);
  }

  save(place) {
    this.keeper.keep(place);
    this.saverOf(place).now();
  }

  saveAll() {
    this.savers.forEach((saver) => saver.now());
  }

  hide() {
    this.keeper.keepAll();
    this.savers.forEach((saver) => (saver.busy ? saver.last() : saver.now()));
  }

  leave() {
    this.keeper.keepAll();
    this.savers.forEach((saver) => saver.last());
  }
}
