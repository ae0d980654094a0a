/** A list of options that is narrowed by words and walked by arrow keys: colleagues, canned replies. */

export class Options {
  /** `list` holds elements with `data-search`; the one with role=option inside (or itself) is chosen. */
  constructor(list, onActive) {
    this.list = list;
    this.onActive = onActive;
    this.all = Array.from(list.querySelectorAll("[data-search]"));
    this.none = list.querySelector("[data-none]");
    this.narrow("");
  }

  narrow(words) {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    for (const line of this.all) line.hidden = !wanted.every((word) => line.dataset.search.includes(word));
    if (this.none) this.none.hidden = this.shown.length > 0;
    this.activate(0);
  }

  get shown() {
    return this.all.filter((line) => !line.hidden);
  }

  get active() {
    return this.shown[this.index] || null;
  }

  move(step) {
    const { length } = this.shown;
    if (length) this.activate((this.index + step + length) % length);
  }

  activate(index) {
    this.index = index;
    for (const line of this.all) this.optionOf(line).setAttribute("aria-selected", "false");
    const line = this.active;
    if (!line) return this.onActive("");
    const option = this.optionOf(line);
    option.setAttribute("aria-selected", "true");
    line.scrollIntoView({ block: "nearest" });
    return this.onActive(option.id);
  }

  optionOf(line) {
    return line.getAttribute("role") === "option" ? line : line.querySelector("[role=option]");
  }
}
