// A network drawn layer by layer: what enters, each operation with what follows it, what is revealed.

import { make } from "./dom.js";
import { number } from "./format.js";
import { plan as text } from "./strings.js";

/** A list of the layers of a public plan, from the picture to what the data owner learns. */
export function networkOf({ layers, parties }) {
  const list = make("ol", { className: "network" });
  list.append(shape(text.picture(layers[0]?.inputs ?? "")));
  layers.forEach((layer, index) => {
    list.append(box(layer, parties ? text.field : text.ring));
    if (layer.activation) list.append(gate(layer, index === layers.length - 1));
    // The shape behind pooling is the one that enters the next layer.
    const next = layers[index + 1];
    if (next && layer.activation) list.append(shape(next.inputs));
  });
  return list;
}

function box({ step, kind, outputs, weights, ring }, numbers) {
  const facts = [text.shape(outputs), numbers(ring)];
  if (weights > 0) facts.unshift(text.weights(number(weights)));
  return make(
    "li",
    { className: "network-layer" },
    make("strong", { textContent: text.step(step, kind) }),
    make("span", { className: "note", textContent: facts.join(", ") }),
  );
}

function gate({ activation, width }, last) {
  const note = width ? text.compared(width) : "";
  return make(
    "li",
    { className: last ? "network-reveal" : "network-gate" },
    make("strong", { textContent: text.term(activation) }),
    make("span", { className: "note", textContent: note }),
  );
}

function shape(textContent) {
  return make("li", { className: "network-shape", textContent });
}
