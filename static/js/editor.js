// The picture editor: a dialog over the page, loaded when somebody first opens it. What happens on the picture is in
// editor_hand.js, what it looks like in editor_stage.js, keys are in editor_keys.js; here are buttons and the ways out.

import { burnt, groundOf } from "./editor_burn.js";
import { Edits } from "./editor_edits.js";
import { Hand } from "./editor_hand.js";
import { keyOf } from "./editor_keys.js";
import { Stage } from "./editor_stage.js";
import { decoded } from "./pictures.js";
import { say } from "./strings.js";

/**
 * Let somebody draw on `file`, `tool`, `note` as in marking.js; `closedByBack`: see back_step.js, which has to be older
 * than this. → {file, send}: `send` when the message shall go with it; null when it was left.
 */
export async function edit(file, { tool, note, closedByBack }) {
  const base = await decoded(file).then(groundOf).catch(() => {
    throw new Error(say("shared.unmarkable"));
  });
  const root = await dialog();
  return new Promise((resolve) => new Editor(root, { file, base, tool, note, closedByBack, resolve }));
}

/** The dialog as the page's template has it, with its style sheet, which comes along the first time. */
async function dialog() {
  const [sheet, root] = Array.from(document.querySelector("[data-editor-template]").content.cloneNode(true).children);
  if (!document.querySelector("link[data-editor-sheet]")) {
    document.head.append(sheet);
    await new Promise((resolve, reject) => {
      sheet.onload = resolve;
      sheet.onerror = () => {
        sheet.remove();
        reject(new Error(say("shared.offline_now")));
      };
    });
  }
  document.body.append(root);
  return root;
}

class Editor {
  constructor(root, { file, base, tool, note, closedByBack, resolve }) {
    Object.assign(this, { root, file, resolve, result: null, isLeaving: false, cameFrom: document.activeElement });
    this.edits = new Edits(base.width, base.height);
    this.stage = new Stage(this.part("stage"), base, this.edits, lookOf(root));
    this.hand = new Hand(this.stage, this.edits, () => this.changed());
    this.part("note").textContent = note;
    this.part("note").hidden = !note;
    this.listen();
    this.stepBack = closedByBack(() => this.closed());
    this.stage.canvas.focus({ preventScroll: true });
    this.fit();
    this.hand.take(tool);
  }

