// What lies over the page is closed by one step back: the only such key that WeCom and Android have. One thing at a time.

let over = null; // {closed, address, isLeaving} of what lies there

// From the start of the page, before HTMX: old browsers ask at the window in the order of coming, and HTMX would put the
// thread on the page anew, and the reader's place with it.
window.addEventListener("popstate", (event) => {
  if (over) {
    event.stopImmediatePropagation();
    const { closed, address } = over;
    over = null;
    address && history.replaceState(null, "", address);
    closed();
  }
}, true);

/**
 * From now on one step back closes it: `closed()` is called. Its own ways out call what this returns: a step back, and not
 * two where somebody presses twice; the second would leave the page.
 */
export function closedByBack(closed) {
  const mine = (over = { closed, address: "", isLeaving: false });
  const { topic } = history.state || {}; // a reload goes on with it (topics.js)
  history.pushState({ over: true, topic }, "");
  return () => {
    if (over === mine && !mine.isLeaving) {
      mine.isLeaving = true;
      history.back();
    }
  };
}

/** The page has this address from now on, also when what lies over it is gone. */
export function moveTo(address) {
  if (over) {
    over.address = address;
  }
  history.replaceState(over ? history.state : null, "", address);
}
