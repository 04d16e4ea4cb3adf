// The drawing by keyboard: a mark on the grid of 28 x 28 cells, moved by the arrow keys.

import { byId, show } from "./dom.js";
import { CELLS, SIDE, middle } from "./strokes.js";

const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Draws on a drawing's canvas while the canvas has the focus. Events: "pen" with { down, erasing }
 * when pen or eraser is put down or lifted, "tool" with { erasing } when they are exchanged, "cell"
 * with { column, row, ink } when the mark is moved (both from 1), and "set" with the same when one
 * cell was changed.
 */
export class KeyboardPen extends EventTarget {
  #canvas;
  #drawing;
  #column = 13;
  #row = 13;
  #down = false;

  constructor(canvas, drawing) {
    super();
    this.#canvas = canvas;
    this.#drawing = drawing;
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => this.#mark());
    canvas.addEventListener("pointerdown", () => {
      this.lift();
      show(false, byId("cursor"));
    });
    canvas.addEventListener("blur", () => {
      this.lift();
      show(false, byId("cursor"));
    });
  }

  /** Lifts the pen, if it is down. */
  lift() {
    if (!this.#down) return;
    this.#down = false;
    this.#drawing.end();
    this.#tellPen();
  }

  /** Takes up pen or eraser. */
  take(erasing) {
    if (this.#drawing.erasing === erasing) return;
    this.lift();
    this.#drawing.erasing = erasing;
    this.#tell("tool", { erasing });
  }

  #key(event) {
    if (this.#drawing.held) return;
    const arrow = ARROWS[event.key];
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key === "z") {
      this.lift();
      this.#drawing.undo();
    } else if (event.ctrlKey || event.altKey || event.metaKey) return;
    else if (arrow) this.#step(arrow);
    else if (key === " ") this.#toggle();
    else if (key === "enter") this.#cell();
    else if (key === "e") this.take(!this.#drawing.erasing);
    else if (key === "escape" && this.#down) this.lift();
    else return;
    event.preventDefault();
    this.#mark(true);
  }

  #step([columns, rows]) {
    const within = (cell) => Math.min(CELLS - 1, Math.max(0, cell));
    this.#column = within(this.#column + columns);
    this.#row = within(this.#row + rows);
    if (this.#down) {
      this.#drawing.extend(this.#point);
      this.#drawing.extended();
    }
    this.#tellCell("cell");
  }

  #toggle() {
    if (this.#down) {
      this.lift();
      return;
    }
    this.#down = true;
    this.#drawing.begin(this.#point);
    this.#tellPen();
  }

  #cell() {
    this.lift();
    this.#drawing.setCell(this.#column, this.#row, !this.#ink);
    this.#tellCell("set");
  }

  get #point() {
    return middle(this.#column, this.#row);
  }

  get #ink() {
    return this.#drawing.inkAt(this.#column, this.#row);
  }

  // The mark lies over the canvas, so it never gets into the picture.
  #mark(always = false) {
    const cursor = byId("cursor");
    const { x, y } = this.#point;
    cursor.style.left = `${(x / SIDE) * 100}%`;
    cursor.style.top = `${(y / SIDE) * 100}%`;
    cursor.classList.toggle("down", this.#down);
    cursor.classList.toggle("erasing", this.#drawing.erasing);
    show(always || this.#canvas.matches(":focus-visible"), cursor);
  }

  #tellPen() {
    this.#tell("pen", { down: this.#down, erasing: this.#drawing.erasing });
  }

  #tellCell(kind) {
    this.#tell(kind, { column: this.#column + 1, row: this.#row + 1, ink: this.#ink });
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
