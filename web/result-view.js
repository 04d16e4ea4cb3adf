// The class, large, with what it took; and whether it is that of the picture as it is now.

import { Lasting, Paced } from "./calm.js";
import { byId, make } from "./dom.js";
import * as format from "./format.js";
import * as notices from "./notices.js";
import { draw as text } from "./strings.js";

// How far a class may lag behind the pen before it is marked, in milliseconds.
const LAG = 150;

// How often classes are spoken, at most, in milliseconds.
const PACE = 1000;

const spoken = new Paced(PACE, (label) => notices.announce(text.result(label)));

const lagging = new Lasting(LAG, (earlier) => {
  byId("result").classList.toggle("earlier", earlier);
  byId("result-title").textContent = earlier ? text.earlierClass : text.currentClass;
});

/**
 * Shows the class of a picture, and says it: once, or calmly where one follows the other. `details` say
 * what it took.
 */
export function showResult(result, follows, details = detailsOf(result)) {
  set("result-class", result.label);
  set("board-class", result.label);
  showOthers(result);
  byId("result-details").textContent = details;
  byId("result").classList.add("known");
  lagging.set(false);
  if (follows) spoken.say(result.label);
  else notices.status(text.result(result.label), "ready");
}

function detailsOf({ onlineMs, roundTrips, onlineBytes }) {
  return text.details({
    time: format.duration(onlineMs),
    trips: text.trips(roundTrips),
    bytes: format.bytes(onlineBytes),
  });
}

// What the model owner reveals beyond the class: the next classes, or how sure the network is of each.
function showOthers({ ranking, scores }) {
  const [, ...others] = ranking;
  set("result-ranking", scores.length === 0 && others.length > 0 ? text.ranking(others) : "");
  byId("result-scores").hidden = scores.length === 0;
  byId("result-scores").replaceChildren(
    ...scores.map((score, place) => {
      const meter = make("meter", { min: 0, max: 1, value: score });
      meter.setAttribute("aria-label", ranking[place]);
      const percent = make("span", { className: "number" }, format.percent(score, 1));
      return make("li", {}, make("span", {}, ranking[place]), meter, percent);
    }),
  );
}

/** Marks the class as that of the drawing as it was before, or takes the mark away. */
export function markEarlier(earlier) {
  lagging.set(earlier && byId("result").classList.contains("known"));
}

/** Shows no class: there is none of this picture yet. */
export function forgetResult() {
  set("result-class", "");
  set("board-class", "");
  showOthers({ ranking: [], scores: [] });
  byId("result-details").textContent = "";
  byId("result").classList.remove("known");
  lagging.set(false);
  spoken.reset();
}

function set(id, label) {
  const element = byId(id);
  if (element.textContent !== label) element.textContent = label;
}
