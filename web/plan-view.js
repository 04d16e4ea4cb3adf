// The public plan of a network as a table: what every party knows of it.

import { byId, make, show } from "./dom.js";
import { bytes, number } from "./format.js";
import { networkOf } from "./network-view.js";
import { plan as text, put } from "./strings.js";

/**
 * Fills the elements #plan, #plan-network, #plan-layers and #plan-costs. `costs` are terms and values;
 * by themselves those of a room with a helper.
 */
export function showPlan(plan, costs = costsOf(plan)) {
  const rows = plan.layers.map((layer, index) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", textContent: text.layer(index + 1) }),
      cell(words(layer.kind)),
      cell(text.size(layer.inputs, layer.outputs)),
      cell(words(layer.activation)),
      cell(text.bits(layer.ring)),
    ),
  );
  byId("plan-layers").replaceChildren(...rows);
  byId("plan-network").replaceChildren(networkOf(plan));

  const facts = costs.map(([term, value]) => fact(term, value));
  facts.push(fact(text.hash, String(plan.hash), "hash"));
  byId("plan-costs").replaceChildren(...facts);
  show(true, byId("plan"));
}

function costsOf(plan) {
  return [
    [text.roundTrips, number(plan.roundTrips)],
    [text.onlineBytes, bytes(plan.onlineBytes)],
    [text.offlineBytes, bytes(plan.offlineBytes)],
    [text.hostingBytes, bytes(plan.hostingBytes)],
  ];
}

function cell(textContent) {
  return put(make("td"), textContent);
}

function fact(term, value, className = "") {
  return make(
    "div",
    { className },
    make("dt", { textContent: term }),
    make("dd", { textContent: value }),
  );
}

function words(name) {
  return name ? text.term(String(name).replaceAll(/[-_]/g, " ")) : text.none;
}
