// A picture that was chosen and is not on this device yet: its place in the tray, and a way to think better of it.

/** `new Coming(template, {words, trouble}, bring(signal))`: what stands there meanwhile, and what is said if it fails. */
export class Coming {
  constructor(template, { words, trouble }, bring) {
    const stopper = new AbortController();
    const stopped = new Promise((resolve) => stopper.signal.addEventListener("abort", () => resolve(null)));
    const part = (name) => this.element.querySelector(`[data-${name}]`);
    this.element = template.content.firstElementChild.cloneNode(true);
    this.element.setAttribute("aria-busy", "true");
    this.element.setAttribute("aria-label", words);
    part("name").textContent = words;
    part("remove").addEventListener("click", () => this.stop());
    this.trouble = trouble;
    this.stop = () => {
      this.trouble = ""; // nobody misses it
      stopper.abort();
    };
    // Resolves with the file, or null when it is not to come.
    this.done = Promise.race([stopped, bring(stopper.signal).catch(() => null)]);
  }
}
