const AHEAD = "600px 0px 0px 0px"; // asks before the reader reaches the first line, so that nobody waits

/** Ask for older messages when `sentinel`, which stands above the list, comes near. */
export function loadOlder(feed, scroller, sentinel) {
  let near = false;
  const load = async () => {
    sentinel.hidden = !feed.hasOlder;
    // A short page may leave the sentinel in view, and then no further crossing would be told.
    while (near && feed.hasOlder) {
      const first = feed.first;
      await feed.older();
      if (feed.first === first) {
        return;
      }
    }
    sentinel.hidden = !feed.hasOlder;
  };
  const observer = new IntersectionObserver((entries) => {
    near = entries[entries.length - 1].isIntersecting;
    load();
  }, { root: scroller, rootMargin: AHEAD });
  sentinel.hidden = !feed.hasOlder;
  observer.observe(sentinel);
}