  part(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  get tools() {
    return Array.from(this.root.querySelectorAll("[data-tool]"));
  }

  get field() {
    return this.part("words").querySelector("input");
  }

  listen() {
    const on = (name, act) => this.part(name).addEventListener("click", act);
    on("cancel", () => this.leave(null));
    on("done", () => this.finish(false));
    on("undo", () => this.step("undo"));
    on("redo", () => this.step("redo"));
    this.tools.forEach((button) => button.addEventListener("click", () => this.hand.take(button.dataset.tool)));
    // A tap that gives the words another place leaves the focus, and a phone's keyboard, with them.
    this.stage.canvas.addEventListener("mousedown", (event) => this.hand.tool === "text" && event.preventDefault());
    this.stage.canvas.addEventListener("pointerup", () => this.hand.tool === "text" && this.writeWords());
    this.field.addEventListener("input", () => this.hand.write(this.field.value));
    this.part("words").addEventListener("submit", (event) => {
      event.preventDefault();
      this.wordsDone();
    });
    // What is pasted or dropped here is not meant for the message behind; nor does the browser leave the page to show it.
    ["paste", "dragover", "drop"].forEach((name) =>
      this.root.addEventListener(name, (event) => {
        event.stopPropagation();
        event.target === this.field || event.preventDefault();
      }),
    );
    this.onKey = (event) => keyOf(this, event);
    this.onRoom = () => this.fit();
    document.addEventListener("keydown", this.onKey, true);
    window.addEventListener("resize", this.onRoom);
    if (window.visualViewport) {
      window.visualViewport.addEventListener("resize", this.onRoom); // a phone's keyboard, where it does not resize the page
    }
  }

  // What is to be seen ------------------------------------------------------------------------------------------------

  fit() {
    this.steps = this.edits.done.length;
    this.stage.fit();
    this.stage.draw(this.hand.shape, this.hand.isHeld);
  }

  changed() {
    if (this.steps === this.edits.done.length) {
      this.stage.draw(this.hand.shape, this.hand.isHeld);
    } else {
      this.fit();
    }
    const { shape, tool } = this.hand;
    const stands = Boolean(shape) && !this.hand.isHeld;
    this.part("undo").disabled = !this.edits.isTouched && !shape;
    this.part("redo").disabled = !this.edits.undone.length;
    this.part("words").hidden = !(stands && tool === "text");
    this.part("tools").hidden = !this.part("words").hidden;
    this.tools.forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
      if (button.dataset.tool === tool) {
        this.tell(stands ? button.dataset.then : button.dataset.hint);
      }
    });
  }

  /** Heard by a screen reader, so only when it is another. */
  tell(words) {
    const hint = this.part("hint");
    if (hint.textContent !== words) {
      hint.textContent = words;
    }
  }

  // What somebody does ------------------------------------------------------------------------------------------------

  step(way) {
    const isShapeUndone = way === "undo" && this.hand.shape;
    this.hand.drop();
    if (!isShapeUndone) {
      this.edits[way]();
      this.changed();
    }
  }

  writeWords() {
    if (this.hand.shape) {
      this.field.value = this.hand.shape.words;
      this.field.focus({ preventScroll: true });
    }
  }

  wordsDone() {
    this.hand.commit();
    this.stage.canvas.focus({ preventScroll: true });
  }

  dropShape() {
    this.hand.drop();
    this.stage.canvas.focus({ preventScroll: true });
  }

  enter() {
    if (!this.hand.shape) {
      this.finish(false);
    } else if (this.hand.tool === "text") {
      this.writeWords();
    } else {
      this.hand.commit();
    }
  }

  /** Round and round in here: behind it nothing can be used. */
  tab(by) {
    const all = Array.from(this.root.querySelectorAll("button, input, canvas"));
    const stops = all.filter((each) => !each.disabled && !each.closest("[hidden]"));
    const at = stops.indexOf(document.activeElement);
    stops[(at + by + stops.length) % stops.length].focus();
  }

  // The ways out ------------------------------------------------------------------------------------------------------

  async finish(send) {
    if (this.root.getAttribute("aria-busy") === "true") {
      return;
    }
    this.hand.commit();
    this.root.setAttribute("aria-busy", "true");
    try {
      const file = this.edits.isTouched ? await burnt(this.stage, this.file) : this.file;
      this.leave({ file, send });
    } catch (error) {
      this.root.setAttribute("aria-busy", "false");
      this.tell(say("shared.not_burnt"));
    }
  }

  /** The first way out that was taken counts: the step back takes a moment. */
  leave(result) {
    if (!this.isLeaving) {
      Object.assign(this, { result, isLeaving: true });
      this.stepBack();
    }
  }

  closed() {
    document.removeEventListener("keydown", this.onKey, true);
    window.removeEventListener("resize", this.onRoom);
    if (window.visualViewport) {
      window.visualViewport.removeEventListener("resize", this.onRoom);
    }
    this.root.remove();
    if (this.cameFrom && this.cameFrom.isConnected) {
      this.cameFrom.focus({ preventScroll: true });
    }
    this.resolve(this.result);
  }
}

/** The colours and the font of marks, from the style sheets. */
function lookOf(root) {
  const style = window.getComputedStyle(root);
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    mark: token("--mark"),
    halo: token("--mark-halo"),
    cover: token("--mark-cover"),
    shade: token("--scrim"),
    focus: token("--focus"),
    font: style.fontFamily,
  };
}
