// One picture at a time over the page. Not a new tab: the in-app browsers open none, or lose the way back.

/** Pictures below `list` (`a[data-picture]`) open in `viewer`; a tap, Esc or the phone's back key closes it. */
export function viewPictures(list, viewer) {
  const picture = viewer.querySelector("img");
  const close = viewer.querySelector("button");
  let opener = null;

  const hide = (event) => {
    if (!viewer.hidden) {
      // This step back was ours alone: HTMX would put the thread on the page anew, and the reader's place with it.
      event.stopImmediatePropagation();
      viewer.hidden = true;
      picture.removeAttribute("src");
      opener.focus({ preventScroll: true });
    }
  };
  list.addEventListener("click", (event) => {
    opener = event.target.closest("a[data-picture]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    picture.src = opener.href;
    picture.alt = opener.querySelector("img").alt;
    viewer.hidden = false;
    close.focus();
    history.pushState({ viewer: true }, "");
  });
  viewer.addEventListener("click", () => history.back());
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      history.back();
    } else if (event.key === "Tab") {
      // The only thing to reach in here is the button that closes it.
      event.preventDefault();
    }
  });
  window.addEventListener("popstate", hide, true);
}
