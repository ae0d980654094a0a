/** Calls `returned(event)` whenever somebody comes back to the page: shown again, out of the back cache, online again.
 *
 * iOS fires only `pageshow` after a return from the back cache, desktop clients sometimes only `focus`.
 */
export function onReturn(returned) {
  document.addEventListener("visibilitychange", (event) => document.visibilityState === "visible" && returned(event));
  window.addEventListener("pageshow", (event) => event.persisted && returned(event));
  window.addEventListener("online", returned);
  window.addEventListener("focus", returned);
}
