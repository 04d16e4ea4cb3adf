// Strokes as data, and how they are painted: white ink on black, on a square sheet.

/** The side of the sheet, in its own units. */
export const SIDE = 280;

/** Cells in a row of the sheet, and rows of them. */
export const CELLS = 28;

/** The side of a cell, in units of the sheet. */
export const CELL = SIDE / CELLS;

/** The middle of a cell, counted from 0. */
export function middle(column, row) {
  return { x: (column + 0.5) * CELL, y: (row + 0.5) * CELL };
}

/** Makes a context's canvas the whole sheet, and empties it. */
export function blank(context) {
  const { width, height } = context.canvas;
  context.setTransform(width / SIDE, 0, 0, height / SIDE, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(0, 0, SIDE, SIDE);
  context.lineCap = "round";
  context.lineJoin = "round";
}

/**
 * Paints the part of a stroke that ends at one of its points; the first point alone is a dot.
 *
 * A stroke is { width, points, erases }, or { cell: { column, row }, erases } for one whole cell.
 */
export function paintStep(context, { width, points, erases }, index) {
  const from = points[Math.max(0, index - 1)];
  const to = points[index];
  context.strokeStyle = erases ? "#000" : "#fff";
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

/** Paints a whole stroke. */
export function paint(context, stroke) {
  if (stroke.cell) {
    context.fillStyle = stroke.erases ? "#000" : "#fff";
    context.fillRect(stroke.cell.column * CELL, stroke.cell.row * CELL, CELL, CELL);
    return;
  }
  stroke.points.forEach((_, index) => paintStep(context, stroke, index));
}
