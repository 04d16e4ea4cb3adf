// The results of this tab, newest first. They are kept nowhere but in the page itself.

import { byId, make, show } from "./dom.js";
import * as format from "./format.js";
import { announce } from "./notices.js";
import { showPicture } from "./preview.js";
import { draw as text } from "./strings.js";

const MOST = 100;
const SIDE = 28;

/** Fills #history and #results. */
export class Results {
  #list = byId("results");
  // Whose entry is the newest.
  #newest = null;

  constructor() {
    byId("forget-results").addEventListener("click", () => this.#forget());
  }

  /**
   * Adds the result of a picture { pixels, drawing, follows, name }. Where the class follows the drawing,
   * the newest result of a drawing takes the place of the one before.
   */
  add({ pixels, drawing, follows, name }, result) {
    const again = follows && this.#newest?.follows && this.#newest.drawing === drawing;
    if (again) this.#list.firstElementChild.remove();
    this.#list.prepend(entry(pixels, result, name));
    this.#newest = { drawing, follows };
    if (this.#list.children.length > MOST) this.#list.lastElementChild.remove();
    show(true, byId("history"));
  }

  #forget() {
    this.#newest = null;
    this.#list.replaceChildren();
    show(false, byId("history"));
    byId("main").focus({ preventScroll: true });
    announce(text.forgotten);
  }
}

function entry(pixels, result, name) {
  const canvas = make("canvas", { width: SIDE, height: SIDE });
  canvas.setAttribute("aria-hidden", "true");
  showPicture(canvas.getContext("2d"), pixels);
  const now = new Date();
  const time = make("time", { dateTime: now.toISOString(), textContent: format.clock(now) });
  const facts = make(
    "span",
    { className: "note" },
    name ? `${name} · ` : "",
    time,
    ` · ${format.duration(result.onlineMs)} · ${text.trips(result.roundTrips)}`,
  );
  return make("li", {}, canvas, make("strong", { textContent: result.label }), " ", facts);
}
