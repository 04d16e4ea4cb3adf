// The encrypted links of this tab: with whom, and whether two people made sure of it.

import { ask } from "./ask.js";
import { byId, show } from "./dom.js";
import { LinkCard } from "./link-card.js";
import { announce } from "./notices.js";
import { links as text } from "./strings.js";

/**
 * Fills #links and #links-list. Events: "change" whenever a link comes, changes or goes, and
 * "verdict" with { peer, matches } when the person has compared the safety words.
 */
export class LinksPanel extends EventTarget {
  #own;
  #cards = new Map();

  /** `own` is the role of this tab. */
  constructor(own) {
    super();
    this.#own = own;
  }

  /** The links as they are now. */
  get all() {
    return [...this.#cards.values()].map((card) => card.link);
  }

  /** Shows a link, or what changed about it. */
  update(link) {
    let card = this.#cards.get(link.peer);
    const before = card?.link;
    if (!card) {
      card = new LinkCard(this.#own, (matches) => this.#judge(card.link, matches));
      this.#cards.set(link.peer, card);
      byId("links-list").append(card.element);
    }
    card.update(link);
    if (before?.trust !== link.trust) announce(text.announced(link));
    else if (before.online !== link.online) announce(text.announcedLine(link));
    this.#changed();
  }

  /** Somebody is gone for good. */
  remove(peer) {
    const card = this.#cards.get(peer);
    if (!card) return;
    const focused = card.element.contains(document.activeElement);
    card.element.remove();
    this.#cards.delete(peer);
    announce(text.announcedEnd(card.link));
    this.#changed();
    if (focused) byId(this.#cards.size > 0 ? "links-title" : "main").focus();
  }

  clear() {
    for (const { element } of this.#cards.values()) element.remove();
    this.#cards.clear();
    this.#changed();
  }

  async #judge(link, matches) {
    const sure = matches || (await ask(text.differ(link)));
    // Meanwhile there may be another link with the same peer, which has other words.
    const now = this.#cards.get(link.peer);
    if (!sure || now?.link.digits !== link.digits) return;
    now.wait();
    const detail = { peer: link.peer, matches };
    this.dispatchEvent(new CustomEvent("verdict", { detail }));
  }

  #changed() {
    show(this.#cards.size > 0, byId("links"));
    this.dispatchEvent(new Event("change"));
  }
}
