// The page's end of the worker. Every event of the worker arrives as an event of its kind, with its
// sentence in the page's language.

import { sentence, worker as words } from "./strings.js";

export class WorkerClient extends EventTarget {
  #worker;
  #asked = new Map();
  #lastAsked = 0;
  #loaded = "";

  /** Loads a module: "blindsight", or "parties" for rooms of compute parties. */
  constructor(name = "blindsight") {
    super();
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#receive(data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#receive({ kind: "error", problem: "noWorker", fatal: true });
    });
    this.load(name);
  }

  /** Loads another module for what comes, unless it is the same. */
  load(name) {
    if (name === this.#loaded) return;
    this.#loaded = name;
    this.#worker.postMessage({ call: "load", name });
  }

  /** Calls `handler` with each event of one kind. */
  on(kind, handler) {
    this.addEventListener(kind, ({ detail }) => handler(detail));
    return this;
  }

  /** Takes up a role: "data-owner", "model-owner", "helper" or, with "parties", "compute-party". */
  start(role, options) {
    document.documentElement.dataset.room = role;
    this.#worker.postMessage({ call: "start", role, options });
  }

  /** Classifies 784 pixels. The answer is an event "result" or "error". */
  classify(pixels) {
    this.#worker.postMessage({ call: "classify", pixels });
  }

  /** Drops the pictures that wait. The answer is an event "cancelled" with how many are under way. */
  cancel() {
    this.#worker.postMessage({ call: "cancel" });
  }

  /** Prepares a picture: resolves to 784 pixels, or rejects with the sentence that says why not. */
  picture({ width, height, data }) {
    return this.#ask({ call: "picture", width, height, rgba: data }, [data.buffer]);
  }

  /**
   * Looks at a model without hosting it: resolves to its plan, cost and proof, or rejects with the
   * sentence that says why it is refused. `parties` is how many compute parties there are, or null.
   */
  async inspect(model, parties) {
    const found = await this.#ask({ call: "inspect", model, parties }, []);
    return { ...found, proof: sentence(found.proof) };
  }

  /** A link as a QR code: resolves to the modules of a square, 1 for a dark one. */
  qr(link) {
    return this.#ask({ call: "qr", link }, []);
  }

  /** Says whether the safety words of the link with a peer match. If not, the link ends. */
  verify(peer, matches) {
    this.#worker.postMessage({ call: "verify", peer, matches });
  }

  /** Model owner: whether pictures wait to be allowed from now on. */
  askFirst(first) {
    this.#worker.postMessage({ call: "askFirst", first });
  }

  /** Model owner: allows the picture of a guest that asks, or does not. */
  allow(guest, allow) {
    this.#worker.postMessage({ call: "allow", guest, allow });
  }

  /** Model owner: takes a guest out of the room. */
  dismiss(guest) {
    this.#worker.postMessage({ call: "dismiss", guest });
  }

  /** Model owner: gives the seat of a compute party to somebody else. */
  freeSeat(seat) {
    this.#worker.postMessage({ call: "freeSeat", seat });
  }

  /** Asks for events "seen" and "relayed", of messages and frames, or for none any more. */
  watch(watched) {
    this.#worker.postMessage({ call: "watch", watched });
  }

  /** Alters a bit of the next message on its way. */
  tamper() {
    this.#worker.postMessage({ call: "tamper" });
  }

  /** Leaves the room. */
  stop() {
    delete document.documentElement.dataset.room;
    this.#worker.postMessage({ call: "stop" });
  }

  /** Leaves the room and ends the worker. */
  end() {
    this.stop();
    // What it still has to say goes out first.
    setTimeout(() => this.#worker.terminate(), 1000);
  }

  #ask(question, moved) {
    const id = ++this.#lastAsked;
    const answer = new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
    this.#worker.postMessage({ ...question, id }, moved);
    return answer;
  }

  #receive(said) {
    const event = inWords(said);
    if (event.kind === "answer" || event.kind === "refusal") {
      const waiting = this.#asked.get(event.id);
      this.#asked.delete(event.id);
      if (event.kind === "answer") waiting?.resolve(event.value);
      else waiting?.reject(new Error(event.text));
      return;
    }
    if (event.fatal || event.phase === "stopped") delete document.documentElement.dataset.room;
    if (event.fatal) {
      for (const { reject } of this.#asked.values()) reject(new Error(event.text));
      this.#asked.clear();
    }
    this.dispatchEvent(new CustomEvent(event.kind, { detail: event }));
  }
}

function inWords(event) {
  const { problem, text } = event;
  if (problem) {
    const said = words[problem];
    return { ...event, text: typeof said === "function" ? said(text) : said };
  }
  return text ? { ...event, text: sentence(text) } : event;
}
