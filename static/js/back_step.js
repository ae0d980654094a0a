// What lies over the page is closed by one step back: the only such key that WeCom and Android have.

let close = null;

// From the start of the page, before HTMX: old browsers ask at the window in the order of coming, and HTMX would put the
// thread on the page anew, and the reader's place with it.
window.addEventListener("popstate", (event) => {
  if (close) {
    event.stopImmediatePropagation();
    const closing = close;
    close = null;
    closing();
  }
}, true);

/** From now on one step back closes it: `closing()` is called. Its own buttons go back, too. */
export function closedByBack(closing) {
  close = closing;
  const { topic } = history.state || {}; // which request the page's first words belong to (topics.js)
  history.pushState({ over: true, topic }, "");
}
