// The pictures of a thread, one at a time over the page: larger, the next, the one before, saved.

import { Gestures } from "./gestures.js";
import { Overlay } from "./overlay.js";
import { Zoom } from "./zoom.js";

const STEP = 1.5; // times, by a key or a button
const MOVE = 80; // px, by a key

/** Pictures below `list` (`a[data-picture]`) open in `element`, in the order in which they stand there. */
export function viewPictures(list, element) {
  const viewer = new Viewer(list, element);
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-picture]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      viewer.open(link);
    }
  });
}

class Viewer {
  constructor(list, element) {
    this.list = list;
    this.part = (name) => element.querySelector(`[data-${name}]`);
    this.picture = this.part("stage").querySelector("img");
    this.zoom = new Zoom(this.part("stage"), this.picture);
    this.overlay = new Overlay(element, { onClosed: () => this.clear() });
    new Gestures(this.part("stage"), this.zoom, {
      onSwipe: (by) => this.step(by),
      onOutside: () => this.overlay.close(),
    });
    this.part("close").addEventListener("click", () => this.overlay.close());
    this.part("previous").addEventListener("click", () => this.step(-1));
    this.part("next").addEventListener("click", () => this.step(1));
    this.part("closer").addEventListener("click", () => this.zoom.by(STEP));
    this.part("further").addEventListener("click", () => this.zoom.by(1 / STEP));
    element.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("resize", () => this.overlay.isOpen && this.zoom.fit());
  }

  get links() {
    return Array.from(this.list.querySelectorAll("a[data-picture]"));
  }

  /** The link of the picture at `address`; its bubble may have been replaced, or scrolled off the page. */
  linkTo(address) {
    return this.links.find((link) => link.href === address);
  }

  open(link) {
    const opener = link.href;
    this.overlay.open(this.part("close"), () => this.linkTo(opener));
    this.show(link);
  }

  step(by) {
    const { links } = this;
    const at = links.findIndex((link) => link.href === this.address);
    const next = at < 0 ? null : links[at + by];
    next && this.show(next);
  }

  show(link) {
    const { name, width, height } = link.dataset;
    this.address = link.href;
    this.zoom.show(Number(width), Number(height));
    this.part("name").textContent = name;
    this.part("download").href = `${link.href}?download`;
    this.picture.alt = name;
    this.load(link);
    this.describePlace(link);
  }

  // The small copy, which is on the page already, until the whole picture is there.
  load(link) {
    const trouble = this.part("trouble");
    const whole = new Image();
    trouble.hidden = true;
    this.picture.src = link.querySelector("img").src;
    whole.onload = () => {
      if (this.address === link.href) this.picture.src = whole.src;
    };
    whole.onerror = () => {
      trouble.hidden = this.address !== link.href;
    };
    whole.src = link.href;
  }

  describePlace(link) {
    const { links } = this;
    const at = links.indexOf(link);
    this.part("place").textContent = `${at + 1} / ${links.length}`;
    this.able("previous", at > 0);
    this.able("next", at < links.length - 1);
  }

  able(name, isAble) {
    const button = this.part(name);
    const hadFocus = button === document.activeElement;
    button.disabled = !isAble;
    if (hadFocus && !isAble) this.part("close").focus();
  }

  clear() {
    this.address = "";
    this.picture.removeAttribute("src");
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return; // the browser's own zoom, say
    }
    const act = this.actOf(event);
    if (act) {
      event.preventDefault();
      act();
    }
  }

  actOf({ key, shiftKey }) {
    const moved = shiftKey ? { ArrowLeft: [MOVE, 0], ArrowRight: [-MOVE, 0] }[key] : null;
    const panned = moved || { ArrowUp: [0, MOVE], ArrowDown: [0, -MOVE] }[key];
    if (panned) {
      return () => this.zoom.pan(...panned);
    }
    return {
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      "+": () => this.zoom.by(STEP),
      "=": () => this.zoom.by(STEP),
      "-": () => this.zoom.by(1 / STEP),
      0: () => this.zoom.reset(),
    }[key];
  }
}
