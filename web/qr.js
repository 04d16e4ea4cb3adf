// A QR code on a canvas: dark on white in every theme, for cameras expect it so.

// Light modules around the code that readers need.
const QUIET = 4;

/** Draws the modules of a square, 1 for a dark one, onto a canvas. */
export function drawQr(canvas, modules) {
  const side = Math.round(Math.sqrt(modules.length));
  canvas.width = side + 2 * QUIET;
  canvas.height = side + 2 * QUIET;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#000";
  modules.forEach((dark, index) => {
    const [row, column] = [Math.floor(index / side), index % side];
    if (dark) context.fillRect(column + QUIET, row + QUIET, 1, 1);
  });
}
