// Files that were taken out of the tray: for a moment each keeps its place, and can be had again.

const UNDO = 10000; // ms

/** `new Farewells(strip, {mayReturn(), onReturned(item), onOver()})` */
export class Farewells {
  constructor(strip, hooks) {
    this.strip = strip;
    this.hooks = hooks;
    this.all = new Map(); // item → {element, timer}
  }

  get size() {
    return this.all.size;
  }

  has(item) {
    return this.all.has(item);
  }

  /** `item` is put away. → the button that brings it back */
  say(item) {
    const element = this.strip.querySelector("[data-tray-farewell]").content.firstElementChild.cloneNode(true);
    element.querySelector("[data-name]").textContent = item.file.name;
    const button = element.querySelector("button");
    button.addEventListener("click", () => this.bringBack(item));
    item.element.replaceWith(element);
    this.all.set(item, { element, timer: window.setTimeout(() => this.end(item), UNDO) });
    return button;
  }

  bringBack(item) {
    const { element, timer } = this.all.get(item);
    if (this.hooks.mayReturn()) {
      window.clearTimeout(timer);
      this.all.delete(item);
      element.replaceWith(item.element);
      this.hooks.onReturned(item);
    }
  }

  /** It is gone for good; nothing happens where it is not among these. */
  end(item) {
    if (this.has(item)) {
      const { element, timer } = this.all.get(item);
      window.clearTimeout(timer);
      this.all.delete(item);
      element.remove();
      item.forget();
      this.hooks.onOver();
    }
  }

  clear() {
    Array.from(this.all.keys()).forEach((item) => this.end(item));
  }
}

/** In the order in which the items of the tray stand on the page. */
export function byPlace(one, other) {
  return one.element.compareDocumentPosition(other.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}
