// Which messages this page holds without a gap. Every message names the one before it (`prev_seq`, as its audience
// counts), so a chain of them proves that nothing in between was missed.

/** `end` is the seq up to which everything is held; what was added beyond a gap counts once the gap is filled. */
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

  /** Whether something is held that does not follow on what came before. */
  get hasGap() {
    return Array.from(this.followers.values()).some((seq) => seq > this.end);
  }
}
