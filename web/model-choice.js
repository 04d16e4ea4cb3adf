// Choosing the model to host: one of the bundled ones, or an ONNX file of one's own.

import { byId, make, show } from "./dom.js";
import * as format from "./format.js";
import { clearError, error } from "./notices.js";
import { host as text } from "./strings.js";
import { listenForDrops } from "./upload.js";

const MOST_BYTES = 256_000_000;

// Cheap to prepare and quick to answer: the one for a first try.
const FIRST_CHOICE = "mnist-mlp";

/** Wires the fields of the choice. */
export class ModelChoice {
  #select = byId("model-select");
  #bundled = [];
  #own = null;
  #onChange;

  /** `onChange` is called whenever another model is chosen. */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#loadList();
    this.#select.addEventListener("change", () => this.#take(null));
    byId("model-file").addEventListener("change", ({ target }) => {
      const files = [...target.files];
      // So that the same files can be chosen again.
      target.value = "";
      if (files.length > 0) this.#takeFiles(files);
    });
    byId("own-clear").addEventListener("click", () => {
      this.#take(null);
      this.#select.focus();
    });
    listenForDrops(byId("setup"), (files) => this.#takeFiles(files));
  }

  /**
   * The chosen model as { model: { name, bytes, data }, title }, where data are the files of its
   * weights as { name, bytes }; rejects with a sentence.
   */
  async load() {
    if (this.#own) {
      const [own, ...beside] = await Promise.all(this.#own.map(read));
      const name = own.name.replace(/\.onnx$/i, "");
      return { model: { name, bytes: own.bytes, data: beside }, title: own.name };
    }
    const entry = this.#chosen;
    if (!entry) throw new Error(text.choose);
    const file = new URL(`models/${entry.file}`, import.meta.url);
    const response = await fetch(file).catch(() => null);
    if (!response?.ok) throw new Error(text.noModel(entry.title));
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { model: { name: entry.name, bytes, data: [] }, title: entry.title };
  }

  get #chosen() {
    return this.#bundled.find(({ name }) => name === this.#select.value);
  }

  async #loadList() {
    try {
      const response = await fetch(new URL("models/index.json", import.meta.url));
      if (!response.ok) throw new Error(response.statusText);
      this.#bundled = await response.json();
      this.#select.replaceChildren(
        ...this.#bundled.map(({ name, title, accuracy }) =>
          make("option", { value: name, textContent: text.bundled(title, name, accuracy), selected: name === FIRST_CHOICE }),
        ),
      );
    } catch {
      error(text.noModels);
    }
    this.#show();
  }

  // One ONNX file, and the files of its weights beside it.
  #takeFiles(files) {
    clearError();
    const models = files.filter(isModel);
    const own = [...models, ...files.filter((file) => !isModel(file))];
    if (models.length === 0) error(text.notOnnx);
    else if (models.length > 1) error(text.severalModels);
    else if (size(own) > MOST_BYTES) error(text.tooManyBytes);
    else this.#take(own);
  }

  #take(files) {
    this.#own = files;
    this.#show();
  }

  #show() {
    const own = this.#own;
    const chosen = own ? undefined : this.#chosen;
    this.#select.disabled = own !== null || this.#bundled.length === 0;
    byId("own-name").textContent = own
      ? text.fileChosen(
          own.map(({ name }) => name),
          format.bytes(size(own)),
        )
      : "";
    show(own !== null, byId("own"));
    byId("model-note").textContent = chosen ? text.chosen(chosen) : "";
    if (own || chosen) this.#onChange();
  }
}

function isModel({ name }) {
  return name.toLowerCase().endsWith(".onnx");
}

function size(files) {
  return files.reduce((sum, file) => sum + file.size, 0);
}

async function read(file) {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}
