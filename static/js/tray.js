// The files that go with the next message: chosen, pasted, dropped or captured, shown in a row above the field.

import { isTooLarge, objectionTo } from "./file_limits.js";
import { markUp } from "./marking.js";
import { mayShrink, settle, shrink, versionsOf } from "./shrink.js";
import { say } from "./strings.js";
import { byPlace, Farewells } from "./tray_farewell.js";
import { TrayItem } from "./tray_item.js";

/**
 * `new Tray(strip, {maxBytes, maxFiles, onRefused(words)})`: `strip` holds a `<template data-tray-item>` and names the
 * kinds that are taken. `words` say why a file was not taken; empty when another choice begins.
 *
 * Its owner sets onChange(): other files, or none; onHand(): somebody changed what was there already; onMarking(): somebody
 * begins to draw; onMarked({send}): marks were burnt in, with `send` the message shall go.
 */
export class Tray {
  constructor(strip, { maxBytes, maxFiles = 9, onRefused = () => {} }) {
    this.strip = strip;
    this.template = strip.querySelector("template");
    this.limits = { maxBytes, maxFiles, kinds: strip.dataset.kinds.split(",") };
    this.onRefused = onRefused;
    this.onChange = this.onHand = this.onMarking = this.onMarked = () => {};
    this.items = [];
    this.coming = []; // what is chosen, and not on this device yet
    this.farewells = new Farewells(strip, {
      mayReturn: () => this.hasRoom(),
      onReturned: (item) => this.returned(item),
      onOver: () => this.showStrip(),
    });
    this.work = Promise.resolve(); // one picture after another: nine decoded photos are half a gigabyte
  }

  get files() {
    return this.items.map((item) => item.file);
  }

  /** Whether a file of it may still become another. */
  get isBusy() {
    return this.coming.length > 0 || this.items.some((item) => item.isBusy);
  }

  get isEmpty() {
    return !this.items.length && !this.coming.length;
  }

  /** Resolves when all is here and nothing is being made smaller any more: does it still hold what it holds now? */
  async settled() {
    const before = this.items;
    const came = await Promise.all(this.coming.map((each) => each.arrived));
    await this.work;
    return came.every(Boolean) && before.every((item) => this.items.includes(item));
  }

  add(files) {
    const words = Array.from(files).map((file) => this.take(file));
    this.onRefused(said(words));
    this.changed();
  }

  /** What an earlier page held, as it would have been sent; none when another page has it now. */
  bringBack(files) {
    files.forEach(settle);
    files.length ? this.add(files) : this.clear();
  }

  /** Why nothing more can be put in, or "". */
  get whyFull() {
    return this.room > 0 ? "" : say("shared.too_many", { n: this.limits.maxFiles });
  }

  /** Whether one more may come in; says why not. */
  hasRoom() {
    if (this.whyFull) {
      this.onRefused(this.whyFull);
    }
    return !this.whyFull;
  }

  get room() {
    return this.limits.maxFiles - this.items.length - this.coming.length;
  }

  /** What is still on its way to this device stands in the row until it is here. `coming`: wecom_coming.js */
  expect(coming) {
    this.coming.push(coming);
    this.strip.append(coming.element);
    coming.arrived = coming.done.then((file) => this.arrives(coming, file));
    this.changed();
  }

  arrives(coming, file) {
    this.coming = this.coming.filter((other) => other !== coming);
    coming.element.remove();
    const words = file ? this.take(file) : coming.trouble;
    if (words) this.onRefused(words);
    this.handled();
    return Boolean(file) && !words;
  }

  /** Put in one file. → why not, or "" */
  take(file) {
    const tooLarge = mayShrink(file) ? "" : isTooLarge(file, this.limits);
    const words = this.whyFull || objectionTo(file, this.limits) || tooLarge;
    if (!words) {
      this.put(file);
    }
    return words;
  }

  put(file) {
    const item = new TrayItem(this.template, file, {
      remove: () => this.putAway(item),
      mark: () => this.mark(item),
      chosen: () => this.handled(),
    });
    this.items.push(item);
    this.strip.append(item.element);
    const versions = versionsOf(file);
    if (versions) {
      const choice = this.choiceOf(versions);
      item.offer(choice, choice.small ? file : choice.original);
    } else if (mayShrink(file)) {
      item.isBusy = true;
      this.work = this.work.then(() => this.lighten(item));
    }
  }

  async lighten(item) {
    const isKept = () => this.items.includes(item) || this.farewells.has(item);
    const versions = isKept() ? await shrink(item.file) : null;
    item.isBusy = false;
    if (!versions || !isKept()) {
      return;
    }
    const { original, small } = versions;
    const words = isTooLarge(small || original, this.limits);
    if (words) {
      this.farewells.end(item);
      this.drop(item);
      this.handled();
      this.onRefused(words);
    } else if (small) {
      item.offer(this.choiceOf(versions), small);
      this.handled();
    } else {
      this.changed();
    }
  }

  /** Too large for the server, the original is no choice. */
  choiceOf({ original, small }) {
    return small && isTooLarge(original, this.limits) ? { original: small, small: null } : { original, small };
  }

  /** Its author does not want to send it, and may think better of it for a moment. */
  putAway(item) {
    const hadFocus = item.element.contains(document.activeElement);
    const at = this.items.indexOf(item);
    this.items = this.items.filter((other) => other !== item);
    const way = this.farewells.say(item);
    const next = this.items[Math.min(at, this.items.length - 1)];
    if (hadFocus) {
      (next ? next.part("remove") : way).focus();
    }
    this.handled();
  }

  returned(item) {
    this.items = [...this.items, item].sort(byPlace);
    item.part("remove").focus();
    this.handled();
  }

  drop(item) {
    this.items = this.items.filter((other) => other !== item);
    item.forget();
    item.element.remove();
  }

  clear() {
    this.items.slice().forEach((item) => this.drop(item));
    this.coming.forEach((each) => each.stop());
    this.farewells.clear();
    this.changed();
  }

  handled() {
    this.changed();
    this.onHand();
  }

  changed() {
    this.showStrip();
    this.onChange();
  }

  showStrip() {
    this.strip.hidden = this.isEmpty && !this.farewells.size;
  }

  /** Draw on a picture that is here already. */
  async mark({ file }) {
    const marked = await this.markUp(file);
    if (marked && marked.file !== file) {
      this.replace(file, marked.file);
    }
    if (marked) {
      this.onMarked(marked);
    }
  }

  /** A fresh shot is drawn on first: it shows the whole screen, and more than anybody needs. */
  async takeShot(shot, note) {
    if (!this.hasRoom()) {
      return;
    }
    const marked = await this.markUp(shot, { tool: "crop", note });
    if (marked) {
      settle(marked.file);
      this.add([marked.file]);
      this.onMarked(marked);
    }
  }

  markUp(file, how) {
    this.onRefused("");
    this.onMarking();
    return markUp(file, how).catch((error) => this.onRefused(error.message));
  }

  // The file says which one, not the item: a draft of another device may have renewed the row meanwhile.
  replace(file, marked) {
    settle(marked);
    const item = this.items.find((each) => each.file === file);
    if (item) {
      item.become(marked);
      this.handled();
    } else {
      this.add([marked]);
    }
  }
}

const said = (words) => Array.from(new Set(words.filter(Boolean))).join(" ");
