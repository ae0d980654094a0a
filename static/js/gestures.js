// What fingers, mouse and wheel say on a stage: pinch, move, swipe, tap twice, tap beside.

const SLOP = 8; // px that a finger trembles without meaning it
const SWIPE = 48; // px to the side that mean the next picture
const TWICE = 320; // ms between two taps that are one gesture
const CLOSER = 3; // times, by two taps
const WHEEL = 0.002; // of enlargement for one px of the wheel
const LINE = 20; // px of a wheel that counts in lines

/** `onSwipe(by)`: 1 for the next, -1 for the one before; `onOutside()`: a tap beside the picture. */
export class Gestures {
  constructor(stage, zoom, { onSwipe, onOutside }) {
    Object.assign(this, { stage, zoom, onSwipe, onOutside });
    this.fingers = new Map(); // pointer id → {x, y}
    this.tapped = { at: 0, x: 0, y: 0 };
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    stage.addEventListener("pointercancel", (event) => this.lift(event));
    stage.addEventListener("click", (event) => this.click(event));
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  down(event) {
    if (event.button !== 0) {
      return;
    }
    if (!this.fingers.size) {
      this.start = placeOf(event);
      this.moved = false;
      this.beside = event.target === this.stage; // asked now: captured, every event is the stage's
    }
    this.fingers.set(event.pointerId, placeOf(event));
    this.moved = this.moved || this.fingers.size > 1;
    this.pinched = this.fingers.size > 1 || (this.pinched && this.moved);
    this.stage.setPointerCapture(event.pointerId);
  }

  move(event) {
    if (!this.fingers.has(event.pointerId)) {
      return;
    }
    const before = this.hand();
    this.fingers.set(event.pointerId, placeOf(event));
    const now = this.hand();
    this.moved = this.moved || distance(now, this.start) > SLOP;
    if (before.spread && now.spread) {
      this.zoom.by(now.spread / before.spread, this.zoom.pointAt(now));
    }
    this.zoom.pan(now.x - before.x, now.y - before.y);
  }

  /** The middle of the fingers, and how far apart they are. */
  hand() {
    const [one, other = one] = Array.from(this.fingers.values());
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, spread: distance(one, other) };
  }

  up(event) {
    const isLast = this.fingers.size === 1 && this.fingers.has(event.pointerId);
    this.lift(event);
    const dx = event.clientX - (this.start ? this.start.x : event.clientX);
    const dy = event.clientY - (this.start ? this.start.y : event.clientY);
    if (isLast && !this.pinched && this.zoom.scale === 1 && Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) {
      this.onSwipe(dx < 0 ? 1 : -1);
    }
  }

  lift(event) {
    this.fingers.delete(event.pointerId);
  }

  click(event) {
    if (this.moved) {
      return;
    }
    if (this.beside) {
      this.onOutside();
      return;
    }
    const place = placeOf(event);
    const again = event.timeStamp - this.tapped.at < TWICE && distance(place, this.tapped) < 4 * SLOP;
    this.tapped = { at: again ? 0 : event.timeStamp, ...place };
    if (again) {
      this.zoom.scale > 1 ? this.zoom.reset() : this.zoom.to(CLOSER, this.zoom.pointAt(place));
    }
  }

  wheel(event) {
    // With Ctrl, and by a pinch on a trackpad, the browser enlarges the page: that stays the browser's.
    if (event.ctrlKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
    this.zoom.by(Math.exp(-pixels * WHEEL), this.zoom.pointAt(placeOf(event)));
  }
}

const placeOf = (event) => ({ x: event.clientX, y: event.clientY });
const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);
