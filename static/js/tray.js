// The files that go with the next message: chosen, pasted or dropped, shown in a row above the field.

/**
 * `new Tray(strip, {maxBytes, maxFiles, onRefused(file, why)})`: `strip` holds a `<template data-tray-item>`.
 * why: `too_large`, `too_many` or `empty`.
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
    Array.from(files).forEach((file) => {
      const why = this.objectionTo(file);
      why ? this.onRefused(file, why) : this.show(file);
    });
    this.changed();
  }

  objectionTo(file) {
    if (!file.size) {
      return "empty";
    }
    if (this.entries.length >= this.limits.maxFiles) {
      return "too_many";
    }
    return file.size > this.limits.maxBytes ? "too_large" : "";
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

  /** Take files that are pasted or dropped anywhere on `place`. */
  acceptOn(place) {
    place.addEventListener("paste", (event) => {
      const files = Array.from(event.clipboardData.files);
      if (files.length) {
        event.preventDefault();
        this.add(files.map(named));
      }
    });
    const carriesFiles = (event) => Array.from(event.dataTransfer.types).includes("Files");
    place.addEventListener("dragover", (event) => {
      if (carriesFiles(event)) {
        event.preventDefault();
        place.classList.add("is-dropping");
      }
    });
    place.addEventListener("dragleave", (event) => !event.relatedTarget && place.classList.remove("is-dropping"));
    place.addEventListener("drop", (event) => {
      place.classList.remove("is-dropping");
      if (carriesFiles(event)) {
        event.preventDefault();
        this.add(event.dataTransfer.files);
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
