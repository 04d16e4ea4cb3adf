// Drawing with a pen, a finger, a mouse or the keyboard: white strokes on black.

import { byId, show } from "./dom.js";

/** The side of the drawing, in its own units; a cell of the keyboard's grid has 10. */
export const SIDE = 280;

const CELL = 10;
// Pixels a unit, so that strokes stay sharp on dense screens.
const DENSITY = 2;

const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * A drawing on a canvas. Events: "change" after each change, "end" when a stroke or another change
 * is complete, "pen" with { down } when the keyboard's pen is put down or lifted.
 */
export class Drawing extends EventTarget {
  penWidth = 22;
  #canvas;
  #context;
  #strokes = [];
  #active = null;
  #pointer = null;
  #image = null;
  #cursor = { column: 13, row: 13, down: false };

  constructor(canvas) {
    super();
    canvas.width = SIDE * DENSITY;
    canvas.height = SIDE * DENSITY;
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { willReadFrequently: true });
    this.#redraw();
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(end, (event) => this.#up(event));
    }
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => this.#showCursor());
    canvas.addEventListener("blur", () => {
      this.#liftPen();
      show(false, byId("cursor"));
    });
  }

  get canUndo() {
    return this.#strokes.length > 0;
  }

  /** Whether there is nothing on the canvas. */
  get empty() {
    return this.#strokes.length === 0 && this.#image === null;
  }

  undo() {
    this.#strokes.pop();
    this.#active = null;
    this.#redraw();
    this.#changed();
    this.#ended();
  }

  clear() {
    this.#strokes = [];
    this.#active = null;
    this.#image = null;
    this.#liftPen();
    this.#redraw();
    this.#changed();
    this.#ended();
  }

  /** Shows an image instead of a drawing. The next stroke begins a new drawing. */
  showImage(image) {
    this.#strokes = [];
    this.#active = null;
    this.#image = image;
    this.#redraw();
  }

  /** The pixels of the drawing. */
  pixels() {
    return this.#context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #down(event) {
    if (!event.isPrimary || event.button !== 0 || this.#pointer !== null) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    show(false, byId("cursor"));
    this.#pointer = event.pointerId;
    // A pointer that is gone already cannot be captured; the stroke is drawn all the same.
    try {
      this.#canvas.setPointerCapture(event.pointerId);
    } catch {}
    this.#begin(this.#place(event));
  }

  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const step of events.length > 0 ? events : [event]) this.#extend(this.#place(step));
    this.#changed();
  }

  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    this.#active = null;
    this.#ended();
  }

  #place(event) {
    const box = this.#canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  }

  #begin(point) {
    if (this.#image) {
      this.#image = null;
      this.#redraw();
    }
    this.#active = { width: this.penWidth, points: [point] };
    this.#strokes.push(this.#active);
    this.#line(this.#active, 0);
    this.#changed();
  }

  #extend(point) {
    this.#active.points.push(point);
    this.#line(this.#active, this.#active.points.length - 1);
  }

  // Draws a stroke's line that ends at one of its points; the first point alone is a dot.
  #line({ width, points }, index) {
    const from = points[Math.max(0, index - 1)];
    const to = points[index];
    const context = this.#context;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }

  #redraw() {
    const context = this.#context;
    context.setTransform(DENSITY, 0, 0, DENSITY, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    context.strokeStyle = "#fff";
    context.lineCap = "round";
    context.lineJoin = "round";
    if (this.#image) {
      const { width, height } = this.#image;
      const scale = SIDE / Math.max(width, height);
      const [w, h] = [width * scale, height * scale];
      context.imageSmoothingEnabled = scale < 1;
      context.drawImage(this.#image, (SIDE - w) / 2, (SIDE - h) / 2, w, h);
    }
    for (const stroke of this.#strokes) {
      for (let index = 0; index < stroke.points.length; index += 1) this.#line(stroke, index);
    }
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || this.#pointer !== null) return;
    const arrow = ARROWS[event.key];
    if (arrow) this.#step(arrow);
    else if (event.key === " ") this.#togglePen();
    else if (event.key === "Escape" && this.#cursor.down) this.#liftPen();
    else return;
    event.preventDefault();
    this.#showCursor(true);
  }

  #step([columns, rows]) {
    const within = (cell) => Math.min(SIDE / CELL - 1, Math.max(0, cell));
    this.#cursor.column = within(this.#cursor.column + columns);
    this.#cursor.row = within(this.#cursor.row + rows);
    if (this.#cursor.down && this.#active) {
      this.#extend(this.#cursorPoint());
      this.#changed();
    }
  }

  #togglePen() {
    if (this.#cursor.down) {
      this.#liftPen();
      return;
    }
    this.#cursor.down = true;
    this.#begin(this.#cursorPoint());
    this.#pen();
  }

  #liftPen() {
    if (!this.#cursor.down) return;
    this.#cursor.down = false;
    this.#active = null;
    this.#pen();
    this.#ended();
  }

  #cursorPoint() {
    return {
      x: (this.#cursor.column + 0.5) * CELL,
      y: (this.#cursor.row + 0.5) * CELL,
    };
  }

  // The ring that marks the keyboard's pen lies over the canvas, so it never gets into the picture.
  #showCursor(always = false) {
    const cursor = byId("cursor");
    const { x, y } = this.#cursorPoint();
    cursor.style.left = `${(x / SIDE) * 100}%`;
    cursor.style.top = `${(y / SIDE) * 100}%`;
    cursor.classList.toggle("down", this.#cursor.down);
    show(always || this.#canvas.matches(":focus-visible"), cursor);
  }

  #pen() {
    this.dispatchEvent(new CustomEvent("pen", { detail: { down: this.#cursor.down } }));
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #ended() {
    this.dispatchEvent(new Event("end"));
  }
}
