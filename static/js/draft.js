// What somebody has begun to write in one place, and how it stands to what the server and other devices hold of it.

import { newClientId } from "./ids.js";

const OWN_NAMES = 4; // of the newest drafts begun here: savings that are answered late carry them
const NOTHING = { content: "", internal: false, basedOnSeq: null };

const isBlank = (words) => !words.content.trim();
const sameWords = (one, other) => {
  return isBlank(one) ? isBlank(other) : one.content === other.content && one.internal === other.internal;
};
// An empty one is held whole by any.
const begins = (one, other) => {
  return isBlank(one) || (one.internal === other.internal && other.content.startsWith(one.content));
};
const wordsOf = ({ content, internal, based_on_seq: basedOnSeq = null }) => ({ content, internal, basedOnSeq });

/** `kept`: what the device holds of it (see `kept` below). A page gives the words that it begins a name of their own. */
export class Draft {
  constructor(kept = {}) {
    Object.assign(this, NOTHING, {
      files: [], // file_keeper.js keeps them
      revision: 0, // the newest of the server that this page knows
      dirty: false, // the server has not confirmed these words
      held: false, // the server may hold words of this draft
      typedAt: 0, // ms, by this device's clock
      former: [], // names that an earlier page gave to its words
      other: null, // words of another device that stand beside these
    }, kept);
    this.own = []; // names given here
    this.draftId = null;
    this.step = 0;
    this.typedHere = false;
  }

  get words() {
    const { content, internal, basedOnSeq } = this;
    return { content, internal, basedOnSeq };
  }

  get isEmpty() {
    return isBlank(this);
  }

  /** What the device keeps, or null when nothing is worth it. Files would cost megabytes at every key. */
  get kept() {
    const { revision, dirty, held, typedAt, other } = this;
    const former = [...this.former, ...this.own];
    const isIdle = this.isEmpty && !dirty && !held && !other;
    return isIdle ? null : { ...this.words, revision, dirty, held, typedAt, other, former };
  }

  /** Somebody writes here. Returns whether the words are others than before. */
  type({ files, ...words }) {
    const changed = words.content !== this.content || !sameWords(words, this);
    Object.assign(this, words, { files });
    if (changed) {
      this.begin();
      // What was typed and deleted before the server heard of it need not be told.
      Object.assign(this, { dirty: this.held || !this.isEmpty, typedAt: Date.now(), typedHere: true });
    }
    return changed;
  }

  begin() {
    if (!this.draftId) {
      this.draftId = newClientId();
      this.step = 0;
      this.own = [...this.own, this.draftId].slice(-OWN_NAMES);
    }
  }

  /** The fields of the next saving. */
  saving() {
    this.begin();
    this.step += 1;
    this.held = this.held || !this.isEmpty;
    const fields = { draft_id: this.draftId, step: this.step, base: this.revision, internal: this.internal };
    const based = this.basedOnSeq === null ? {} : { based_on_seq: this.basedOnSeq };
    return { ...fields, ...based, content: this.isEmpty ? "" : this.content };
  }

  /** The server took `words`. */
  saved(present, words) {
    this.revision = Math.max(this.revision, present.revision);
    if (present.draft_id === this.draftId && sameWords(words, this)) {
      this.dirty = false;
      this.held = !this.isEmpty;
    }
  }

  /** The words become a message: the fields by which it names its draft, null when the server never heard of it. */
  send() {
    this.begin();
    const name = this.held ? { draft_id: this.draftId, draft_revision: this.revision } : null;
    Object.assign(this, NOTHING, { files: [], dirty: false, draftId: null, typedHere: false });
    return name;
  }

  isOwn(present) {
    return this.own.includes(present.draft_id) || (this.isEmpty && this.former.includes(present.draft_id));
  }

  /** A frame about a saving from here: it says no more than that it arrived. */
  noteOwn({ revision }) {
    this.revision = Math.max(this.revision, revision);
    this.held = true;
  }

  /** From now on, what an earlier page began is another page's: its tab may still be open. */
  settled() {
    this.former = [];
  }

  /** What the server holds now. `isBusy`: somebody is at these words. Returns whether the words here became others. */
  hear(present, isBusy) {
    if (present.revision <= this.revision) {
      return false;
    }
    this.revision = present.revision;
    const theirs = wordsOf(present);
    this.held = !isBlank(theirs);
    if (sameWords(theirs, this)) {
      this.dirty = false;
      return false;
    }
    if (isBlank(theirs)) {
      return this.dirty ? false : this.put(theirs);
    }
    if (this.isOwn(present)) {
      return false; // what stands here is newer, or it is on its way as a message
    }
    return this.meet(theirs, Date.parse(present.updated_at), isBusy);
  }

  /** Two versions: the newer one stands in the field, the other beside it unless the first holds it whole. */
  meet(theirs, at, isBusy) {
    const mine = this.isEmpty || !this.dirty ? null : this.words;
    if (this.isNewer(theirs, at, isBusy)) {
      this.other = begins(theirs, this) ? this.other : theirs;
      return false;
    }
    this.other = mine && !begins(mine, theirs) ? mine : this.other;
    return this.put(theirs);
  }

  isNewer(theirs, at, isBusy) {
    if (!this.dirty || this.typedHere) {
      return this.dirty || (isBusy && !this.isEmpty);
    }
    // Left by an earlier page or by another tab. Clocks differ; that one goes on where the other ends does not.
    return begins(theirs, this) || (this.typedAt > at && !begins(this, theirs));
  }

  put(words) {
    Object.assign(this, words, { dirty: false, draftId: null, typedHere: false });
    return true;
  }

  /** Changes places with the other version. */
  swap() {
    const { other, words, files } = this;
    this.type({ ...other, files });
    this.other = isBlank(words) ? null : words;
  }

  /** The other version is not wanted: this one is what all devices shall have. */
  dropOther() {
    this.other = null;
    this.dirty = this.dirty || !this.isEmpty;
  }

  /** What the device kept of it; somebody may have begun to type meanwhile, or the server may have answered. */
  remember(kept) {
    const before = new Draft(kept);
    if (!this.typedHere && before.revision >= this.revision) {
      Object.assign(this, kept);
      return;
    }
    this.revision = Math.max(this.revision, before.revision);
    this.held = this.held || before.held;
    this.former = before.former;
    if ((before.dirty || this.typedHere) && !begins(before, this)) {
      this.other = before.words;
    }
  }
}
