// Which messages this page has heard of without a gap, whether or not they stand on it. Every message names the one
// before it (`prev_seq`, as its audience counts), so a chain of them proves that nothing in between was missed.

/** `end` is the seq up to which everything was heard; what was added beyond a gap counts once the gap is filled. */
export class Chain {
  constructor() {
    this.followers = new Map(); // prev_seq → seq
    this.end = 0;
    this.begun = false;
  }

  add(seq, prevSeq) {
    this.followers.set(prevSeq, seq);
    if (!this.begun) {
      // The first page may begin in the middle of a long conversation: what lies before it is asked for by `before=`.
      this.begun = true;
      this.end = seq;
    }
    while (this.followers.has(this.end)) {
      const next = this.followers.get(this.end);
      this.followers.delete(this.end);
      this.end = next;
    }
    if (seq <= this.end) {
      this.followers.delete(prevSeq);
    }
  }

  /** A page that shows no message yet holds nothing: the first one it hears of need not be the first there is. */
  beginAtNothing() {
    this.begun = true;
  }

  /** Everything up to `seq` counts as heard: it is asked for when its reader comes to it. */
  skipTo(seq) {
    if (seq > this.end) {
      this.end = seq;
      this.begun = true;
      this.followers.forEach((each, prevSeq) => each <= seq && this.followers.delete(prevSeq));
    }
  }

  /** Whether this message was heard of, beyond a gap or not. */
  holds(seq) {
    return seq <= this.end || Array.from(this.followers.values()).includes(seq);
  }

  /** Whether something is held that does not follow on what came before. */
  get hasGap() {
    return Array.from(this.followers.values()).some((seq) => seq > this.end);
  }
}
