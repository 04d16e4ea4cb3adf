// The model owner's table of guests: who is there, what they used, and a way to remove them.

import { ask } from "./ask.js";
import { byId, make, show } from "./dom.js";
import * as format from "./format.js";
import { host as text } from "./strings.js";

/** Fills #guests. */
export class GuestTable {
  #rows = new Map();
  #trust = new Map();
  #remove;
  #allow;
  #asking = true;

  /**
   * `remove` is called with the number of a guest whom the person wants out, `allow` with that of
   * one that asks and whether its pictures may be classified.
   */
  constructor({ remove, allow }) {
    this.#remove = remove;
    this.#allow = allow;
  }

  /** Whether guests that ask can be answered. */
  set asking(asking) {
    this.#asking = asking;
    for (const row of this.#rows.values()) this.#showAnswers(row);
  }

  /** Shows a guest, or what changed about it. */
  update({ id, state, classified, allowed, asking }) {
    const row = this.#rows.get(id) ?? this.#add(id);
    row.element.className = state;
    const said = text.guest[state] ?? state;
    row.state.textContent = typeof said === "function" ? said(asking) : said;
    this.#showAnswers(row);
    row.used.textContent = text.used(format.number(classified), format.number(allowed));
    // A button that vanishes under the focus would lose the person's place on the page.
    const focused = document.activeElement === row.button;
    show(state !== "left", row.button);
    if (focused && state === "left") byId("guests-title").focus();
  }

  /** Shows whether the link with a guest is verified; `null` where there is no link. */
  setTrust(id, trust) {
    this.#trust.set(id, trust);
    const row = this.#rows.get(id);
    if (row) this.#showTrust(row, trust);
  }

  clear() {
    this.#rows.clear();
    this.#trust.clear();
    byId("guests").replaceChildren();
    this.#showTable();
  }

  #add(id) {
    const button = make("button", {
      type: "button",
      className: "quiet remove",
      textContent: text.remove,
    });
    button.setAttribute("aria-label", text.removeGuest(id));
    button.title = text.removeGuest(id);
    button.dataset.testid = `remove-${id}`;
    button.addEventListener("click", async () => {
      if (await ask(text.sure(id))) this.#remove(id);
    });
    const answer = (allow) => {
      const one = make("button", {
        type: "button",
        className: allow ? "primary" : "quiet",
        textContent: allow ? text.allow : text.deny,
      });
      one.setAttribute("aria-label", allow ? text.allowGuest(id) : text.denyGuest(id));
      one.dataset.testid = `${allow ? "allow" : "deny"}-${id}`;
      one.addEventListener("click", () => {
        this.#allow(id, allow);
        byId("guests-title").focus();
      });
      return one;
    };
    const row = {
      button,
      answers: make("span", { className: "answers" }, answer(true), answer(false)),
      state: make("span", { className: "state" }),
      trust: make("span", { className: "trust" }),
      used: make("td"),
    };
    row.element = make(
      "tr",
      {},
      make("th", { scope: "row", textContent: String(id) }),
      make("td", {}, row.state, row.answers),
      make("td", {}, row.trust),
      row.used,
      make("td", { className: "number" }, button),
    );
    row.element.dataset.testid = `guest-${id}`;
    this.#rows.set(id, row);
    this.#showTrust(row, this.#trust.get(id) ?? null);
    byId("guests").append(row.element);
    this.#showTable();
    return row;
  }

  #showAnswers({ element, answers }) {
    show(this.#asking && element.className === "asking", answers);
  }

  #showTrust(row, trust) {
    row.trust.textContent = text.verified[trust] ?? text.verified.none;
    row.trust.dataset.trust = trust ?? "none";
  }

  #showTable() {
    show(this.#rows.size > 0, byId("guest-table"));
    show(this.#rows.size === 0, byId("no-guests"));
  }
}
