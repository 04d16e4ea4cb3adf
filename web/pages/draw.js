// The data owner's page: draw or load a picture, classify it, read the class.

import { offerCamera } from "../camera.js";
import { Lasting, Paced } from "../calm.js";
import { showFailures } from "../check-view.js";
import { byId, show } from "../dom.js";
import { Drawing } from "../drawing.js";
import * as format from "../format.js";
import { framed } from "../framed.js";
import { showGallery } from "../gallery.js";
import { Results } from "../history.js";
import { partiesOf } from "../invitation.js";
import { awaitInvitation, offerJoining } from "../join.js";
import * as kept from "../kept-invitation.js";
import { KeyboardPen } from "../keyboard-pen.js";
import { LinksPanel } from "../links-panel.js";
import { Live } from "../live.js";
import { Many } from "../many.js";
import * as notices from "../notices.js";
import { showPlan } from "../plan-view.js";
import { Preview, samePicture } from "../preview.js";
import { forgetResult, markEarlier, showResult } from "../result-view.js";
import { wire } from "../room.js";
import { See } from "../see.js";
import { draw as text, links as linksText, live as liveText, many as manyText, upload as uploadText } from "../strings.js";
import { decode, listenForFiles } from "../upload.js";
import { WorkerClient } from "../worker-client.js";

// How long a classification takes before the page shows that it waits for one, in milliseconds. Most
// are quicker, and every change costs the browser more than the protocol.
const PATIENCE = 150;
const COUNTS = 250;

// The way to the first classification, in the order of the list #steps.
const STEPS = ["connect", "agree", "host", "deal", "ready"];
const STEP_OF = { wait: "connect", classify: "ready" };

// What rooms of compute parties need is loaded where the link leads into one.
const programOf = (link) => (partiesOf(link) > 0 ? "parties" : "blindsight");
const client = new WorkerClient(
  programOf(location.hash || (kept.load("data-owner")?.invitation ?? "")),
);
const drawing = new Drawing(byId("canvas"));
const keyboard = new KeyboardPen(byId("canvas"), drawing);
const preview = new Preview(byId("preview"), (data) => client.picture(data));
const panel = new LinksPanel("data-owner");
const see = new See(client, "data-owner");
const results = new Results();
const classify = byId("classify");
const live = new Live({ picture: currentPicture, classify: begin });
const many = new Many(client, allow);
const waits = new Lasting(PATIENCE, showWaiting);
// Numbers that change with each picture, a few times a second at most.
const poolText = new Paced(COUNTS, (words) => (byId("pool").textContent = words));
const budgetText = new Paced(COUNTS, (words) => (byId("budget").textContent = words));

let invitation = "";
// Of a room of compute parties: what the page does otherwise there, and the plan.
let shared = null;
let plan = null;
let left = Infinity;
let prepared = 0;
let ready = false;
let busy = false;
// What the page says while it waits, if it came to that.
let waitsFor = "";
let refused = false;
// The pictures that are being classified, and whose class is shown.
let underway = null;
let shown = null;

// The picture.

drawing.addEventListener("change", () => {
  byId("undo").disabled = !drawing.canUndo;
  preview.update(drawing.empty ? null : () => drawing.pixels(), drawing.number);
  // A class belongs to the picture that was classified, so it goes when the picture changes. One
  // that follows the drawing stays until the next is there.
  if (live.on && !drawing.empty) judge();
  else forget();
});
// Not while a stroke is drawn: the page would move under the pen.
drawing.addEventListener("end", notices.clearError);
preview.addEventListener("picture", () => {
  judge();
  live.next();
});
byId("undo").addEventListener("click", () => {
  drawing.undo();
  notices.announce(text.undone);
});
byId("clear").addEventListener("click", () => {
  drawing.clear();
  notices.announce(text.cleared);
});
for (const pen of document.querySelectorAll("input[name=pen]")) {
  pen.addEventListener("change", () => {
    keyboard.take(pen.value === "eraser");
    if (pen.value !== "eraser") drawing.penWidth = Number(pen.value);
  });
}

