// Which colleagues look at a conversation or write in it, shown wherever the page has a place for it (`data-people`).

import { say } from "./strings.js";

const SILENCE = 30000; // ms without any frame (a beat comes every 25 s) after which nothing here is known any more
const LOOK = 2000; // ms between two looks at that
const AGAIN = 10000; // ms between two tellings of what is on screen; the server forgets it after some 25 s
const FACES = 8; // pairs of colours, as in tokens.css
const CJK = /[\u3400-\u9fff]$/;

/** Keeps every `[data-people]` true; `sign`: the `<template>` of one face. */
export class Presence {
  constructor(sign) {
    this.sign = sign;
    this.people = new Map(); // conversation id → [{user_id, name, state}]
    this.heardAt = performance.now();
    window.setInterval(() => performance.now() - this.heardAt > SILENCE && this.forget(), LOOK);
  }

  onFrame(frame) {
    this.heardAt = performance.now();
    if (frame.type === "hello") {
      // Who is there now follows; nobody of before is vouched for.
      this.forget();
    } else if (frame.type === "presence") {
      frame.conversations.forEach((each) => this.note(each));
      this.paint();
    }
  }

  note({ conversation_id: id, people }) {
    if (people.length) {
      this.people.set(id, people);
    } else {
      this.people.delete(id);
    }
  }

  forget() {
    if (this.people.size) {
      this.people.clear();
      this.paint();
    }
  }

  /** Fills every place anew that shows something else; call it after rows or a header were put on the page. */
  paint() {
    document.querySelectorAll("[data-people]").forEach((place) => {
      const { conversationId } = place.closest("[data-conversation-id]").dataset;
      const people = this.people.get(conversationId) || [];
      const shown = people.map((each) => `${each.user_id} ${each.state}`).join();
      if (place.dataset.people !== shown) {
        place.dataset.people = shown;
        this.fill(place, people);
      }
    });
  }

  fill(place, people) {
    const faces = place.querySelector("[data-faces]");
    faces.textContent = "";
    const writers = people.filter(isWriting);
    // Who writes comes first, and is the only one to stand there in words: who looks is a face, and its title.
    [...writers, ...people.filter((each) => !isWriting(each))].forEach((each) => faces.append(this.face(each)));
    place.querySelector("[data-doing]").textContent = writers.length ? say("console.writing", { s: writers[0].name }) : "";
  }

  face({ user_id: id, name, state }) {
    const face = this.sign.content.firstElementChild.cloneNode(true);
    const words = say(`console.${state}`, { s: name });
    face.dataset.face = String(id % FACES);
    face.dataset.state = state;
    face.title = words;
    face.querySelector("[data-initial]").textContent = CJK.test(name) ? name.slice(-1) : name.slice(0, 1).toUpperCase();
    face.querySelector("[data-words]").textContent = words;
    return face;
  }
}

const isWriting = (person) => person.state === "writing";

/** Tells the server again and again what is on screen, and at once when the page is shown or hidden. `tell()`: now. */
export function keepTelling(tell) {
  window.setInterval(() => document.visibilityState === "visible" && tell(), AGAIN);
  document.addEventListener("visibilitychange", tell);
}
