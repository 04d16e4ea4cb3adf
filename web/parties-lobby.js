// Who has which of the compute parties' seats.

import { make } from "./dom.js";
import { lobby as text } from "./parties-words.js";

const SEAT = /^compute-party-(\d+)$/;

/** Fills an element with the seats, as links come and go. */
export class Lobby {
  #seats;
  #count = make("p", { className: "note" });
  // The links with the other parties, and the seat of this tab if it has one.
  #links = new Map();
  #own = null;

  constructor(root, parties) {
    const seats = Array.from({ length: parties }, (_, index) => this.#seat(index + 1));
    this.#seats = new Map(seats.map((seat, index) => [index + 1, seat]));
    this.#count.setAttribute("role", "status");
    this.#count.dataset.testid = "lobby-count";
    root.replaceChildren(
      make("h2", { id: "lobby-title", textContent: text.title }),
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
    return { element, state };
  }

  #show() {
    let here = 0;
    for (const [number, { element, state }] of this.#seats) {
      const link = this.#links.get(number);
      const kind = this.#own === number ? "own" : !link ? "free" : link.online ? "here" : "lost";
      element.className = kind;
      state.textContent = kind === "here" ? text.here[link.trust] : text[kind];
      here += kind === "own" || kind === "here" ? 1 : 0;
    }
    const said = text.count(here, this.#seats.size);
    if (this.#count.textContent !== said) this.#count.textContent = said;
  }
}
