// The hand that draws: a finger or a mouse on the picture, or the arrow keys. What it draws is a shape (editor_shape.js)
// until it is done, and then a step in the edits.

import { boxOf } from "./editor_marks.js";
import { END, gripOf, middle, moved, WHOLE } from "./editor_shape.js";

const LEAST = 4; // points; less is a tap that slipped
const REACH = 22; // points around an edge, for a thumb
const STEP = 8; // points for an arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `new Hand(stage, edits, changed)`; changed(): another shape, another step, or none. */
export class Hand {
  constructor(stage, edits, changed) {
    Object.assign(this, { stage, edits, changed });
    this.tool = "box";
    this.shape = null;
    this.drag = null;
    const { canvas } = stage;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", () => this.drop());
    // A quick stroke would be a fling for Chrome, and the tap after it, on "done", no click.
    canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  }

  get isHeld() {
    return Boolean(this.drag);
  }

  take(tool) {
    this.commit();
    this.tool = tool;
    this.changed();
  }

  // The pointer ---------------------------------------------------------------------------------------------------------

  down(event) {
    if (!event.isPrimary || event.button !== 0) {
      return;
    }
    this.stage.canvas.setPointerCapture(event.pointerId);
    this.drag = this.grasp(event);
    this.shape = this.drag.shape;
    this.changed();
  }

  /** What the pointer takes hold of: what stands there, or something new. */
  grasp(event) {
    const { shape, tool } = this;
    const at = this.stage.pointOf(event);
    if (shape && tool === "text") {
      return { at, shape: { ...shape, ...placeOf(at) }, grip: WHOLE };
    }
    const grip = shape && gripOf(shape, at, REACH / this.stage.scale);
    if (grip) {
      return { at, shape, grip };
    }
    this.commit();
    // A cut moved the picture: the finger is elsewhere on it now, and may be beside what is left.
    const now = this.stage.pointOf(event);
    const fresh = { kind: tool, unit: this.stage.unit, words: "", ...placeOf(now) };
    return { at: now, shape: fresh, grip: tool === "text" ? WHOLE : END };
  }

  move(event) {
    if (this.drag) {
      const { at, shape, grip } = this.drag;
      const now = this.stage.pointOf(event);
      this.shape = moved(shape, grip, now.x - at.x, now.y - at.y, this.edits.view);
      this.changed();
    }
  }

  up(event) {
    if (!this.drag) {
      return;
    }
    this.move(event);
    const isNew = this.drag.grip === END;
    this.drag = null;
    if (isNew && this.tool !== "crop") {
      this.commit();
    } else if (this.isTiny) {
      this.shape = null;
    }
    this.changed();
  }

  get isTiny() {
    const { left, top, right, bottom } = boxOf(this.shape);
    const [width, height] = [right - left, bottom - top].map((side) => side * this.stage.scale);
    if (this.shape.kind === "text") {
      return false;
    }
    return this.shape.kind === "arrow" ? Math.max(width, height) < LEAST : Math.min(width, height) < LEAST;
  }

  // Keys ----------------------------------------------------------------------------------------------------------------

  /** Returns whether the key was meant for the picture. */
  key(event) {
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== " ") {
      return false;
    }
    if (!this.shape) {
      this.shape = middle(this.tool, this.edits.view, this.stage.unit);
    } else if (arrow) {
      const step = STEP / this.stage.scale;
      const grip = event.shiftKey && this.tool !== "text" ? END : WHOLE;
      this.shape = moved(this.shape, grip, arrow[0] * step, arrow[1] * step, this.edits.view);
    }
    this.changed();
    return true;
  }

  // What becomes of it --------------------------------------------------------------------------------------------------

  write(words) {
    if (this.shape) {
      this.shape = { ...this.shape, words };
      this.changed();
    }
  }

  /** The shape is done: it becomes a step, unless it is nothing. */
  commit() {
    const { shape } = this;
    this.drag = null;
    if (shape && !this.isTiny && (shape.kind !== "text" || shape.words.trim())) {
      const step = shape.kind === "crop" ? this.cut(shape) : shape;
      step && this.edits.add(step);
    }
    this.shape = null;
    this.changed();
  }

  /** Never more than what is left: whatever was cut away before stays away. Null where nothing would be left. */
  cut(shape) {
    const view = within(whole(boxOf(shape)), this.edits.view);
    return view && { view };
  }

  drop() {
    this.shape = this.drag = null;
    this.changed();
  }
}

const placeOf = ({ x, y }) => ({ x, y, toX: x, toY: y });

function within(inner, outer) {
  const left = Math.max(inner.left, outer.left);
  const top = Math.max(inner.top, outer.top);
  const right = Math.min(inner.right, outer.right);
  const bottom = Math.min(inner.bottom, outer.bottom);
  return right > left && bottom > top ? { left, top, right, bottom } : null;
}

// A cut through a pixel would let through half of what was to be left out.
function whole({ left, top, right, bottom }) {
  const [x, y] = [Math.ceil(left), Math.ceil(top)];
  return { left: x, top: y, right: Math.max(x + 1, Math.floor(right)), bottom: Math.max(y + 1, Math.floor(bottom)) };
}
