/** The numbers of the rail: asked for again after anything changed, at most a few times a second. */

const DEBOUNCE_MS = 250;

let timer = 0;

export function refreshCounts() {
  if (timer) return;
  timer = setTimeout(() => {
    timer = 0;
    window.htmx.trigger("#counts", "refresh");
  }, DEBOUNCE_MS);
}
