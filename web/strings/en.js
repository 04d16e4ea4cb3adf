// Every sentence that a script puts on a page, in English. What never changes stands in the HTML, and
// what the parties say comes in English from the program in WebAssembly.

import { percent } from "../format.js";

export * from "./en/device.js";

/** A sentence of that program in the language of this file. */
export const sentence = (text) => text;

/** What leads from English to the language of this file, where it is another. */
export const catalogue = null;

export const language = {
  choose: "Language",
  sure: {
    title: "Change the language?",
    text: "The page is loaded again for that, and so leaves its room.",
    yes: "Change it",
    no: "Stay here",
  },
};

export const site = {
  unknownBuild: "unknown",
  unreachable:
    "The site does not answer, so its relay is not known. Check the connection, then reload the page.",
  badConfig:
    "The site does not say where its relay is: its config.json cannot be read. Tell whoever runs the site.",
  mixed:
    "This page and its program are of different builds. Reload the page; if this message comes again, tell whoever runs the site.",
};

export const notices = {
  progress: (done, total) => `${done} of ${total}`,
  waiting: (who, time) => `Waiting for ${who} for ${time}.`,
  awaited: (who) => `Waiting for ${who}.`,
  close: "Close",
  kind: { warning: "Take note:", note: "Note:" },
};

export const invitation = {
  unreadable:
    "That is not an invitation. Paste the whole link, from http to its last character.",
  awaited: "The invitation comes by itself, from the model owner.",
  incomplete:
    "The link is cut off: a part after # is missing. Copy the whole link and paste it again.",
  otherRole: {
    "data-owner": "This link invites a data owner.",
    helper: "This link invites a helper.",
    "compute-party": "This link invites a compute party.",
  },
  openThere: {
    "data-owner": "Open it on the page for data owners.",
    helper: "Open it on the page for helpers.",
    "compute-party": "Open it on the page for compute parties.",
  },
  joinedAnew: {
    "data-owner":
      "The page was reloaded, so it joins anew with the same invitation. What was prepared before is gone, and is prepared again.",
    helper:
      "The page was reloaded, so it joins anew with the same invitation. What was dealt before still works.",
    "compute-party": "The page was reloaded, so it joins anew with the same invitation.",
  },
};

const ROLE_NAMES = {
  "data-owner": "Data owner",
  "model-owner": "Model owner",
  helper: "Helper",
  "compute-party": "Compute party",
};

// Of those there are several of, the number.
const numberOf = ({ peer }) => peer.match(/\d+$/)?.[0] ?? "";

function roleName(link) {
  return `${ROLE_NAMES[link.role]} ${numberOf(link)}`.trim();
}

// As it stands within a sentence.
function who(link) {
  const name = roleName(link).toLowerCase();
  return numberOf(link) ? name : `the ${name}`;
}

export const links = {
  name: roleName,
  words: "Safety words",
  digits: "As digits",
  show: "Show the safety words",
  match: "They match",
  noMatch: "They don’t match",
  trust: { unverified: "Not verified", verified: "Verified", site: "Run by whoever runs this site" },
  online: "Connected",
  offline: "The line is lost. The link goes on when it is back.",
  how(link, own) {
    const compare = `Read these words to each other on the phone, or in any other way than this page: ${who(link)} must see the same four in the same order.`;
    const named = "Speak to the helper itself: the model owner only named it.";
    return own === "data-owner" && link.role === "helper" ? `${compare} ${named}` : compare;
  },
  explain(link, own) {
    if (link.trust === "verified") {
      return "You compared the words: nobody sits between the two of you.";
    }
    const other = own === "data-owner" ? "model owner" : "data owner";
    return `There is nobody to compare words with: the relay itself names this helper’s key. You rely on whoever runs this site not to work together with the ${other}.`;
  },
  differ: (link) => ({
    title: "Do the words really differ?",
    text: `Then somebody may sit between you and ${who(link)}. The link ends at once, for good.`,
    yes: "They differ: end the link",
    no: "Compare again",
  }),
  announced: (link) => `Link with ${who(link)}: ${links.trust[link.trust]}.`,
  announcedLine: (link) =>
    `Link with ${who(link)}: ${link.online ? "connected again" : "the line is lost"}.`,
  announcedEnd: (link) => `The link with ${who(link)} has ended.`,
  summary(all) {
    const list = new Intl.ListFormat("en");
    const named = (trust) => all.filter((link) => link.trust === trust).map(who);
    const part = (trust, sentence) => (named(trust).length > 0 ? [sentence(named(trust))] : []);
    return [
      ...part("unverified", (names) => `Not verified: ${list.format(names)}.`),
      ...part("verified", (names) => `Verified: ${list.format(names)}.`),
      ...part("site", () => "The helper is run by whoever runs this site."),
    ].join(" ");
  },
};

export const copy = {
  copy: "Copy",
  copied: "Copied",
  byHand: "Press Ctrl+C",
  announced: (what) => `${what} copied.`,
  code: (what) => `${what} as a QR code`,
};

