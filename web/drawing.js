// Drawing with a pen, a finger or a mouse: white strokes on black, or a loaded picture.

import { SIDE, blank, middle, paint, paintStep } from "./strokes.js";

// Pixels a unit, so that strokes stay sharp on dense screens.
const DENSITY = 2;

const MOST_UNDO = 100;

// How much broader the eraser is than the pen, in units.
const RIM = 4;

/**
 * A drawing on a canvas. Events: "change" after each change, "end" when a stroke or another change
 * is complete.
 */
export class Drawing extends EventTarget {
  penWidth = 22;
  /** Whether strokes erase instead of putting ink. */
  erasing = false;
  #canvas;
  #context;
  #state = { strokes: [], image: null, number: 0 };
  #past = [];
  #lastNumber = 0;
  #active = null;
  #pointer = null;

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
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  /** Whether there is nothing on the canvas. */
  get empty() {
    return this.#state.strokes.length === 0 && this.#state.image === null;
  }

  /** Whether a pointer draws just now. */
  get held() {
    return this.#pointer !== null;
  }

  /** Which drawing this is: another one after the canvas was empty, or after all was replaced. */
  get number() {
    return this.#state.number;
  }

  /** Takes back the last stroke, picture, sample or clearing. */
  undo() {
    const before = this.#past.pop();
    if (!before) return;
    this.#active = null;
    this.#state = before;
    this.#redraw();
    this.#changed();
    this.#ended();
  }

  clear() {
    if (!this.empty) this.#replace([], null);
  }

  /** Shows an image, as a canvas, instead of the drawing. The next stroke begins a new drawing. */
  showImage(image) {
    this.#replace([], image);
  }

  /** Shows other strokes instead of the drawing. */
  showStrokes(strokes) {
    this.#replace(strokes, null);
  }

  /** The pixels of the drawing; those of an image as fine as it came. */
  pixels() {
    const { image } = this.#state;
    if (!image) return this.#context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
    return image.getContext("2d").getImageData(0, 0, image.width, image.height);
  }

  /** Whether there is ink in the middle of a cell. */
  inkAt(column, row) {
    const { x, y } = middle(column, row);
    return this.#context.getImageData(x * DENSITY, y * DENSITY, 1, 1).data[0] > 127;
  }

  /** Begins a stroke. With nothing to erase there is none. */
  begin(point) {
    const { empty, erasing: erases } = this;
    if (erases && (empty || this.#state.image)) return;
    // The soft rim of the ink goes too.
    const width = this.penWidth + (erases ? RIM : 0);
    this.#active = { width, points: [point], erases };
    this.#add(this.#active);
  }

  /** Takes the stroke on to a point. */
  extend(point) {
    if (!this.#active) return;
    this.#active.points.push(point);
    paintStep(this.#context, this.#active, this.#active.points.length - 1);
  }

  /** Says that the stroke is longer than before. */
  extended() {
    if (this.#active) this.#changed();
  }

  end() {
    this.#active = null;
    this.#ended();
  }

  /** Puts ink into one whole cell, or takes it out. */
  setCell(column, row, ink) {
    this.#add({ cell: { column, row }, erases: !ink });
    this.#ended();
  }

  #down(event) {
    if (!event.isPrimary || event.button !== 0 || this.#pointer !== null) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.#pointer = event.pointerId;
    // A pointer that is gone already cannot be captured; the stroke is drawn all the same.
    try {
      this.#canvas.setPointerCapture(event.pointerId);
    } catch {}
    this.begin(this.#place(event));
  }

  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    // All the places between two frames, where the browser tells them: quick strokes stay round.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const step of events.length > 0 ? events : [event]) this.extend(this.#place(step));
    this.extended();
  }

  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    this.end();
  }

  #place(event) {
    const box = this.#canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  }

  // Puts one more stroke upon the drawing, or begins a new one with it.
  #add(stroke) {
    const anew = this.empty || this.#state.image !== null;
    this.#remember();
    if (anew) {
      this.#state = { strokes: [stroke], image: null, number: ++this.#lastNumber };
      this.#redraw();
    } else {
      this.#state = { ...this.#state, strokes: [...this.#state.strokes, stroke] };
      paint(this.#context, stroke);
    }
    this.#changed();
  }

  #replace(strokes, image) {
    this.#active = null;
    this.#remember();
    this.#state = { strokes, image, number: ++this.#lastNumber };
    this.#redraw();
    this.#changed();
    this.#ended();
  }

  #remember() {
    this.#past.push(this.#state);
    if (this.#past.length > MOST_UNDO) this.#past.shift();
  }

  #redraw() {
    const context = this.#context;
    blank(context);
    const { image, strokes } = this.#state;
    if (image) {
      const { width, height } = image;
      const scale = SIDE / Math.max(width, height);
      const [w, h] = [width * scale, height * scale];
      context.imageSmoothingEnabled = scale < 1;
      context.drawImage(image, (SIDE - w) / 2, (SIDE - h) / 2, w, h);
    }
    for (const stroke of strokes) paint(context, stroke);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #ended() {
    this.dispatchEvent(new Event("end"));
  }
}
