// What is being drawn, before it is done: it can be dragged by its edges and moved by keys. Grips name the edges that
// go along: {x, y, toX, toY}; all four move the whole.

export const WHOLE = { x: true, y: true, toX: true, toY: true };
export const END = { toX: true, toY: true };
const MIDDLE = { box: 0.3, rect: 0.3, arrow: 0.3, crop: 0.8, text: 0 }; // of the view, for one who draws by keys

/** The grip of `shape` at `point`, or null: within `reach` of an edge, or inside. */
export function gripOf(shape, point, reach) {
  const beyond = (value, from, to) => value < Math.min(from, to) - reach || value > Math.max(from, to) + reach;
  if (beyond(point.x, shape.x, shape.toX) || beyond(point.y, shape.y, shape.toY)) {
    return null;
  }
  const near = (value, edge) => Math.abs(value - edge) <= reach;
  const grip = {
    x: near(point.x, shape.x),
    y: near(point.y, shape.y),
    toX: near(point.x, shape.toX),
    toY: near(point.y, shape.toY),
  };
  return Object.values(grip).some(Boolean) ? grip : WHOLE;
}

/** `shape` with the edges of `grip` moved by dx, dy, as far as `view` goes. */
export function moved(shape, grip, dx, dy, view) {
  const across = shift([grip.x && shape.x, grip.toX && shape.toX], dx, view.left, view.right);
  const down = shift([grip.y && shape.y, grip.toY && shape.toY], dy, view.top, view.bottom);
  return {
    ...shape,
    x: shape.x + (grip.x ? across : 0),
    toX: shape.toX + (grip.toX ? across : 0),
    y: shape.y + (grip.y ? down : 0),
    toY: shape.toY + (grip.toY ? down : 0),
  };
}

function shift(edges, by, from, to) {
  const going = edges.filter((edge) => typeof edge === "number");
  if (!going.length) {
    return 0;
  }
  return Math.max(from - Math.min(...going), Math.min(by, to - Math.max(...going)));
}

/** A shape of this kind in the middle of `view`. */
export function middle(kind, view, unit) {
  const [width, height] = [view.right - view.left, view.bottom - view.top];
  const part = MIDDLE[kind] / 2;
  const [x, y] = [view.left + width / 2, view.top + height / 2];
  return { kind, unit, words: "", x: x - width * part, y: y - height * part, toX: x + width * part, toY: y + height * part };
}
