// One's own bubbles between the key press and the server's answer. They carry the id that the finished bubble will
// have, so that it takes their place without moving.

import { nameOf } from "./file_limits.js";

const MANY = 4; // pictures in one message, which then stand three in a row; also in templates/conversations/_message.html
const ASIDE = ["refused", "stale", "bare"]; // states that wait for their author (outbox.js)
const isPicture = (file) => file.type.startsWith("image/");

/** Made of `<template id="pending-message">`; `feed` lends the list's order and the reader's place. */
export class Pending {
  constructor(list, feed) {
    this.list = list;
    this.feed = feed;
    this.template = document.getElementById("pending-message");
    this.addresses = new Map(); // client id → object URLs of its pictures
    this.onConfirmed = () => {};
  }

  show(clientId, text, files = []) {
    const article = this.template.content.firstElementChild.cloneNode(true);
    article.id = `message-${clientId}`;
    article.dataset.clientId = clientId;
    article.dataset.createdAt = this.feed.now().toISOString();
    this.fill(article, clientId, text, files);
    this.feed.around(() => {
      this.list.append(article);
      this.feed.arrange();
    });
    return article;
  }

  fill(article, clientId, text, files) {
    const words = article.querySelector("[data-words]");
    words.textContent = text;
    words.hidden = !text;
    const strip = article.querySelector("[data-files]");
    files.forEach((file) => strip.append(this.previewOf(file, clientId)));
    strip.classList.toggle("message__previews--many", files.length >= MANY && files.every(isPicture));
    const bare = !text && files.every(isPicture);
    strip.parentElement.classList.toggle("message__bubble--bare", bare);
  }

  previewOf(file, clientId) {
    if (!isPicture(file)) {
      return labelOf(file);
    }
    const preview = document.createElement("img");
    preview.className = "message__preview";
    preview.onerror = () => preview.replaceWith(labelOf(file)); // an iPhone's HEIC: most browsers cannot show it
    preview.src = URL.createObjectURL(file);
    preview.alt = nameOf(file);
    this.addresses.set(clientId, [...(this.addresses.get(clientId) || []), preview.src]);
    return preview;
  }

  /**
   * How it stands: `name` (unsent.js) decides the look, `words` say why it waits or was not sent (may be empty), `ways`
   * name the buttons that are offered, `part` (0 to 1) tells how far its files have come.
   */
  tell(clientId, { name, words, ways, part }) {
    const article = this.of(clientId);
    if (!article) return;
    const hadFocus = article.contains(document.activeElement);
    this.feed.around(() => {
      article.dataset.state = name;
      article.classList.toggle("message--failed", ASIDE.includes(name));
      mark(article.querySelector(".message__mark"), ASIDE.includes(name) ? words : "");
      article.querySelector("[data-reason]").textContent = words;
      article.querySelectorAll("[data-way]").forEach((button) => {
        button.hidden = !ways.includes(button.dataset.way);
      });
      article.querySelector("[data-trouble]").hidden = !words && !ways.length;
      const bar = article.querySelector("progress");
      bar.hidden = part === undefined;
      bar.value = part || 0;
    });
    announce(name === "refused" ? clientId : name, words);
    // The button that was pressed is gone: the next one is where it was.
    const next = article.querySelector("[data-way]:not([hidden])");
    if (hadFocus && next) next.focus();
  }

  remove(clientId) {
    const article = this.of(clientId);
    if (article) {
      this.forget(clientId);
      this.isLast(clientId) && beQuiet();
      this.feed.around(() => {
        article.remove();
        this.feed.arrange();
      });
    }
  }

  /** The finished bubble came: whatever was kept for the pending one may go. */
  confirm(clientId) {
    this.forget(clientId);
    this.isLast(clientId) && beQuiet();
    this.onConfirmed(clientId);
  }

  forget(clientId) {
    (this.addresses.get(clientId) || []).forEach((address) => URL.revokeObjectURL(address));
    this.addresses.delete(clientId);
  }

  isLast(clientId) {
    const waiting = Array.from(this.list.querySelectorAll(".message--pending"));
    return waiting.every((article) => article.dataset.clientId === clientId);
  }

  forgetAll() {
    Array.from(this.addresses.keys()).forEach((clientId) => this.forget(clientId));
  }

  of(clientId) {
    const article = document.getElementById(`message-${clientId}`);
    return article && !article.dataset.seq ? article : null;
  }
}

function labelOf(file) {
  const name = document.createElement("span");
  name.className = "message__filename";
  name.textContent = nameOf(file);
  return name;
}

/** Beside the bubble: that it is being sent, or, where it is not, `words` that say why. */
function mark(sign, words) {
  const label = sign.querySelector(".quiet-label");
  label.hidden = Boolean(words); // they stand below
  sign.title = words || label.textContent;
}

let announced = "";

// Aloud once for each thing that happens, and not at each try: ten tries without a network are one piece of news.
function announce(news, words) {
  if (words && news !== announced) {
    announced = news;
    document.getElementById("unsent-news").textContent = words;
  }
}

/** Nothing waits any more. What was said is over, and the next time is news again. */
function beQuiet() {
  announced = "";
  document.getElementById("unsent-news").textContent = "";
}
