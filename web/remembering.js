// Remembering a room, taking up hosting again, and forgetting it.

import { ask } from "./ask.js";
import { byId, show } from "./dom.js";
import { time } from "./format.js";
import { announce, message } from "./notices.js";
import * as saved from "./saved-room.js";
import { host as text } from "./strings.js";

/** Wires #saved, the offer to take up hosting again, and #forget-now, which stands beside "stop". */
export class Remembering {
  // The room that is hosted and remembered now, whether it is stored, and how to let go of it.
  #hosted = null;
  #stored = false;
  #release = () => {};
  // The room that is offered.
  #offered = null;
  // One after the other: the last secrets must be the ones that stay.
  #queue = Promise.resolve();

  /** `takeUp` is called with the room that was remembered. */
  constructor(takeUp) {
    byId("take-up").addEventListener("click", () => takeUp(this.#offered));
    byId("forget").addEventListener("click", () => this.#forget());
    byId("forget-now").addEventListener("click", () => this.#forget());
  }

  /** Whether the room that is hosted now is remembered. */
  get on() {
    return this.#hosted !== null;
  }

  /** Shows the room that is remembered, if there is one and none is hosted. */
  async offer() {
    await this.#queue;
    this.#offered = await saved.load().catch(() => null);
    if (this.#offered) {
      const { title, time: when } = this.#offered;
      byId("saved-note").textContent = text.remembered(title, time(when));
    }
    show(this.#offered !== null, byId("saved"));
  }

  /** Hosting begins, with the room that was offered or with another; it is remembered if `on`. */
  async begin(on, room) {
    if (on) {
      const release = await saved.hold();
      if (!release) throw new Error(text.hostedElsewhere);
      this.#release = release;
      this.#hosted = room;
      this.#stored = room === this.#offered;
    }
    show(false, byId("saved"));
    show(on, byId("forget-now"));
  }

  /** The room's secrets as they are from now on. */
  keep(bytes) {
    const room = this.#hosted;
    if (!room) return;
    this.#queue = this.#queue.then(async () => {
      // It may have been forgotten, or given up, while this waited.
      if (this.#hosted !== room) return;
      try {
        await (this.#stored ? saved.saveSecrets(bytes) : saved.save(room, bytes));
        this.#stored = true;
      } catch (error) {
        this.#letGo();
        message(text.notRemembered(error.message));
      }
    });
  }

  /** Hosting ends. */
  async end() {
    await this.#queue;
    this.#letGo();
    await this.offer();
  }

  #letGo() {
    this.#hosted = null;
    this.#release();
    this.#release = () => {};
    show(false, byId("forget-now"));
  }

  async #forget() {
    if (!(await ask(text.forget))) return;
    this.#letGo();
    await this.#queue;
    try {
      await saved.forget();
    } catch (error) {
      message(text.notForgotten(error.message));
      return;
    }
    this.#offered = null;
    show(false, byId("saved"));
    announce(text.forgotten);
    byId(byId("hosting").hidden ? "main" : "stop").focus();
  }
}
