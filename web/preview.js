// The 28 x 28 picture, exactly as it is shared: shown enlarged, pixel for pixel.

import { draw as text } from "./strings.js";

const SIDE = 28;

/** Keeps a prepared picture up to date with its source and shows it. */
export class Preview {
  #canvas;
  #context;
  #prepare;
  #running = null;
  #source = null;
  #pixels = null;
  #problem = text.blank;

  /** `prepare` turns image data into 784 pixels, or rejects. */
  constructor(canvas, prepare) {
    canvas.width = SIDE;
    canvas.height = SIDE;
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { willReadFrequently: true });
    this.#prepare = prepare;
    this.#show(null);
  }

  /** Shows what `source()` gives as image data; `null` stands for a blank picture. */
  update(source) {
    this.#source = source ?? (() => null);
    this.#running ??= this.#run();
  }

  /** The picture of the latest source, once it is prepared; rejects where there is none. */
  async pixels() {
    while (this.#running) await this.#running;
    if (!this.#pixels) throw new Error(this.#problem);
    return this.#pixels.slice();
  }

  // One picture is prepared at a time. Sources that were overtaken meanwhile are skipped.
  async #run() {
    // Not before the caller has noted that this runs: a blank picture is prepared at once.
    await null;
    while (this.#source) {
      const source = this.#source;
      this.#source = null;
      this.#problem = text.blank;
      try {
        const data = source();
        this.#show(data && (await this.#prepare(data)));
      } catch (error) {
        this.#problem = error.message;
        this.#show(null);
      }
    }
    this.#running = null;
  }

  #show(pixels) {
    this.#pixels = pixels;
    const image = new ImageData(SIDE, SIDE);
    for (let index = 0; index < SIDE * SIDE; index += 1) {
      image.data.fill(pixels?.[index] ?? 0, index * 4, index * 4 + 3);
      image.data[index * 4 + 3] = 255;
    }
    this.#context.putImageData(image, 0, 0);
    this.#canvas.setAttribute("aria-label", pixels ? describe(pixels) : text.previewBlank);
  }
}

function describe(pixels) {
  let inked = 0;
  let [left, top, right, bottom] = [SIDE, SIDE, 0, 0];
  pixels.forEach((value, index) => {
    if (value === 0) return;
    const [column, row] = [(index % SIDE) + 1, Math.floor(index / SIDE) + 1];
    inked += 1;
    [left, right] = [Math.min(left, column), Math.max(right, column)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
  });
  return text.preview(inked, left, top, right, bottom);
}
