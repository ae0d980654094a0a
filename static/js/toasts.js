/** Short sentences in the corner. The server writes them; here they only come and go. */

const SECONDS_SHOWN = 10;

const place = () => document.getElementById("toasts");

/** Gives every new toast its time; while it is pointed at or holds the focus, it stays. */
export function toastsShown() {
  for (const toast of place().querySelectorAll("[data-toast]:not([data-until])")) {
    toast.dataset.until = "set";
    const leave = () => {
      if (toast.matches(":hover") || toast.contains(document.activeElement)) setTimeout(leave, 1000);
      else toast.remove();
    };
    setTimeout(leave, SECONDS_SHOWN * 1000);
  }
}

/** Shows finished HTML of the server (a refusal), or what stands in a `<template>`. */
export function showToast(content) {
  place().append(content);
  window.htmx.process(place());
  toastsShown();
}

export function fromTemplate(id) {
  return document.getElementById(id).content.cloneNode(true);
}

export function listenForDismissals() {
  // The step that was taken back is not offered again.
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    const toast = detail.successful && target.closest("[data-undo]") && target.closest("[data-toast]");
    if (toast) toast.remove();
  });
  place().addEventListener("click", (event) => {
    const toast = event.target.closest("[data-dismiss]") && event.target.closest("[data-toast]");
    if (toast) toast.remove();
  });
}
