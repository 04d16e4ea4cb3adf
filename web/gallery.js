// The sample digits as buttons, each with a small picture of itself.

import { byId, make } from "./dom.js";
import { SAMPLES } from "./samples.js";
import { draw as text } from "./strings.js";
import { blank, paint } from "./strokes.js";

const THUMBNAIL = 96;

// From here on there is room for the samples beside everything else.
const WIDE = "(min-width: 46rem)";

/** Fills #samples; calls `take` with the strokes and the name of the sample that was chosen. */
export function showGallery(take) {
  byId("gallery").open = matchMedia(WIDE).matches;
  byId("samples").append(...SAMPLES.map((sample) => make("li", {}, button(sample, take))));
}

function button({ digit, hand, strokes }, take) {
  const canvas = make("canvas", { width: THUMBNAIL, height: THUMBNAIL });
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  blank(context);
  for (const stroke of strokes) paint(context, stroke);
  const name = text.sample(digit, hand);
  const element = make("button", { type: "button", className: "sample", title: name }, canvas);
  element.setAttribute("aria-label", name);
  element.dataset.testid = `sample-${digit}-${hand + 1}`;
  element.addEventListener("click", () => take(strokes, name));
  return element;
}
