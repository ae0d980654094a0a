// How a picture lies on its stage: fitted into it, or enlarged and moved, and never out of sight.

const MOST = 8; // times its fitted size; of a very large one at least twice its own pixels

/** `picture` stands in the middle of `stage`. Points are px from the middle of the stage. */
export class Zoom {
  constructor(stage, picture) {
    this.stage = stage;
    this.picture = picture;
    this.size = { width: 1, height: 1 };
    this.fit();
  }

  /** Another picture, of this size in its own pixels. */
  show(width, height) {
    this.size = { width: width || 1, height: height || 1 };
    this.fit();
  }

  fit() {
    const { width, height } = this.size;
    const fitted = Math.min(1, this.stage.clientWidth / width, this.stage.clientHeight / height);
    this.width = width * fitted;
    this.height = height * fitted;
    this.most = Math.max(MOST, 2 / (fitted || 1));
    this.picture.style.width = `${this.width}px`;
    this.picture.style.height = `${this.height}px`;
    this.reset();
  }

  reset() {
    this.scale = 1;
    this.x = this.y = 0;
    this.paint();
  }

  by(factor, point) {
    this.to(this.scale * factor, point);
  }

  /** What lies under `point` stays under it. */
  to(scale, point = { x: 0, y: 0 }) {
    const next = Math.min(this.most, Math.max(1, scale));
    const grown = next / this.scale;
    this.x = point.x - (point.x - this.x) * grown;
    this.y = point.y - (point.y - this.y) * grown;
    this.scale = next;
    this.paint();
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.paint();
  }

  paint() {
    this.x = within(this.x, (this.width * this.scale - this.stage.clientWidth) / 2);
    this.y = within(this.y, (this.height * this.scale - this.stage.clientHeight) / 2);
    this.picture.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.stage.dataset.scale = this.scale.toFixed(2);
    this.stage.toggleAttribute("data-zoomed", this.scale > 1);
  }

  /** Where something happened on the screen, as a point of the stage. */
  pointAt({ x, y }) {
    const { left, top, width, height } = this.stage.getBoundingClientRect();
    return { x: x - left - width / 2, y: y - top - height / 2 };
  }
}

function within(value, most) {
  const limit = Math.max(0, most);
  return Math.min(limit, Math.max(-limit, value));
}
