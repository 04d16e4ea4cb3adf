// What the owners' pages do otherwise in a room of compute parties. Loaded only where there is one.

import { copyField } from "./copy-field.js";
import { byId, make, show } from "./dom.js";
import * as format from "./format.js";
import { Lobby } from "./parties-lobby.js";
import { shared as text } from "./parties-words.js";

document.head.append(
  make("link", { rel: "stylesheet", href: new URL("./style/parties.css", import.meta.url).href }),
);

// What stood on the page before, by element.
const before = new Map();

/** Says on the page of a role what holds in a room of so many compute parties. */
export function dress(role, parties) {
  const threshold = Math.floor((parties - 1) / 2);
  for (const [selector, words] of Object.entries(text.page[role](parties, threshold))) {
    const element = document.querySelector(selector);
    if (!before.has(element)) before.set(element, [...element.childNodes]);
    element.replaceChildren(words);
  }
}

/** Says again what holds in a room with a helper. */
export function undress() {
  for (const [element, nodes] of before) element.replaceChildren(...nodes);
  before.clear();
}

/** What a model owner reads of a network before it is hosted. */
export function describe({ input, classes, parameters, proof, plan }, size) {
  const { rounds, onlineBytes, offlineBytes, hostingBytes, kappa } = plan.parties;
  const cost = text.cost({
    rounds: format.number(rounds),
    online: format.bytes(onlineBytes),
    offline: format.bytes(offlineBytes),
    once: format.bytes(hostingBytes),
  });
  const counts = { input, classes, parameters: format.number(parameters) };
  return `${size(counts)} ${cost} ${text.hidden(kappa)} ${proof}`;
}

/** What a plan costs, as terms and values. */
export function costs({ onlineBytes, parties }) {
  return [
    [text.parties, text.count(parties.count, parties.threshold)],
    [text.rounds, format.number(parties.rounds)],
    [text.amongParties, format.bytes(parties.onlineBytes)],
    [text.atDataOwner, format.bytes(onlineBytes)],
    [text.beforehand, format.bytes(parties.offlineBytes)],
    [text.weights, format.bytes(parties.hostingBytes)],
    [text.hiding, text.chance(parties.kappa)],
  ];
}

/** What a picture took. */
export function details({ onlineMs, onlineBytes }, { parties }) {
  return text.details({
    time: format.duration(onlineMs),
    rounds: format.number(parties.rounds),
    own: format.bytes(onlineBytes),
    among: format.bytes(parties.onlineBytes),
  });
}

/** What the model owner's page shows while it hosts: the parties' link, and who has which seat. */
export class PartiesPanel {
  #lobby = null;
  #showLink;
  #free;

  /** `passing` is what `copyField` needs; `free` is called with the number of a seat to be freed. */
  constructor(passing, free) {
    this.#free = free;
    // The link of the helper is one of the same form.
    const form = byId("helper-invitation").cloneNode(true).firstElementChild;
    for (const element of [form, ...form.querySelectorAll("*")]) {
      for (const { name, value } of element.attributes) {
        element.setAttribute(name, value.replaceAll("helper", "party"));
      }
    }
    byId("party-invitation").replaceChildren(form);
    form.querySelector("label").textContent = text.link;
    const own = make("a", { id: "own-party", className: "button", target: "_blank", rel: "noopener" });
    own.textContent = text.own;
    own.dataset.testid = "own-party";
    form.append(own, make("p", { className: "note", textContent: text.ownNote }));
    this.#showLink = copyField("invite-party", text.link, passing);
  }

  /** The room is open: for so many parties, by this link. */
  open(link, parties) {
    this.#showLink(link);
    byId("own-party").href = link;
    byId("invite-party-note").textContent = text.linkNote(parties);
    this.#lobby = new Lobby(byId("lobby"), parties, this.#free);
    show(true, byId("party-invitation"), byId("lobby"));
  }

  update(link) {
    this.#lobby?.update(link);
  }

  remove(peer) {
    this.#lobby?.remove(peer);
  }

  close() {
    this.#lobby = null;
    show(false, byId("party-invitation"), byId("lobby"));
  }
}
