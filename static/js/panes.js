/** What the agent folded and how wide the list is; remembered on this device. */

const KEY = "console.panes";
const NARROWEST = 220; // px; both also stand on the splitter, for screen readers
const WIDEST = 560;
const STEP = 16;
const OVERLAY = "(max-width: 1099px)"; // below it the side panel lies over the thread (console.css)

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || {};
  } catch (_error) {
    return {};
  }
}

function remember(change) {
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.assign(remembered(), change)));
  } catch (_error) {
    // A private window keeps nothing: the panes then start as they come.
  }
}

export class Panes {
  constructor() {
    this.body = document.body;
    const { folded, width } = remembered();
    this.body.classList.toggle("console--facts-folded", Boolean(folded));
    if (width) this.widen(width);
    document.addEventListener("click", (event) => this.clicked(event));
    this.listenForDragging(document.querySelector("[data-splitter]"));
  }

  clicked(event) {
    if (event.target.closest("[data-fold]")) this.toggle();
    // On a small screen the panel covers the thread: a tap beside it, or on a link in it, is the way back.
    else if (this.overlay && (!event.target.closest("#facts") || event.target.closest("#facts a"))) this.closeOverlay();
  }

  get overlay() {
    return window.matchMedia(OVERLAY).matches;
  }

  toggle() {
    if (this.overlay) this.body.classList.toggle("console--facts-open");
    else remember({ folded: this.body.classList.toggle("console--facts-folded") });
    this.describe();
  }

  closeOverlay() {
    const open = this.body.classList.contains("console--facts-open");
    this.body.classList.remove("console--facts-open");
    this.describe();
    return open;
  }

  /** Tells the button whether its panel is open. */
  describe() {
    const { classList } = this.body;
    const shown = this.overlay ? classList.contains("console--facts-open") : !classList.contains("console--facts-folded");
    const button = document.querySelector("[data-fold]");
    if (button) button.setAttribute("aria-expanded", String(shown));
  }

  widen(width) {
    this.width = Math.min(WIDEST, Math.max(NARROWEST, Math.round(width)));
    this.body.style.setProperty("--inbox-width", `${this.width}px`);
    document.querySelector("[data-splitter]").setAttribute("aria-valuenow", this.width);
  }

  listenForDragging(splitter) {
    const left = () => document.getElementById("inbox").getBoundingClientRect().left;
    splitter.addEventListener("pointerdown", (event) => splitter.setPointerCapture(event.pointerId));
    splitter.addEventListener("pointermove", (event) => {
      if (splitter.hasPointerCapture(event.pointerId)) this.widen(event.clientX - left());
    });
    splitter.addEventListener("pointerup", () => remember({ width: this.width }));
    splitter.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -STEP, ArrowRight: STEP };
      if (!steps[event.key]) return;
      this.widen(document.getElementById("inbox").offsetWidth + steps[event.key]);
      remember({ width: this.width });
      event.preventDefault();
    });
  }
}