// Moves come quickly after one another: the newest is what counts.
const place = new Paced(300, notices.announce);
keyboard.addEventListener("cell", ({ detail: { column, row, ink } }) => {
  place.say(text.cell(column, row, ink));
});
keyboard.addEventListener("set", ({ detail: { column, row, ink } }) => {
  place.say(text.cellSet(column, row, ink));
});
keyboard.addEventListener("pen", ({ detail: { down, erasing } }) => {
  notices.announce(text.pen(down, erasing));
});
keyboard.addEventListener("tool", ({ detail: { erasing } }) => {
  const value = erasing ? "eraser" : drawing.penWidth;
  document.querySelector(`input[name=pen][value="${value}"]`).checked = true;
  notices.announce(text.tool(erasing));
});

showGallery((strokes, name) => {
  drawing.showStrokes(strokes);
  notices.announce(text.shown(name));
});
listenForFiles({ input: byId("image-file"), area: byId("board"), take: load, takeMany: loadMany });
offerCamera({ file: load, picture: showImage, problem: notices.error });

async function load(file, name) {
  notices.clearError();
  try {
    await showImage(await decode(file), name);
  } catch (error) {
    notices.error(error.message);
  }
}

function loadMany(files) {
  notices.clearError();
  if (ready && !busy && !many.busy) many.classify(files, left);
  else if (!many.busy) notices.error(manyText.notReady);
}

async function showImage(image, name) {
  drawing.showImage(image);
  notices.announce(uploadText.loaded(name));
  try {
    await preview.latest();
  } catch (error) {
    notices.error(error.message);
  }
}

// The room.

wire(client, panel, () => {
  setBusy(false);
  underway = null;
  ready = false;
  many.end();
  show(false, byId("steps"));
  offerJoining();
  allow();
});

panel.addEventListener("change", () => {
  byId("trust-summary").textContent = linksText.summary(panel.all);
  const open = panel.all.some(({ trust }) => trust === "unverified");
  byId("trust-line").classList.toggle("open", open);
  show(panel.all.length > 0, byId("trust-line"));
  show(open, byId("trust-go"));
  allow();
});
panel.addEventListener("verdict", ({ detail: { peer, matches } }) => {
  // Whoever sits in between must not be joined again by a mere reload.
  if (!matches) forgetInvitation();
  client.verify(peer, matches);
});

client
  .on("phase", ({ phase, text: sentence }) => {
    const before = ready;
    ready = !refused && (phase === "ready" || phase === "classify");
    // These two take turns with each picture, many times a second while the class follows the drawing.
    if (before && ready && (live.on || phase === "classify")) return;
    // Whatever is waited for now, the sentence says it better.
    if (phase === "wait") waitsFor = "";
    allow();
    notices.status(sentence, stateOf(phase));
    if (phase === "ready") notices.endProgress();
    showStep(phase);
  })
  .on("offer", (offer) => {
    byId("model").textContent = offer.model;
    show(true, byId("offer"));
    ({ plan } = offer);
    showPlan(plan, shared?.costs(plan));
    see.show(plan);
    if (offer.width !== 28 || offer.height !== 28) {
      refused = true;
      notices.error(text.otherSize(offer.width, offer.height));
    }
  })
  .on("pool", ({ ready: now, target }) => {
    prepared = now;
    poolText.say(`${text.pool(prepared, target)}.`);
    allow();
  })
  .on("budget", ({ left: now, allowed }) => {
    left = now;
    budgetText.say(`${text.budget(format.number(left), format.number(allowed))}.`);
    show(left === 0, byId("used-up"));
    allow();
  })
  .on("keep", ({ bytes }) => {
    if (invitation) kept.save("data-owner", invitation, bytes);
  })
  .on("result", (result) => {
    const one = many.next();
    if (one) {
      results.add(one, result);
      return;
    }
    const picture = underway;
    setBusy(false);
    underway = null;
    notices.endProgress();
    if (picture) take(picture, result);
  })
  .on("cancelled", ({ left: count }) => many.keep(count))
  .on("error", ({ text: sentence, fatal }) => {
    setBusy(false);
    underway = null;
    many.end();
    live.stop(liveText.failed);
    if (fatal) notices.status("", "stopped");
    notices.error(sentence);
    allow();
  });

