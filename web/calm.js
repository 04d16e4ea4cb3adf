// What changes many times a second is shown and spoken calmly.

/** A condition that is shown once it has held for `ms`, and no longer once it has ended. */
export class Lasting {
  #ms;
  #show;
  #timer = null;

  constructor(ms, show) {
    this.#ms = ms;
    this.#show = show;
  }

  set(holds) {
    if (!holds) {
      clearTimeout(this.#timer);
      this.#timer = null;
      this.#show(false);
    } else {
      this.#timer ??= setTimeout(() => this.#show(true), this.#ms);
    }
  }
}

/** Says a text that differs from the one before, and at most one every `ms`: always the newest. */
export class Paced {
  #ms;
  #say;
  #said = null;
  #next = null;
  #timer = null;

  constructor(ms, say) {
    this.#ms = ms;
    this.#say = say;
  }

  say(text) {
    this.#next = text;
    if (this.#timer === null) this.#now();
  }

  /** Says nothing more, and the next text whatever it is. */
  reset() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#said = null;
    this.#next = null;
  }

  #now() {
    this.#timer = null;
    if (this.#next === null || this.#next === this.#said) return;
    this.#said = this.#next;
    this.#say(this.#said);
    this.#timer = setTimeout(() => this.#now(), this.#ms);
  }
}
