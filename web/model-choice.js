// Choosing the model to host: one of the bundled ones, or an ONNX file of one's own.

import { byId, make, show } from "./dom.js";
import * as format from "./format.js";
import { clearError, error } from "./notices.js";
import { host as text } from "./strings.js";
import { listenForDrops } from "./upload.js";

const MOST_BYTES = 256_000_000;

/** Wires the fields of the choice. */
export class ModelChoice {
  #select = byId("model-select");
  #bundled = [];
  #own = null;

  constructor() {
    this.#loadList();
    this.#select.addEventListener("change", () => this.#take(null));
    byId("model-file").addEventListener("change", ({ target }) => {
      const [file] = target.files;
      // So that the same file can be chosen again.
      target.value = "";
      if (file) this.#takeFile(file);
    });
    byId("own-clear").addEventListener("click", () => {
      this.#take(null);
      this.#select.focus();
    });
    listenForDrops(byId("setup"), (file) => this.#takeFile(file));
  }

  /** The chosen model as { model: { name, bytes }, title }; rejects with a sentence. */
  async load() {
    if (this.#own) {
      const name = this.#own.name.replace(/\.onnx$/i, "");
      const bytes = new Uint8Array(await this.#own.arrayBuffer());
      return { model: { name, bytes }, title: this.#own.name };
    }
    const entry = this.#chosen;
    if (!entry) throw new Error(text.choose);
    const response = await fetch(`models/${entry.file}`).catch(() => null);
    if (!response?.ok) throw new Error(text.noModel(entry.title));
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { model: { name: entry.name, bytes }, title: entry.title };
  }

  get #chosen() {
    return this.#bundled.find(({ name }) => name === this.#select.value);
  }

  async #loadList() {
    try {
      const response = await fetch("models/index.json");
      if (!response.ok) throw new Error(response.statusText);
      this.#bundled = await response.json();
      this.#select.replaceChildren(
        ...this.#bundled.map(({ name, title }) =>
          make("option", { value: name, textContent: title }),
        ),
      );
    } catch {
      error(text.noModels);
    }
    this.#show();
  }

  #takeFile(file) {
    clearError();
    if (!file.name.toLowerCase().endsWith(".onnx")) error(text.notOnnx);
    else if (file.size > MOST_BYTES) error(text.tooManyBytes);
    else this.#take(file);
  }

  #take(file) {
    this.#own = file;
    this.#show();
  }

  #show() {
    const own = this.#own;
    const accuracy = own ? undefined : this.#chosen?.accuracy;
    this.#select.disabled = own !== null || this.#bundled.length === 0;
    byId("own-name").textContent = own ? text.fileChosen(own.name, format.bytes(own.size)) : "";
    show(own !== null, byId("own"));
    byId("model-note").textContent = accuracy ? text.accuracy(accuracy) : "";
  }
}
