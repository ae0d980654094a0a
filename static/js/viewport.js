// The phone's keyboard: iOS shrinks only the visual viewport and slides the page under it, Android shrinks the page.
// The page is as high as what can be seen, so the field at its end always stands above the keyboard.

/** Keep `--viewport-height` and `--viewport-top` true on the root element, from now on. */
export function followViewport() {
  const viewport = window.visualViewport;
  if (!viewport) {
    return;
  }
  const root = document.documentElement;
  const measure = () => {
    // Zoomed in by two fingers: the viewport is then a magnifying glass, not a smaller window.
    if (viewport.scale > 1.01) {
      return;
    }
    root.style.setProperty("--viewport-height", `${viewport.height}px`);
    root.style.setProperty("--viewport-top", `${viewport.offsetTop}px`);
    root.classList.toggle("has-keyboard", window.innerHeight - viewport.height > 120);
  };
  viewport.addEventListener("resize", measure);
  viewport.addEventListener("scroll", measure);
  document.addEventListener("focusout", () => window.scrollTo(0, 0));
  measure();
}