classify.addEventListener("click", async () => {
  if (busy) return;
  setBusy(true);
  notices.clearError();
  try {
    const picture = await preview.latest();
    waitsFor = prepared === 0 ? text.unprepared : text.classifying;
    begin(picture);
  } catch (error) {
    setBusy(false);
    forget();
    notices.error(error.message);
  }
});
live.addEventListener("change", () => {
  allow();
  if (live.on) notices.clearError();
  if (ready) notices.status(live.on ? liveText.on : text.ready, "ready");
});

notices.status(text.notJoined, "idle");
if (!framed) showFailures();
awaitInvitation("data-owner", async (options) => {
  ({ invitation } = options);
  refused = false;
  left = Infinity;
  prepared = 0;
  show(false, byId("used-up"));
  notices.status(text.joining);
  showStep("connect");
  show(true, byId("steps"));
  try {
    await enter(invitation);
    client.start("data-owner", options);
  } catch (error) {
    notices.error(error.message);
    offerJoining();
  }
});

// Loads what the room of a link needs, and says what holds there.
async function enter(link) {
  const parties = partiesOf(link);
  client.load(programOf(link));
  shared?.undress();
  shared = parties > 0 ? await import("../parties-room.js") : null;
  shared?.dress("data-owner", parties);
}

function forgetInvitation() {
  invitation = "";
  kept.forget("data-owner");
}

// The picture of the drawing as it is, as far as it is prepared.
function currentPicture() {
  const { current } = preview;
  return !drawing.empty && current?.drawing === drawing.number ? current : null;
}

function begin(picture) {
  setBusy(true);
  underway = { ...picture, follows: live.on };
  see.begin(picture.pixels);
  client.classify(picture.pixels);
}

function setBusy(is) {
  busy = is;
  waits.set(is);
  if (!is) waitsFor = "";
  allow();
}

// That a picture waits for its class; or that it does no longer.
function showWaiting(is) {
  byId("result").classList.toggle("busy", is);
  if (is && !live.on) forget();
  if (is && waitsFor) notices.status(waitsFor);
}

function take(picture, result) {
  results.add(picture, result);
  // The class of a drawing that was wiped away meanwhile is of no interest any more.
  if (picture.follows && drawing.empty) return;
  shown = picture;
  showResult(result, picture.follows, shared?.details(result, plan));
  judge();
}

// Marks the class that is shown, unless it is that of the picture as it is now.
function judge() {
  const current = preview.settled ? currentPicture() : null;
  markEarlier(shown !== null && !(current && samePicture(current.pixels, shown.pixels)));
}

function forget() {
  shown = null;
  forgetResult();
}

function allow() {
  const host = panel.all.find(({ role }) => role === "model-owner");
  const online = host?.online === true;
  const free = ready && !many.busy && left > 0;
  live.update({ able: free && online, online, busy, prepared, left });
  classify.disabled = live.on || !free;
  show(live.on, byId("board-class"));
}

function stateOf(phase) {
  return { ready: "ready", stopped: "stopped" }[phase] ?? "busy";
}

function showStep(phase) {
  const reached = STEPS.indexOf(STEP_OF[phase] ?? phase);
  if (reached < 0) return;
  [...byId("steps").children].forEach((step, index) => {
    const last = STEPS.length - 1;
    const done = index < reached || reached === last;
    step.className = done ? "done" : index === reached ? "current" : "";
    if (index === reached) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
}
