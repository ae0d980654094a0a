// The picture on the screen: as large as there is room, drawn anew when anything about it changed.

import { canvasOf } from "./pictures.js";
import { boxOf, paint, paintMark } from "./editor_marks.js";

const LINE = 3.5; // points on this screen; what somebody sees here is what the others get
const LARGEST = 3; // times its own size: a tiny picture is not blown up to a wall
const FINEST = 2; // pixels to a point
const HANDLE = 5; // points

/** `new Stage(place, base, edits, look)`: `place` holds the canvas, `base` is the picture; colours and font in `look`. */
export class Stage {
  constructor(place, base, edits, look) {
    Object.assign(this, { place, base, edits, look });
    this.canvas = place.querySelector("canvas");
    this.still = canvasOf(1, 1); // everything that is done; a drag draws over it, and not all again
  }

  get view() {
    return this.edits.view;
  }

  /** The width of a line, in pixels of the picture. */
  get unit() {
    return LINE / this.scale;
  }

  /** Look again how much room there is. */
  fit() {
    const { view } = this;
    const [width, height] = [view.right - view.left, view.bottom - view.top];
    const style = window.getComputedStyle(this.place);
    const room = (side, from, to) => Math.max(1, side - parseFloat(from) - parseFloat(to));
    const wide = room(this.place.clientWidth, style.paddingLeft, style.paddingRight);
    const high = room(this.place.clientHeight, style.paddingTop, style.paddingBottom);
    this.scale = Math.min(LARGEST, wide / width, high / height);
    this.fine = Math.min(FINEST, window.devicePixelRatio || 1);
    [this.canvas, this.still].forEach((canvas) => {
      canvas.width = Math.max(1, Math.round(width * this.scale * this.fine));
      canvas.height = Math.max(1, Math.round(height * this.scale * this.fine));
    });
    this.canvas.style.width = `${this.canvas.width / this.fine}px`;
    this.canvas.style.height = `${this.canvas.height / this.fine}px`;
    const { base, look } = this;
    paint(this.still.getContext("2d"), { base, look, view, marks: this.edits.marks, scale: this.scale * this.fine });
  }

  /** Draw what is done, and `shape` over it; `isHeld`: a finger is on it. */
  draw(shape, isHeld) {
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.still, 0, 0);
    if (!shape) {
      return;
    }
    const scale = this.scale * this.fine;
    const { view, look } = this;
    context.setTransform(scale, 0, 0, scale, -view.left * scale, -view.top * scale);
    if (shape.kind === "crop") {
      this.frame(context, boxOf(shape));
    } else {
      paintMark(context, shape, { look, view });
      isHeld || shape.words || this.outline(context, boxOf(shape));
    }
  }

  /** What a cut takes away lies in the shade. */
  frame(context, { left, top, right, bottom }) {
    const { view, look, scale } = this;
    context.beginPath();
    context.rect(view.left, view.top, view.right - view.left, view.bottom - view.top);
    context.rect(left, top, right - left, bottom - top);
    context.fillStyle = look.shade;
    context.fill("evenodd");
    context.strokeStyle = context.fillStyle = look.halo;
    context.lineWidth = 1.5 / scale;
    context.strokeRect(left, top, right - left, bottom - top);
    const handle = HANDLE / scale;
    [left, (left + right) / 2, right].forEach((x) =>
      [top, (top + bottom) / 2, bottom].forEach((y) => {
        if (x !== (left + right) / 2 || y !== (top + bottom) / 2) {
          context.fillRect(x - handle, y - handle, 2 * handle, 2 * handle);
        }
      }),
    );
  }

  /** It is not done yet: keys move it. */
  outline(context, { left, top, right, bottom }) {
    const gap = 6 / this.scale;
    context.setLineDash([gap, gap]);
    context.strokeStyle = this.look.focus;
    context.lineWidth = 2 / this.scale;
    context.strokeRect(left - gap, top - gap, right - left + 2 * gap, bottom - top + 2 * gap);
    context.setLineDash([]);
  }

  /** Where in the picture this event is, never outside of what is left of it. */
  pointOf({ clientX, clientY }) {
    const { view, scale } = this;
    const corner = this.canvas.getBoundingClientRect();
    const inside = (value, from, to) => Math.max(from, Math.min(value, to));
    return {
      x: inside(view.left + (clientX - corner.left) / scale, view.left, view.right),
      y: inside(view.top + (clientY - corner.top) / scale, view.top, view.bottom),
    };
  }
}
