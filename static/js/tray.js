// The files that go with the next message: chosen, pasted or dropped, shown in a row above the field.

import { say } from "./strings.js";

/**
 * `new Tray(strip, {maxBytes, maxFiles, onRefused(words)})`: `strip` holds a `<template data-tray-item>`. `words` say
 * why a file was not taken; empty when another choice begins.
 */
export class Tray {
  constructor(strip, { maxBytes, maxFiles = 9, onRefused = () => {} }) {
    this.strip = strip;
    this.template = strip.querySelector("template");
    this.limits = { maxBytes, maxFiles };
    this.onRefused = onRefused;
    this.onChange = () => {};
    this.entries = [];
  }

  get files() {
    return this.entries.map((entry) => entry.file);
  }

  add(files) {
    this.onRefused("");
    Array.from(files).forEach((file) => {
      const words = this.objectionTo(file);
      words ? this.onRefused(words) : this.show(file);
    });
    this.changed();
  }

  objectionTo(file) {
    const { maxBytes, maxFiles } = this.limits;
    if (!file.size) {
      return say("shared.empty_file", { s: file.name });
    }
    if (this.entries.length >= maxFiles) {
      return say("shared.too_many", { n: maxFiles });
    }
    const megabytes = Math.floor(maxBytes / 1024 / 1024);
    return file.size > maxBytes ? say("shared.too_large", { s: file.name, n: megabytes }) : "";
  }

  show(file) {
    const item = this.template.content.firstElementChild.cloneNode(true);
    const entry = { file, item, address: "" };
    item.querySelector("[data-name]").textContent = file.name;
    if (file.type.startsWith("image/")) {
      entry.address = URL.createObjectURL(file);
      const picture = item.querySelector("img");
      picture.src = entry.address;
      picture.hidden = false;
    }
    item.querySelector("[data-remove]").addEventListener("click", () => this.remove(entry));
    this.entries.push(entry);
    this.strip.append(item);
  }

  remove(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    URL.revokeObjectURL(entry.address);
    entry.item.remove();
    this.changed();
  }

  clear() {
    this.entries.slice().forEach((entry) => this.remove(entry));
  }

  changed() {
    this.strip.hidden = !this.entries.length;
    this.onChange();
  }

  /** Take the files chosen in these fields; then `chosen()`. */
  acceptFrom(fields, chosen) {
    fields.forEach((field) =>
      field.addEventListener("change", () => {
        this.add(field.files);
        field.value = "";
        chosen();
      }),
    );
  }

  /** Take files that are pasted or dropped anywhere on `place`, while `isOpen()`: there is a message to put them to. */
  acceptOn(place, isOpen = () => true) {
    place.addEventListener("paste", (event) => {
      const files = Array.from(event.clipboardData.files);
      if (files.length && isOpen()) {
        event.preventDefault();
        this.add(files.map(named));
      }
    });
    const carriesFiles = (event) => Array.from(event.dataTransfer.types).includes("Files");
    place.addEventListener("dragover", (event) => {
      if (carriesFiles(event)) {
        event.preventDefault();
        event.dataTransfer.dropEffect = isOpen() ? "copy" : "none";
        place.classList.toggle("is-dropping", isOpen());
      }
    });
    place.addEventListener("dragleave", (event) => !event.relatedTarget && place.classList.remove("is-dropping"));
    place.addEventListener("drop", (event) => {
      place.classList.remove("is-dropping");
      if (carriesFiles(event)) {
        // Also when they are not wanted: the browser would leave the page to show the file.
        event.preventDefault();
        isOpen() && this.add(event.dataTransfer.files);
      }
    });
  }
}

// Every browser calls a pasted screenshot image.png; the time tells two of them apart.
function named(file) {
  if (file.name !== "image.png") {
    return file;
  }
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return new File([file], `screenshot-${stamp}.png`, { type: file.type });
}
