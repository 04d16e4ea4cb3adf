// The 28 x 28 picture, exactly as it is shared: shown enlarged, pixel for pixel.

import { draw as text } from "./strings.js";

const SIDE = 28;

/** Shows a picture of 784 pixels on a context of 28 x 28; `null` stands for a blank one. */
export function showPicture(context, pixels) {
  const image = new ImageData(SIDE, SIDE);
  for (let index = 0; index < SIDE * SIDE; index += 1) {
    image.data.fill(pixels?.[index] ?? 0, index * 4, index * 4 + 3);
    image.data[index * 4 + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Whether two pictures are the same, pixel for pixel. */
export function samePicture(one, other) {
  return one.every((value, index) => value === other[index]);
}

/**
 * Keeps a prepared picture up to date with its source and shows it. Event: "picture" whenever
 * `current` may be another one.
 */
export class Preview extends EventTarget {
  #canvas;
  #context;
  #prepare;
  #running = null;
  #source = null;
  #preparing = false;
  #current = null;
  #problem = text.blank;

  /** `prepare` turns image data into 784 pixels, or rejects. */
  constructor(canvas, prepare) {
    super();
    canvas.width = SIDE;
    canvas.height = SIDE;
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { willReadFrequently: true });
    this.#prepare = prepare;
    this.#show(null);
  }

  /**
   * Shows what `source()` gives as image data; `null` stands for a blank picture. `drawing` is the
   * number of the drawing that it is a picture of.
   */
  update(source, drawing) {
    this.#source = { take: source ?? (() => null), drawing };
    this.#running ??= this.#run();
  }

  /** The picture that is shown, { pixels, drawing }; `null` where there is none. */
  get current() {
    return this.#current;
  }

  /** Whether the source has not changed since the picture that is shown. */
  get settled() {
    return this.#source === null && !this.#preparing;
  }

  /** The picture of the latest source, once it is prepared; rejects where there is none. */
  async latest() {
    while (this.#running) await this.#running;
    if (!this.#current) throw new Error(this.#problem);
    return this.#current;
  }

  // One picture is prepared at a time. Sources that were overtaken meanwhile are skipped.
  async #run() {
    // Not before the caller has noted that this runs: a blank picture is prepared at once.
    await null;
    while (this.#source) {
      const { take, drawing } = this.#source;
      this.#source = null;
      this.#preparing = true;
      this.#problem = text.blank;
      try {
        const data = take();
        this.#show(data && (await this.#prepare(data)), drawing);
      } catch (error) {
        this.#problem = error.message;
        this.#show(null);
      }
      this.#preparing = false;
      this.dispatchEvent(new Event("picture"));
    }
    this.#running = null;
  }

  #show(pixels, drawing) {
    this.#current = pixels && { pixels, drawing };
    showPicture(this.#context, pixels);
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
