// What concerns the person's own browser, camera and files, in English.

const BROWSERS = "Chrome or Edge 91, Firefox 114, Safari 16.4, or newer";

export const worker = {
  noWasm: `This browser cannot run WebAssembly with SIMD, which the protocol needs. Open the page in ${BROWSERS}.`,
  noModule: (reason) =>
    `The program of this page could not be loaded (${reason}). Check the connection, then reload the page.`,
  noWorker: `The program of this page did not start. Reload the page. If that does not help, open it in ${BROWSERS}.`,
  stopped: (reason) => `The program of this page stopped (${reason}). Open the invitation again.`,
  notStarted: "Nothing is connected yet. Open an invitation first.",
};

export const check = {
  checking: "Checking.",
  states: { good: "Good", warning: "Look at this", bad: "Fails", optional: "Optional" },
  summary(bad, warnings) {
    if (bad > 0) return bad === 1 ? "One thing fails." : `${bad} things fail.`;
    if (warnings > 0) return "All that is needed is here, with one thing to look at.";
    return "All that is needed is here.";
  },
  noRelay: (host) =>
    `The relay ${host} does not answer. Check the connection; if that does not help, ask whoever runs the relay.`,
  items: {
    wasm: {
      title: "WebAssembly",
      good: "The protocol can run in this tab.",
      bad: `The protocol cannot run in this browser. Open the page in ${BROWSERS}, and do not switch WebAssembly off.`,
    },
    simd: {
      title: "SIMD",
      good: "It can compute on many numbers at once.",
      bad: `This browser’s WebAssembly lacks SIMD. Open the page in ${BROWSERS}.`,
    },
    workers: {
      title: "Workers",
      good: "The protocol runs beside the page, so that the page never waits.",
      bad: `The page could not start a worker. Reload it; if that does not help, open it in ${BROWSERS}.`,
    },
    random: {
      title: "Secure random numbers",
      good: "The browser gives them.",
      bad: "The browser gives none, and without them nothing can be masked. Use another browser.",
    },
    relay: {
      title: "Relay",
      good: (host) => `${host} answers.`,
      bad: (reason) => reason,
    },
    helper: {
      title: "Built-in helper",
      good: "The relay runs one. A model owner may invite somebody else instead.",
      optional: "The relay runs none. Whoever hosts a model invites a helper.",
    },
    build: {
      title: "Build",
      good: (ours) => `Site and relay are both of build ${ours}.`,
      warning: (ours, theirs) =>
        `The site is of build ${ours || "unknown"}, the relay of build ${theirs || "unknown"}. Reload the page; if that does not help, ask whoever runs them to update the older one.`,
    },
    storage: {
      title: "Storage",
      good: "A reloaded page finds its invitation again, and a room can be remembered.",
      optional:
        "This browser keeps nothing for this site. A reloaded page needs a new invitation, and no room is remembered. A window that is not private may do better.",
    },
  },
};

export const camera = {
  title: "Take a picture",
  how: "Hold a digit on plain paper in front of the camera, so that it fills the square. Nothing is recorded, and the picture stays in this tab.",
  view: "What the camera sees",
  take: "Take",
  cancel: "Cancel",
  name: "The picture from the camera",
  refused:
    "The browser does not let this page use the camera. Allow it in the browser’s settings for this site, then try again, or load a picture.",
  none: "No camera was found. Connect one, or load a picture.",
  inUse:
    "The camera does not start: another program may be using it. Close that one and try again, or load a picture.",
  failed: "The camera does not work here. Load a picture instead.",
};

export const many = {
  preparing: (all) => `Preparing ${all} pictures`,
  progress: (done, all) => `${done} of ${all} classified`,
  done: (all) => `${all} pictures are classified.`,
  tooMany: (most) =>
    `Choose at most ${most} pictures at a time. For more there is the program blindsight classify.`,
  notAllowed: (left) =>
    `The model owner allows ${left} more classifications. Choose fewer pictures, or ask the model owner for more.`,
  notReady: "Several pictures can be classified together once this page is ready. Open an invitation first.",
  leftOut: (name, why) => `${name} is left out. ${why}`,
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
