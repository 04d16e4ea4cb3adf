// The switch that lets the class follow the drawing.

import { Lasting } from "./calm.js";
import { byId } from "./dom.js";
import * as format from "./format.js";
import { announce } from "./notices.js";
import { samePicture } from "./preview.js";
import { live as text } from "./strings.js";

// How long nothing may be prepared before the page says so, in milliseconds.
const PATIENCE = 400;

/**
 * Has the newest picture classified whenever nothing is under way and it is another one than the
 * last. Event: "change" when the switch is turned, by the person or by itself.
 */
export class Live extends EventTarget {
  #switch = byId("live");
  #picture;
  #classify;
  #now = { able: false, online: false, busy: false, prepared: 0, left: Infinity };
  #last = null;
  #waiting = new Lasting(PATIENCE, (waits) => this.#say(waits ? text.waiting : this.#calm));
  #calm = "";

  /**
   * `picture` gives the picture as it is now, or null; `classify` begins to classify one, and
   * must call `update` with `busy`.
   */
  constructor({ picture, classify }) {
    super();
    this.#picture = picture;
    this.#classify = classify;
    this.#switch.addEventListener("change", () => {
      if (this.on) this.#begin();
      else this.#end("");
    });
  }

  get on() {
    return this.#switch.checked;
  }

  /**
   * Says how things stand: whether pictures can be classified (`able`), whether there is a line to
   * the model owner (`online`), whether one is under way (`busy`), how many classifications are
   * `prepared`, and how many are `left` of the budget. Where they cannot, the switch turns itself
   * off.
   */
  update(now) {
    this.#now = now;
    const count = Number.isFinite(now.left) ? text.left(format.number(now.left)) : "";
    byId("live-left").textContent = count;
    this.#switch.disabled = !now.able;
    if (!this.on || now.able) this.next();
    else if (now.left === 0) this.stop(text.usedUp);
    else this.stop(now.online ? text.notReady : text.lost);
  }

  /** Has the newest picture classified, if it is another one and nothing is under way. */
  next() {
    const { busy, prepared } = this.#now;
    if (!this.on || busy) return;
    const picture = this.#picture();
    const changed = picture !== null && !(this.#last && samePicture(picture.pixels, this.#last));
    this.#calm = picture ? text.follows : text.blank;
    this.#waiting.set(changed && prepared === 0);
    if (!changed || prepared === 0) return;
    this.#last = picture.pixels;
    this.#classify(picture);
  }

  /** Turns the switch off, and says why. */
  stop(reason) {
    if (!this.on) return;
    this.#switch.checked = false;
    this.#end(reason);
    announce(reason);
  }

  #begin() {
    this.#last = null;
    this.dispatchEvent(new Event("change"));
    this.next();
  }

  #end(reason) {
    this.#calm = reason;
    this.#waiting.set(false);
    this.dispatchEvent(new Event("change"));
  }

  #say(sentence) {
    const element = byId("live-state");
    if (element.textContent !== sentence) element.textContent = sentence;
  }
}
