// The three places where a page says how things stand: status, error and progress.

import { byId, make, show } from "./dom.js";
import { bytes } from "./format.js";

/** Says in one sentence what is going on. Screen readers speak it when they are free. */
export function status(text, state = "busy") {
  const element = byId("status");
  element.textContent = text;
  element.dataset.state = state;
}

/** Says what went wrong and what to do; `link` may offer the way out as { text, href }. */
export function error(text, link) {
  const element = byId("error");
  element.replaceChildren(text);
  if (link) element.append(" ", make("a", { href: link.href, textContent: link.text }));
  show(true, element);
}

export function clearError() {
  const element = byId("error");
  element.replaceChildren();
  show(false, element);
}

/** Shows how much of a longer transfer is done, in bytes. */
export function progress(done, total) {
  const bar = byId("progress");
  bar.max = Math.max(1, total);
  bar.value = Math.min(done, bar.max);
  byId("progress-text").textContent = `${bytes(done)} of ${bytes(total)}`;
  show(total > 0 && done < total, byId("progress-box"));
}

export function endProgress() {
  show(false, byId("progress-box"));
}