export const draw = {
  joining: "Joining.",
  notJoined: "Draw as you like. To classify, open an invitation.",
  blank: "The picture is blank. Draw a digit first, then classify.",
  classifying: "Classifying.",
  unprepared: "Waiting until a classification is prepared.",
  ready: "Ready to classify.",
  currentClass: "Class",
  earlierClass: "Class of the drawing as it was before",
  result: (label) => `The picture is classified: ${label}.`,
  ranking: (labels) => `Then: ${labels.join(", ")}`,
  details: ({ time, trips, bytes }) => `${time} online · ${trips} · ${bytes}`,
  trips: (count) => (count === 1 ? "1 round trip" : `${count} round trips`),
  pool: (ready, target) => `${ready} of ${target} classifications prepared`,
  budget: (left, allowed) => `${left} of ${allowed} classifications left`,
  otherSize: (width, height) =>
    `This model takes pictures of ${width} × ${height} pixels, and this page makes 28 × 28. Ask for a model of MNIST's size.`,
  pen(down, erasing) {
    return `${erasing ? "Eraser" : "Pen"} ${down ? "down" : "up"}.`;
  },
  tool: (erasing) => (erasing ? "Eraser." : "Pen."),
  cell: (column, row, ink) => `Column ${column}, row ${row}: ${ink ? "ink" : "empty"}.`,
  cellSet: (column, row, ink) => `Column ${column}, row ${row} ${ink ? "has ink" : "is erased"}.`,
  cleared: "Cleared.",
  undone: "Taken back.",
  sample: (digit, hand) => `Sample: ${digit}${hand === 0 ? "" : ", as in school"}`,
  shown: (name) => `${name} is on the drawing area.`,
  forgotten: "The results are forgotten.",
  previewBlank: "Nothing is drawn yet.",
  preview: (inked, left, top, right, bottom) =>
    `The picture as it is shared, 28 by 28 pixels: ${inked} pixels have ink, from column ${left} to ${right} and from row ${top} to ${bottom}.`,
};

export const live = {
  on: "Live: the class follows the drawing.",
  left: (count) => `${count} left.`,
  follows: "Follows the drawing.",
  blank: "Waits for a drawing.",
  waiting: "Waits: nothing is prepared right now.",
  usedUp: "Live is off: all classifications are used up.",
  lost: "Live is off: the line to the others is lost. Switch it on again when it is back.",
  notReady: "Live is off: the page has to wait for the others. Switch it on again when it is ready.",
  failed: "Live is off: the last picture could not be classified.",
};

export const host = {
  noModels:
    "The list of bundled models could not be loaded. Reload the page, or choose an ONNX file of your own.",
  choose: "Choose a model first.",
  loading: "Loading the model.",
  noModel: (name) => `The model ${name} could not be loaded. Check the connection, then start again.`,
  notOnnx: "This is not an ONNX file. Choose a file that ends in .onnx.",
  severalModels:
    "These are several ONNX files. Choose one, with the file of its weights if it has one.",
  tooManyBytes: "The model has over 256 MB. Choose a smaller one.",
  bundled: (title, name, accuracy) => `${title}: ${name}, ${percent(accuracy, 1)} right`,
  chosen: ({ accuracy, architecture }) =>
    `${percent(accuracy, 2)} of its test pictures right. Layers: ${architecture}.`,
  inspecting: "Looking at the model.",
  cost: ({ trips, online, offline, once }) =>
    `Each picture takes ${trips}, ${online} online and ${offline} prepared ahead; each data owner gets ${once} of masked model once.`,
  time: (computing, trips) =>
    `Computing takes ${computing} in this browser, all roles together; to that comes the time of ${trips} on the line.`,
  size: ({ input, classes, parameters }) =>
    `Pictures of ${input}, ${classes} classes, ${parameters} parameters.`,
  fileChosen: (names, size) => `${names.join(" and ")}, ${size}`,
  starting: "Connecting to the relay.",
  stopped: "Hosting has stopped. The invitations no longer work.",
  stoppedRemembered:
    "Hosting has stopped. The invitations work again once you take up hosting again.",
  badUses: "Say how many data owners the link is for: a whole number from 1 to 1,000.",
  badBudget: "Say how many classifications each data owner may have: from 1 to 1,000,000.",
  dataOwnerNote: (uses) => {
    if (uses === null) return "Whoever gets hold of it can have pictures classified.";
    const people = uses === 1 ? "the first data owner" : `the first ${uses} data owners`;
    return `It works for ${people} to open it. Send it in private.`;
  },
  remembered: (title, time) =>
    `${title}, hosted last on ${time}. Its invitations work again once you take up hosting again.`,
  hostedElsewhere:
    "Another tab of this browser hosts the remembered room. Stop it there first, or start one that is not remembered.",
  notRemembered: (reason) =>
    `This browser cannot remember the room (${reason}). Hosting goes on, and ends with this tab.`,
  notForgotten: (reason) =>
    `The room could not be forgotten (${reason}). Delete this site’s data in the browser’s settings.`,
  forget: {
    title: "Forget the room?",
    text: "This browser deletes its copy of the model’s file and the room’s secrets. Without them the invitations stop working when this tab is closed, for good.",
    yes: "Forget it",
    no: "Keep it",
  },
  forgotten: "The room is forgotten.",
  guest: {
    waiting: "Waiting for others",
    agreeing: "Agreeing on the plan",
    ready: "Ready",
    asking: (pictures) => (pictures > 1 ? `Asks for ${pictures}` : "Asks"),
    lost: "Line lost",
    left: "Left",
  },
  verified: { unverified: "No", verified: "Yes", none: "–" },
  used: (classified, allowed) => `${classified} of ${allowed}`,
  asks: (id, pictures) =>
    pictures > 1
      ? `Guest ${id} asks to have ${pictures} pictures classified.`
      : `Guest ${id} asks to have a picture classified.`,
  allow: "Allow",
  allowGuest: (id) => `Allow what guest ${id} asks for`,
  deny: "Deny",
  denyGuest: (id) => `Deny what guest ${id} asks for`,
  remove: "Remove",
  removeGuest: (id) => `Remove guest ${id}`,
  sure: (id) => ({
    title: `Remove guest ${id}?`,
    text: "Its link ends at once.",
    yes: "Remove",
    no: "Let it stay",
  }),
  dataOwnerLink: "Link for the data owner",
  helperLink: "Link for the helper",
};

