// "See for yourself": what leaves this tab and what comes, from the real run. Off until it is opened,
// for showing costs time.

import { ask } from "./ask.js";
import { byId, make, show } from "./dom.js";
import * as format from "./format.js";
import { noise, picture, wordBytes } from "./noise.js";
import { see as text } from "./strings.js";

// Frames that are listed; older ones are only counted.
const MOST_FRAMES = 60;

/** Fills #see, a `details` element, with what one role sees. */
export class See {
  #client;
  #root = byId("see");
  #figures = make("div", { className: "see-figures" });
  #relayed = make("tbody");
  #totals = make("p", { className: "note" });
  #plan = null;
  #pixels = null;
  #number = null;
  #first = null;
  #counts = { frames: 0, bytes: 0 };

  /** `intro` says what there is to see; by itself it follows from the role of this tab. */
  constructor(client, role, intro = text.intro[role]) {
    this.#client = client;
    this.#build(intro);
    this.#root.addEventListener("toggle", () => client.watch(this.#root.open));
    client
      .on("seen", (message) => this.#seen(message))
      .on("relayed", (frame) => this.#frame(frame));
  }

  /** The public plan: it says how wide words are. */
  show(plan) {
    this.#plan = plan;
    show(true, this.#root);
  }

  /** The picture that is classified next, 8-bit pixels: it never leaves this tab like that. */
  begin(pixels) {
    this.#pixels = pixels;
  }

  #build(intro) {
    const tamper = make("button", { type: "button", textContent: text.tamper });
    tamper.dataset.testid = "tamper";
    tamper.addEventListener("click", async () => {
      if (await ask(text.sureTamper)) this.#client.tamper();
    });
    this.#figures.dataset.testid = "see-figures";
    this.#relayed.dataset.testid = "see-relayed";
    const heads = [text.time, text.direction, text.size].map((textContent) =>
      make("th", { scope: "col", textContent }),
    );
    const table = make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...heads)),
      this.#relayed,
    );
    const scroll = make("div", { className: "scroll see-scroll", tabIndex: 0 }, table);
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", text.relay);
    this.#root.append(
      make("p", { className: "note", textContent: intro }),
      this.#figures,
      make("h3", { textContent: text.relay }),
      make("p", { className: "note", textContent: text.relayNote }),
      this.#totals,
      scroll,
      make("h3", { textContent: text.tamperTitle }),
      make("p", { className: "note", textContent: text.tamperNote }),
      tamper,
    );
  }

  #seen(message) {
    if (message.masked.length === 0) return;
    if (message.number !== this.#number || (message.step === 0 && message.what === "masked value")) {
      this.#number = message.number;
      this.#figures.replaceChildren();
      if (this.#pixels) this.#add(picture(this.#pixels), text.own, "");
    }
    const width = this.#width(message);
    const title = text.what(message);
    const shown = message.what === "wins" ? spread(message.masked) : message.masked;
    this.#add(noise(shown, width), title, this.#counted(message, width));
    if (this.#pixels && message.sent && message.step === 0) {
      const mask = difference(message.masked, this.#pixels, width);
      this.#add(noise(mask, width), text.mask, text.maskNote);
    }
  }

  // Bytes of a word: those of the step's ring. The differences of logits are in the last one's.
  #width({ step, what }) {
    if (what === "wins") return 1;
    const layers = this.#plan?.layers ?? [];
    const layer = step === undefined ? layers.at(-1) : layers.find((one) => one.step === step + 1);
    return wordBytes(layer?.ring);
  }

  #counted({ masked, bytes }, width) {
    const words = format.number(Math.floor(masked.length / width));
    return text.words(words, width * 8, format.bytes(bytes));
  }

  #add(canvas, title, note) {
    canvas.setAttribute("aria-hidden", "true");
    const caption = make("figcaption", {}, make("strong", { textContent: title }));
    if (note) caption.append(" ", make("span", { className: "note", textContent: note }));
    this.#figures.append(make("figure", {}, canvas, caption));
  }

  #frame({ sent, bytes, at }) {
    this.#first ??= at;
    this.#counts.frames += 1;
    this.#counts.bytes += bytes;
    const { frames, bytes: total } = this.#counts;
    this.#totals.textContent = text.totals(format.number(frames), format.bytes(total));
    const cells = [
      format.duration(at - this.#first),
      sent ? text.out : text.in,
      format.bytes(bytes),
    ].map((textContent) => make("td", { textContent }));
    this.#relayed.prepend(make("tr", {}, ...cells));
    if (this.#relayed.children.length > MOST_FRAMES) this.#relayed.lastChild.remove();
  }
}

// Masked wins are numbers below the number of classes: as shades from black to white.
function spread(wins) {
  return wins.map((number) => (number * 255) / Math.max(1, wins.length - 1));
}

// What was added to each pixel: masked word less pixel, in the ring, little-endian.
function difference(masked, pixels, width) {
  const mask = masked.slice();
  pixels.forEach((pixel, index) => {
    let borrow = pixel;
    for (let byte = index * width; byte < (index + 1) * width && borrow > 0; byte += 1) {
      const left = mask[byte] - borrow;
      mask[byte] = left & 0xff;
      borrow = left < 0 ? 1 : 0;
    }
  });
  return mask;
}
