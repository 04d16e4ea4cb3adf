// Sample digits as strokes: ten digits in two hands, on a sheet of 100 by 100.

import { SIDE } from "./strokes.js";

const PIECES = 8;

// Straight lines from point to point.
const line = (...points) => points;

// A smooth line through all points (a Catmull-Rom spline); its ends are those points themselves.
function curve(...points) {
  const at = (index) => points[Math.min(points.length - 1, Math.max(0, index))];
  const smooth = [points[0]];
  for (let index = 0; index + 1 < points.length; index += 1) {
    const [a, b, c, d] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    for (let piece = 1; piece <= PIECES; piece += 1) {
      const t = piece / PIECES;
      smooth.push([0, 1].map((axis) => between(a[axis], b[axis], c[axis], d[axis], t)));
    }
  }
  return smooth;
}

function between(a, b, c, d, t) {
  const slope = (c - a) * t;
  const bend = (2 * a - 5 * b + 4 * c - d) * t ** 2;
  const turn = (3 * b - a - 3 * c + d) * t ** 3;
  return b + (slope + bend + turn) / 2;
}

// Round and upright, with a medium pen.
const ROUND = [
  [curve([50, 20], [34, 31], [29, 51], [35, 72], [50, 80], [65, 72], [71, 51], [66, 31], [50, 20])],
  [line([52, 19], [49, 81])],
  [
    [
      ...curve([32, 36], [37, 24], [50, 19], [64, 25], [66, 38], [56, 53], [42, 67], [31, 79]),
      ...line([31, 79], [71, 78]),
    ],
  ],
  [
    [
      ...curve([33, 26], [47, 19], [62, 24], [64, 36], [56, 45], [44, 48]),
      ...curve([44, 48], [60, 51], [67, 63], [60, 76], [46, 81], [31, 75]),
    ],
  ],
  [line([40, 20], [32, 54], [71, 54]), line([62, 21], [59, 82])],
  [
    [
      ...line([67, 21], [39, 21], [36, 47]),
      ...curve([36, 47], [50, 43], [64, 49], [68, 62], [60, 76], [46, 81], [32, 75]),
    ],
  ],
  [
    curve([60, 19], [45, 32], [35, 50], [33, 66], [41, 79], [54, 80], [64, 71], [62, 58], [50, 53], [36, 61]),
  ],
  [line([31, 22], [69, 22], [46, 81])],
  [
    curve(
      [62, 28], [51, 19], [38, 25], [38, 38], [51, 48], [64, 58], [65, 72],
      [52, 81], [37, 74], [36, 60], [49, 48], [62, 38], [62, 28],
    ),
  ],
  [
    [
      ...curve([64, 34], [54, 21], [40, 24], [35, 37], [42, 49], [56, 47], [65, 34]),
      ...curve([65, 34], [63, 55], [56, 81]),
    ],
  ],
];

// As taught in school: 1 with a flag and a foot, 4 closed, 7 crossed; with a finer pen.
const SCHOOL = [
  [curve([58, 20], [43, 29], [34, 52], [37, 74], [47, 80], [60, 71], [67, 49], [66, 28], [58, 20])],
  [line([36, 37], [54, 19], [54, 81]), line([39, 81], [68, 81])],
  [
    [
      ...curve([34, 33], [42, 21], [57, 20], [66, 30], [61, 45], [48, 60], [33, 80]),
      ...curve([33, 80], [46, 75], [57, 80], [71, 76]),
    ],
  ],
  [
    [
      ...line([33, 21], [66, 21], [46, 44]),
      ...curve([46, 44], [62, 47], [68, 60], [62, 74], [47, 81], [31, 75]),
    ],
  ],
  [line([60, 82], [60, 19], [30, 60], [75, 60])],
  [
    [
      ...line([41, 20], [36, 46]),
      ...curve([36, 46], [50, 41], [64, 47], [66, 62], [57, 76], [43, 81], [31, 76]),
    ],
    line([41, 20], [69, 18]),
  ],
  [
    curve([62, 20], [48, 27], [38, 42], [33, 58], [37, 74], [51, 81], [64, 73], [66, 61], [56, 53], [42, 57], [35, 67]),
  ],
  [line([30, 24], [69, 21], [49, 81]), line([38, 51], [67, 49])],
  [
    curve([50, 19], [38, 25], [38, 39], [50, 46], [62, 39], [62, 25], [50, 19]),
    curve([50, 46], [35, 55], [33, 71], [50, 81], [67, 71], [65, 55], [50, 46]),
  ],
  [
    curve([64, 31], [53, 20], [39, 25], [36, 39], [47, 49], [60, 44], [64, 31]),
    line([66, 21], [66, 81]),
  ],
];

const HANDS = [
  { width: 22, digits: ROUND },
  { width: 17, digits: SCHOOL },
];

/** The samples, hand by hand: { digit, hand (from 0), strokes } with strokes for a drawing. */
export const SAMPLES = HANDS.flatMap(({ width, digits }, hand) =>
  digits.map((lines, digit) => ({
    digit,
    hand,
    strokes: lines.map((points) => ({
      width,
      points: points.map(([x, y]) => ({ x: (x / 100) * SIDE, y: (y / 100) * SIDE })),
      erases: false,
    })),
  })),
);