export const help = {
  joining: "Joining.",
  rate: (bytes) => `${bytes}/s`,
  idle: (pictures) =>
    `All that was asked for is dealt. You may close this tab now: each data owner has up to ${pictures} pictures prepared. For more, a helper must be here.`,
};

export const home = {
  starting: "Three parties start in this tab, each in a worker of its own.",
  playing: "That was a real run. Here are its messages, much slower.",
  stop: "Stop",
  stopped: "Stopped.",
  again: "Show a real run again",
  noNetwork: "The network cannot be fetched. Check the connection, then try again.",
  message({ from, to, what, step }, size) {
    const when = step === undefined ? "" : `, step ${step + 1}`;
    return `${ROLE_NAMES[from]} to ${ROLE_NAMES[to].toLowerCase()}: ${what}${when}, ${size}`;
  },
  ran: ({ digit, label, time, bytes }) =>
    `A sample ${digit} was classified as ${label}, in ${time} and with ${bytes} between the owners. Nobody but the data owner learned the class.`,
};

export const tryout = {
  starting: "The model owner starts.",
  invited: "Both are invited. Draw a digit, then press Classify.",
  problem: "The model owner stopped, and its frame says why. Start again once that is mended.",
  closed: "All three are closed, and what they held is gone.",
  gone: "Closed.",
  frames: {
    "data-owner": "The data owner’s page",
    "model-owner": "The model owner’s page",
    helper: "The helper’s page",
  },
};

export const plan = {
  picture: (shape) => `Picture of ${shape}`,
  step: (step, kind) => `Step ${step}: ${kind}`,
  shape: (shape) => `gives ${shape}`,
  weights: (count) => `${count} weights`,
  ring: (bits) => `ring of ${bits} bits`,
  field: (bits) => `field of ${bits} bits`,
  term: (name) => name,
  compared: (bits) => `compares ${bits} bits`,
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

export const see = {
  intro: {
    "data-owner":
      "With this open, each picture shows what left this tab for the model owner and what came back. All of it is masked: a pixel below is the highest byte of a number.",
    "model-owner":
      "With this open, each classification shows what came from the data owner and what this tab sent. All of it is masked: a pixel below is the highest byte of a number.",
    helper:
      "No picture and no weights reach this tab, so there is nothing to show but the sizes of what passes.",
  },
  own: "Your picture: stays here",
  mask: "Your share: stays here",
  maskNote: "The random numbers that were added to the pixels. Together the two give the picture; each alone is noise.",
  what: ({ what, sent, step, turn }) => {
    const when = step === undefined ? "" : `, step ${step + 1}`;
    const again = turn > 0 ? `, turn ${turn + 1}` : "";
    return `${sent ? "Sent" : "Received"}: ${what}${when}${again}`;
  },
  words: (count, bits, size) => `${count} numbers of ${bits} bits, ${size}`,
  relay: "What the relay saw",
  relayNote: "Frames that passed between this tab and the relay: their size and time. What is in them is encrypted.",
  totals: (frames, size) => `${frames} frames, ${size}, since this was opened.`,
  time: "Time",
  direction: "Direction",
  size: "Size",
  out: "To the relay",
  in: "From the relay",
  tamperTitle: "Somebody on the line",
  tamperNote:
    "One bit of the next message changes on its way, as if somebody sat on the line. The other end notices and ends the link: nothing more can be classified over it.",
  tamper: "Alter the next message",
  sureTamper: {
    title: "Alter the next message?",
    text: "The other end will end the link. To go on you need a new invitation.",
    yes: "Alter it",
    no: "Leave it alone",
  },
};
