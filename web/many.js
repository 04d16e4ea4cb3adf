// Several pictures at once: each is prepared, then all are classified together.

import { byId, show } from "./dom.js";
import * as format from "./format.js";
import * as notices from "./notices.js";
import { many as text } from "./strings.js";
import { decode } from "./upload.js";

// More have better tools than a page.
const MOST = 500;

/** Fills #many, which shows how far it is and lets the person stop. */
export class Many {
  #client;
  #changed;
  // Handed over, and without a result: { pixels, name }.
  #waiting = [];
  #all = 0;
  #preparing = false;

  /** `changed` is called whenever `busy` may be another. */
  constructor(client, changed) {
    this.#client = client;
    this.#changed = changed;
    byId("many-stop").addEventListener("click", () => this.#stop());
  }

  /** Whether pictures are prepared or wait for their classes. */
  get busy() {
    return this.#preparing || this.#waiting.length > 0;
  }

  /** Has files classified, of which the model owner allows `left` more. */
  async classify(files, left) {
    if (files.length > MOST) return notices.error(text.tooMany(MOST));
    if (files.length > left) return notices.error(text.notAllowed(format.number(left)));
    this.#preparing = true;
    this.#all = files.length;
    this.#show();
    const pictures = [];
    for (const file of files) {
      try {
        const image = await decode(file);
        const data = image.getContext("2d").getImageData(0, 0, image.width, image.height);
        pictures.push({ pixels: await this.#client.picture(data), name: file.name });
      } catch (error) {
        notices.message(text.leftOut(file.name, error.message));
      }
      if (!this.#preparing) return undefined;
    }
    this.#preparing = false;
    this.#all = pictures.length;
    this.#waiting = pictures;
    for (const { pixels } of pictures) this.#client.classify(pixels);
    this.#show();
    return undefined;
  }

  /** The picture that the next result is of; undefined where it is none of these. */
  next() {
    const picture = this.#waiting.shift();
    if (picture) {
      this.#show();
      if (this.#waiting.length === 0) notices.announce(text.done(this.#all));
    }
    return picture;
  }

  /** Nothing more comes: the room is over, or one of them cannot be classified. */
  end() {
    this.#preparing = false;
    this.#waiting = [];
    this.#show();
  }

  // What is under way goes on to its results; nothing can be taken back of it.
  #stop() {
    if (this.#preparing) this.end();
    else this.#client.cancel();
    byId("main").focus({ preventScroll: true });
  }

  /** Only so many of those handed over will have a result. */
  keep(count) {
    this.#all -= this.#waiting.length - count;
    this.#waiting.length = count;
    this.#show();
  }

  #show() {
    const done = this.#preparing ? 0 : this.#all - this.#waiting.length;
    const bar = byId("many-bar");
    bar.max = Math.max(1, this.#all);
    bar.value = done;
    byId("many-text").textContent = this.#preparing
      ? text.preparing(this.#all)
      : text.progress(done, this.#all);
    show(this.busy, byId("many"));
    this.#changed();
  }
}
