// A link that is shown for passing on: copied, shared where the device can, or as a QR code.

import { byId, show } from "./dom.js";
import { drawQr } from "./qr.js";
import { copy as text } from "./strings.js";

/**
 * Wires `NAME` (input), `NAME-copy` and `NAME-share` (buttons) and `NAME-qr` (a fold with a canvas).
 * `qr` gives the modules of a link's code. Gives a function that sets the link.
 */
export function copyField(name, what, { announce, qr }) {
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

  const fold = byId(`${name}-qr`);
  fold.addEventListener("toggle", async () => {
    if (!fold.open) return;
    const canvas = fold.querySelector("canvas");
    try {
      drawQr(canvas, await qr(field.value));
      canvas.setAttribute("aria-label", text.code(what));
    } catch (error) {
      fold.open = false;
      announce(error.message);
    }
  });

  return (link) => {
    field.value = link;
    fold.open = false;
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
