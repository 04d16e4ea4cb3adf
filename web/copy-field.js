// A link that is shown for passing on: copied, or shared where the device can.

import { byId, show } from "./dom.js";
import { copy as text } from "./strings.js";

/** Wires `NAME` (input), `NAME-copy` and `NAME-share` (buttons). Gives a function that sets the link. */
export function copyField(name, what, announce) {
  const field = byId(name);
  const copyButton = byId(`${name}-copy`);
  const shareButton = byId(`${name}-share`);

  field.addEventListener("focus", () => field.select());
  copyButton.addEventListener("click", async () => {
    const done = await copy(field);
    copyButton.textContent = done ? text.copied : text.byHand;
    if (done) announce(text.announced(what));
    setTimeout(() => (copyButton.textContent = text.copy), 2500);
  });
  shareButton.addEventListener("click", () => {
    // Dismissing the share sheet rejects, and that needs no answer.
    navigator.share({ title: document.title, url: field.value }).catch(() => {});
  });

  return (link) => {
    field.value = link;
    show(typeof navigator.share === "function", shareButton);
  };
}

// The clipboard interface exists on secure pages only; a relay in a home network may not be one.
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}
