// The picture of the parties with messages on their way: what a real run sent, one after the other.

import { byId, make } from "./dom.js";
import * as format from "./format.js";
import { home as text } from "./strings.js";

// How long a message is on its way in the picture, in milliseconds.
const PACE = 700;

// The ends of the wires: at the party, and at the relay.
const WIRES = {
  helper: [
    [180, 112],
    [180, 156],
  ],
  "data-owner": [
    [91, 226],
    [144, 196],
  ],
  "model-owner": [
    [267, 226],
    [216, 196],
  ],
};

/** Plays the messages of a run, until all are through or `signal` aborts; lists each in #run-messages. */
export async function playMessages(messages, signal) {
  const list = byId("run-messages");
  const picture = document.querySelector(".picture");
  const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  list.replaceChildren();
  picture.classList.add("playing");
  for (const message of messages) {
    if (signal.aborted) break;
    list.append(make("li", {}, text.message(message, format.bytes(message.bytes))));
    list.lastChild.scrollIntoView({ block: "nearest" });
    if (moves) await travel(message, signal);
  }
  picture.classList.remove("playing");
}

async function travel({ from, to }, signal) {
  const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  dot.setAttribute("r", "5");
  dot.setAttribute("class", "travelling");
  const [start, [inX, inY]] = WIRES[from];
  const [end, [outX, outY]] = WIRES[to];
  const at = ([x, y], offset) => ({ transform: `translate(${x}px, ${y}px)`, offset });
  const path = [at(start, 0), at([inX, inY], 0.42), at([outX, outY], 0.58), at(end, 1)];
  const layer = document.querySelector(`.picture .sent .${from}`);
  layer.append(dot);
  const animation = dot.animate(path, { duration: PACE, easing: "ease-in-out" });
  const cancel = () => animation.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  await animation.finished.catch(() => {});
  signal.removeEventListener("abort", cancel);
  dot.remove();
}
