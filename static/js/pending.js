// One's own bubbles between the key press and the server's answer. They carry the id that the finished bubble will
// have, so that it takes their place without moving.

const isPicture = (file) => file.type.startsWith("image/");

/** Made of `<template id="pending-message">`; `feed` lends the list's order and the reader's place. */
export class Pending {
  constructor(list, feed) {
    this.list = list;
    this.feed = feed;
    this.template = document.getElementById("pending-message");
    this.addresses = new Map(); // client id → object URLs of its pictures
  }

  show(clientId, text, files = []) {
    const article = this.template.content.firstElementChild.cloneNode(true);
    article.id = `message-${clientId}`;
    article.dataset.clientId = clientId;
    article.dataset.createdAt = this.feed.now().toISOString();
    this.fill(article, clientId, text, files);
    this.feed.around(() => {
      this.list.append(article);
      this.feed.adopt([]);
    });
    return article;
  }

  fill(article, clientId, text, files) {
    const words = article.querySelector("[data-words]");
    words.textContent = text;
    words.hidden = !text;
    const strip = article.querySelector("[data-files]");
    files.forEach((file) => strip.append(this.previewOf(file, clientId)));
    const bare = !text && files.every(isPicture);
    strip.parentElement.classList.toggle("message__bubble--bare", bare);
  }

  previewOf(file, clientId) {
    const preview = document.createElement(isPicture(file) ? "img" : "span");
    preview.className = isPicture(file) ? "message__preview" : "message__filename";
    if (isPicture(file)) {
      preview.src = URL.createObjectURL(file);
      preview.alt = file.name;
      this.addresses.set(clientId, [...(this.addresses.get(clientId) || []), preview.src]);
    } else {
      preview.textContent = file.name;
    }
    return preview;
  }

  /** Say why it waits (offline, too fast, upload at 40 %); it stays pending. */
  hold(clientId, words) {
    const article = this.of(clientId);
    if (article) {
      article.classList.remove("message--failed");
      this.explain(article, words);
    }
  }

  /** Say why it was not sent, with the ways on: again, or back into the composer. */
  fail(clientId, reason) {
    const article = this.of(clientId);
    if (article) {
      article.classList.add("message--failed");
      this.explain(article, reason);
    }
  }

  explain(article, words) {
    this.feed.around(() => {
      article.querySelector("[data-reason]").textContent = words;
      article.querySelector("[data-trouble]").hidden = !words;
    });
  }

  remove(clientId) {
    const article = this.of(clientId);
    if (article) {
      this.forget(clientId);
      this.feed.around(() => {
        article.remove();
        this.feed.adopt([]);
      });
    }
  }

  forget(clientId) {
    (this.addresses.get(clientId) || []).forEach((address) => URL.revokeObjectURL(address));
    this.addresses.delete(clientId);
  }

  of(clientId) {
    const article = document.getElementById(`message-${clientId}`);
    return article && !article.dataset.seq ? article : null;
  }
}
