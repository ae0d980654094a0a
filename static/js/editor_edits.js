// What was done to a picture, in order: marks and cuts. Undoing is leaving out the last.

export class Edits {
  constructor(width, height) {
    this.whole = { left: 0, top: 0, right: width, bottom: height };
    this.done = [];
    this.undone = [];
  }

  /** What is left of the picture: {left, top, right, bottom}. */
  get view() {
    const cuts = this.done.filter((each) => each.view);
    return cuts.length ? cuts[cuts.length - 1].view : this.whole;
  }

  get marks() {
    return this.done.filter((each) => !each.view);
  }

  get isTouched() {
    return this.done.length > 0;
  }

  /** A mark (editor_marks.js), or {view}: a cut. */
  add(step) {
    this.done.push(step);
    this.undone = [];
  }

  undo() {
    this.undone.push(...this.done.splice(-1));
  }

  redo() {
    this.done.push(...this.undone.splice(-1));
  }
}
