// Every sentence that a script puts on a page. What never changes stands in the HTML.

const BROWSERS = "Chrome or Edge 91, Firefox 114, Safari 16.4, or newer";

export const worker = {
  noWasm: `This browser cannot run WebAssembly with SIMD, which the protocol needs. Open the page in ${BROWSERS}.`,
  noModule: (reason) =>
    `The program of this page could not be loaded (${reason}). Check the connection, then reload the page.`,
  noWorker: `The program of this page did not start. Reload the page. If that does not help, open it in ${BROWSERS}.`,
  stopped: (reason) => `The program of this page stopped (${reason}). Open the invitation again.`,
  notStarted: "Nothing is connected yet. Open an invitation first.",
};

export const invitation = {
  stale:
    "The secret of an invitation is not kept when a page is reloaded. Open the invitation link again.",
  unreadable: "That is not an invitation. Paste the whole link, from http to its last character.",
  incomplete:
    "The link is cut off: its secret, the part after #, is missing. Copy the whole link and paste it again.",
  otherRole: {
    "data-owner": "This link invites a data owner.",
    helper: "This link invites a helper.",
  },
  openThere: {
    "data-owner": "Open it on the page for data owners.",
    helper: "Open it on the page for helpers.",
  },
};

export const copy = {
  copy: "Copy",
  copied: "Copied",
  byHand: "Press Ctrl+C",
  announced: (what) => `${what} copied.`,
};

export const draw = {
  joining: "Joining.",
  notJoined: "Draw as you like. To classify, open an invitation.",
  blank: "The picture is blank. Draw a digit first, then classify.",
  classifying: "Classifying.",
  result: (label) => `The picture is classified: ${label}.`,
  details: ({ time, trips, bytes }) => `${time} online · ${trips} · ${bytes}`,
  trips: (count) => (count === 1 ? "1 round trip" : `${count} round trips`),
  pool: (ready, target) => `${ready} of ${target} classifications prepared`,
  otherSize: (width, height) =>
    `This model takes pictures of ${width} × ${height} pixels, and this page makes 28 × 28. Ask for a model of MNIST's size.`,
  penDown: "Pen down.",
  penUp: "Pen up.",
  cleared: "Cleared.",
  previewBlank: "Nothing is drawn yet.",
  preview: (inked, left, top, right, bottom) =>
    `The picture as it is shared, 28 by 28 pixels: ${inked} pixels have ink, from column ${left} to ${right} and from row ${top} to ${bottom}.`,
};

export const upload = {
  loaded: (name) => `${name} is loaded.`,
  pasted: "The pasted picture",
  undecodable:
    "This file cannot be read as a picture. Choose a PNG, JPEG, WebP, GIF or BMP file.",
  tooLarge: (megapixels) =>
    `This picture has ${megapixels} megapixels, and 100 are the most that is taken. Scale it down first.`,
  tooManyBytes: "This file has over 100 MB. Scale the picture down first.",
};

export const host = {
  noModels:
    "The list of bundled models could not be loaded. Reload the page, or choose an ONNX file of your own.",
  choose: "Choose a model first.",
  loading: "Loading the model.",
  noModel: (name) => `The model ${name} could not be loaded. Check the connection, then start again.`,
  notOnnx: "This is not an ONNX file. Choose a file that ends in .onnx.",
  tooManyBytes: "This file has over 256 MB. Choose a smaller model.",
  accuracy: (share) => `${(share * 100).toFixed(2)} % of the MNIST test images right`,
  fileChosen: (name, size) => `${name}, ${size}`,
  starting: "Connecting to the relay.",
  stopped: "Hosting has stopped. The invitations no longer work.",
  guest: { agreeing: "Agreeing on the plan", ready: "Ready", left: "Left" },
  dataOwnerLink: "Link for the data owner",
  helperLink: "Link for the helper",
};

export const help = {
  joining: "Joining.",
};

export const plan = {
  layer: (number) => `${number}`,
  size: (inputs, outputs) => `${inputs} → ${outputs}`,
  bits: (ring) => (typeof ring === "number" ? `${ring} bits` : String(ring)),
  none: "–",
  roundTrips: "Round trips a picture",
  onlineBytes: "Bytes a picture, online",
  offlineBytes: "Bytes a picture, prepared ahead",
  hostingBytes: "Bytes once, for the masked model",
  hash: "Fingerprint of the plan",
};
