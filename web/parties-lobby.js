// Who has which of the compute parties' seats.

import { ask } from "./ask.js";
import { make } from "./dom.js";
import { lobby as text } from "./parties-words.js";

const SEAT = /^compute-party-(\d+)$/;

/** Fills an element with the seats, as links come and go. */
export class Lobby {
  #seats;
  #count = make("p", { className: "note" });
  #title = make("h2", { id: "lobby-title", tabIndex: -1, textContent: text.title });
  // The links with the other parties, and the seat of this tab if it has one.
  #links = new Map();
  #own = null;
  #free;

  /** `free`, where the person here may free seats, is called with the number of one. */
  constructor(root, parties, free = null) {
    this.#free = free;
    const seats = Array.from({ length: parties }, (_, index) => this.#seat(index + 1));
    this.#seats = new Map(seats.map((seat, index) => [index + 1, seat]));
    this.#count.setAttribute("role", "status");
    this.#count.dataset.testid = "lobby-count";
    root.replaceChildren(
      this.#title,
      this.#count,
      make("ol", { className: "seats" }, ...seats.map(({ element }) => element)),
    );
    this.#show();
  }

  /** A link came or changed. */
  update(link) {
    const [, seat] = SEAT.exec(link.peer) ?? [];
    if (!seat) return;
    this.#links.set(Number(seat), link);
    this.#show();
  }

  /** A link is gone. */
  remove(peer) {
    const [, seat] = SEAT.exec(peer) ?? [];
    if (seat && this.#links.delete(Number(seat))) this.#show();
  }

  /** The seat of this tab, or null. */
  set own(seat) {
    this.#own = seat;
    this.#show();
  }

  #seat(number) {
    const state = make("span", { className: "seat-state" });
    const name = make("strong", { textContent: text.seat(number) });
    const element = make("li", {}, name, state);
    element.dataset.testid = `seat-${number}`;
    if (!this.#free) return { element, state };
    const button = make("button", { type: "button", textContent: text.freeSeat, hidden: true });
    button.setAttribute("aria-label", `${text.freeSeat}: ${text.seat(number)}`);
    button.dataset.testid = `free-seat-${number}`;
    button.addEventListener("click", () => this.#ask(number));
    element.append(button);
    return { element, state, button };
  }

  async #ask(number) {
    const { digits } = this.#links.get(number);
    const sure = await ask(text.sure(text.seat(number)));
    // Meanwhile somebody else may be in it.
    if (sure && this.#links.get(number)?.digits === digits) this.#free(number);
  }

  #show() {
    let here = 0;
    for (const [number, { element, state, button }] of this.#seats) {
      const link = this.#links.get(number);
      const kind = this.#own === number ? "own" : !link ? "free" : link.online ? "here" : "lost";
      element.className = kind;
      state.textContent = kind === "here" ? text.here[link.trust] : text[kind];
      if (button) {
        // Who is at a button that goes is taken to the title above.
        const focused = document.activeElement === button;
        button.hidden = kind === "free";
        if (focused && button.hidden) this.#title.focus();
      }
      here += kind === "own" || kind === "here" ? 1 : 0;
    }
    const said = text.count(here, this.#seats.size);
    if (this.#count.textContent !== said) this.#count.textContent = said;
  }
}
