// How marks look, on the screen and burnt into the picture alike. A mark: {kind, x, y, toX, toY, unit, words}, its places
// in pixels of the picture; `unit` is the width of a line.

const HALO = 1.6; // times the line: a red line on red ground keeps its edge
const HEAD = 4.5; // units, of an arrow
const LETTER = 5.5; // units

/** The edges of a mark, however it was drawn. */
export function boxOf({ x, y, toX, toY }) {
  const left = Math.min(x, toX);
  const top = Math.min(y, toY);
  return { left, top, right: Math.max(x, toX), bottom: Math.max(y, toY) };
}

/** The picture with its marks, as far as `view` ({left, top, right, bottom}) shows it; `scale`: pixels for one of it. */
export function paint(context, { base, marks, view, scale, look }) {
  context.setTransform(scale, 0, 0, scale, -view.left * scale, -view.top * scale);
  context.imageSmoothingQuality = "high";
  context.drawImage(base, 0, 0);
  marks.forEach((mark) => paintMark(context, mark, { look, view }));
}

export function paintMark(context, mark, { look, view }) {
  context.lineJoin = context.lineCap = "round";
  DRAW[mark.kind](context, mark, look, view);
}

const DRAW = { box, rect, arrow, text };

// Whole pixels, outwards: half a pixel at the edge would let through half of what it covers.
function box(context, mark, look) {
  const { left, top, right, bottom } = boxOf(mark);
  const [x, y] = [Math.floor(left), Math.floor(top)];
  context.fillStyle = look.cover;
  context.fillRect(x, y, Math.ceil(right) - x, Math.ceil(bottom) - y);
}

function rect(context, mark, look) {
  const { left, top, right, bottom } = boxOf(mark);
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  stroke(context, mark.unit, look);
}

function arrow(context, { x, y, toX, toY, unit }, look) {
  const angle = Math.atan2(toY - y, toX - x);
  const head = Math.min(HEAD * unit, Math.hypot(toX - x, toY - y));
  const wing = (turn) => [toX - head * Math.cos(angle + turn), toY - head * Math.sin(angle + turn)];
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.moveTo(...wing(0.5));
  context.lineTo(toX, toY);
  context.lineTo(...wing(-0.5));
  stroke(context, unit, look);
}

function stroke(context, width, look) {
  context.strokeStyle = look.halo;
  context.lineWidth = width * HALO;
  context.stroke();
  context.strokeStyle = look.mark;
  context.lineWidth = width;
  context.stroke();
}

// Where the words begin at the point they would run out of the picture: they come in as far as they must, and get
// smaller where even that is not enough.
function text(context, { x, y, unit, words }, look, view) {
  const room = view.right - view.left - 2 * unit;
  const font = (letter) => `600 ${letter}px ${look.font}`;
  let letter = unit * LETTER;
  context.font = font(letter);
  letter *= Math.min(1, room / Math.max(1, context.measureText(words).width));
  context.font = font(letter);
  const { width } = context.measureText(words);
  const at = Math.max(view.left + unit, Math.min(x, view.right - unit - width));
  const base = Math.max(view.top + letter, Math.min(y + letter * 0.35, view.bottom - letter / 3));
  context.strokeStyle = look.halo;
  context.lineWidth = letter / 5;
  context.strokeText(words, at, base);
  context.fillStyle = look.mark;
  context.fillText(words, at, base);
}
