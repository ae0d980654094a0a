// The page's own words: scripts hold none. `%n` stands for a number, `%s` for a name.

const holder = document.getElementById("strings");
const words = holder ? JSON.parse(holder.textContent) : {};

/** The sentence at `path` ("shared.too_fast") with its blanks filled: say("shared.too_fast", {n: 12}). */
export function say(path, blanks = {}) {
  const sentence = path.split(".").reduce((part, name) => (part ? part[name] : undefined), words);
  return String(sentence || "").replace(/%([ns])/g, (whole, name) => (name in blanks ? String(blanks[name]) : whole));
}
