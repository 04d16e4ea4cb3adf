// One encrypted link: with whom, the safety words, and what the person says of them.

import { make } from "./dom.js";
import { links as text } from "./strings.js";

/** A link's entry in the list. */
export class LinkCard {
  element = make("li", { className: "link" });
  link = null;
  #own;
  #judge;
  #title = make("h3", { tabIndex: -1 });
  #trust = make("p", { className: "trust" });
  #line = make("p", { className: "note" });
  #body = make("div", { className: "link-body" });

  /** `judge` is called with whether the words match; `own` is the role of this tab. */
  constructor(own, judge) {
    this.#own = own;
    this.#judge = judge;
    const head = make("div", { className: "link-head" }, this.#title, this.#trust);
    this.element.append(head, this.#line, this.#body);
  }

  update(link) {
    const before = this.link;
    this.link = link;
    this.element.className = `link ${link.role}`;
    this.element.dataset.trust = link.trust;
    this.element.dataset.testid = `link-${link.peer}`;
    const dot = make("span", { className: `dot ${link.role}` });
    this.#title.replaceChildren(dot, text.name(link));
    this.#trust.textContent = text.trust[link.trust];
    this.#line.textContent = link.online ? text.online : text.offline;
    this.#line.classList.toggle("offline", !link.online);
    if (before?.trust === link.trust && before.digits === link.digits) {
      for (const button of this.#buttonsNow) button.disabled = false;
      return;
    }
    // The buttons are made anew: who was at one of them is taken to the title above.
    const focused = this.#body.contains(document.activeElement);
    this.#body.replaceChildren(...this.#content(link));
    if (focused) this.#title.focus();
  }

  /** The person has answered; until the link itself changes there is nothing more to press. */
  wait() {
    for (const button of this.#buttonsNow) button.disabled = true;
    this.#title.focus();
  }

  get #buttonsNow() {
    return this.#body.querySelectorAll("button");
  }

  #content(link) {
    const words = make(
      "ol",
      { className: "words" },
      ...link.words.map((word) => make("li", { textContent: word })),
    );
    words.setAttribute("aria-label", text.words);
    const digits = make(
      "p",
      { className: "digits" },
      make("span", { className: "note", textContent: `${text.digits} ` }),
      make("span", { className: "value", textContent: link.digits }),
    );
    if (link.trust === "unverified") {
      const how = make("p", { textContent: text.how(link, this.#own) });
      return [how, words, digits, this.#buttons(true)];
    }
    const fold = make("details", {}, make("summary", { textContent: text.show }), words, digits);
    if (link.trust === "verified") fold.append(this.#buttons(false));
    return [make("p", { className: "note", textContent: text.explain(link, this.#own) }), fold];
  }

  #buttons(both) {
    const button = (matches, className) => {
      const textContent = matches ? text.match : text.noMatch;
      const element = make("button", { type: "button", className, textContent });
      element.setAttribute("aria-label", `${textContent}: ${text.name(this.link)}`);
      element.dataset.testid = `${matches ? "match" : "differ"}-${this.link.peer}`;
      element.addEventListener("click", () => this.#judge(matches));
      return element;
    };
    const tools = make("div", { className: "tools" }, button(false, ""));
    if (both) tools.prepend(button(true, "primary"));
    return tools;
  }
}
