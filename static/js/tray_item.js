// One file in the tray: what it looks like, and what can be done with it before it leaves.

import { nameOf, sizeOf } from "./file_limits.js";

const MARKABLE = /^image\/(jpeg|png|webp|bmp|heic|heif)$/; // a GIF would stand still afterwards

/**
 * `new TrayItem(template, file, hooks)`; hooks: remove(item), mark(item), chosen(item): the other version of it.
 * `file` is what will be sent.
 */
export class TrayItem {
  constructor(template, file, hooks) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.address = "";
    this.original = null;
    this.small = null;
    this.on("remove", () => hooks.remove(this));
    this.on("mark", () => hooks.mark(this));
    this.on("original", () => {
      this.show(this.file === this.small ? this.original : this.small);
      hooks.chosen(this);
    });
    this.show(file);
  }

  part(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  on(name, act) {
    this.part(name).addEventListener("click", act);
  }

  get isBusy() {
    return this.element.getAttribute("aria-busy") === "true";
  }

  set isBusy(busy) {
    this.element.setAttribute("aria-busy", String(busy));
    this.part("mark").disabled = busy; // what is being looked at may become another file under the hands
  }

  /** `file` is what will be sent. */
  show(file) {
    this.file = file;
    this.part("name").textContent = nameOf(file);
    this.element.setAttribute("aria-label", nameOf(file));
    this.part("mark").hidden = !MARKABLE.test(file.type);
    this.part("original").setAttribute("aria-pressed", String(file === this.original));
    this.preview();
  }

  preview() {
    this.forget();
    const picture = this.element.querySelector("img");
    this.looksLike(picture, this.file.type.startsWith("image/"));
    if (!picture.hidden) {
      this.address = URL.createObjectURL(this.file);
      picture.onerror = () => this.looksLike(picture, false); // what the browser cannot draw has its name at least
      picture.src = this.address;
    }
  }

  looksLike(picture, isPicture) {
    picture.hidden = !isPicture;
    this.element.classList.toggle("tray__item--picture", isPicture);
  }

  /** Both versions are at hand: `file` goes, the other can be chosen. */
  offer({ original, small }, file) {
    Object.assign(this, { original, small });
    this.part("original").hidden = !small;
    this.part("size").textContent = sizeOf(original);
    this.show(file);
  }

  /** Another file takes its place; nothing of the former is kept. */
  become(file) {
    this.offer({ original: file, small: null }, file);
  }

  forget() {
    // Still being fetched, it would be missed.
    this.element.querySelector("img").removeAttribute("src");
    URL.revokeObjectURL(this.address);
  }
}
