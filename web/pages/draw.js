// The data owner's page: draw or load a picture, classify it, read the class.

import { showFailures } from "../check-view.js";
import { byId, show } from "../dom.js";
import { Drawing } from "../drawing.js";
import * as format from "../format.js";
import { framed } from "../framed.js";
import { awaitInvitation, offerJoining } from "../join.js";
import * as kept from "../kept-invitation.js";
import { LinksPanel } from "../links-panel.js";
import * as notices from "../notices.js";
import { showPlan } from "../plan-view.js";
import { Preview } from "../preview.js";
import { wire } from "../room.js";
import { See } from "../see.js";
import { draw as text, links as linksText, upload as uploadText } from "../strings.js";
import { decode, listenForFiles } from "../upload.js";
import { WorkerClient } from "../worker-client.js";

// The way to the first classification, in the order of the list #steps.
const STEPS = ["connect", "agree", "host", "deal", "ready"];
const STEP_OF = { wait: "connect", classify: "ready" };

const client = new WorkerClient();
const drawing = new Drawing(byId("canvas"));
const preview = new Preview(byId("preview"), (data) => client.picture(data));
const panel = new LinksPanel("data-owner");
const see = new See(client, "data-owner");
const classify = byId("classify");

let invitation = "";
let left = Infinity;
let ready = false;
let busy = false;
let refused = false;

// The picture.

drawing.addEventListener("change", () => {
  byId("undo").disabled = !drawing.canUndo;
  preview.update(drawing.empty ? null : () => drawing.pixels());
  forgetResult();
});
// Not while a stroke is drawn: the page would move under the pen.
drawing.addEventListener("end", notices.clearError);
drawing.addEventListener("pen", ({ detail }) => {
  notices.announce(detail.down ? text.penDown : text.penUp);
});
byId("undo").addEventListener("click", () => drawing.undo());
byId("clear").addEventListener("click", () => {
  drawing.clear();
  notices.announce(text.cleared);
});
for (const pen of document.querySelectorAll("input[name=pen]")) {
  pen.addEventListener("change", () => (drawing.penWidth = Number(pen.value)));
}

listenForFiles({
  input: byId("image-file"),
  area: byId("board"),
  async take(file, name) {
    notices.clearError();
    try {
      const image = await decode(file);
      drawing.showImage(image);
      byId("undo").disabled = true;
      const context = image.getContext("2d");
      preview.update(() => context.getImageData(0, 0, image.width, image.height));
      forgetResult();
      notices.announce(uploadText.loaded(name));
      await preview.pixels();
    } catch (error) {
      notices.error(error.message);
    }
  },
});

// The room.

wire(client, panel, () => {
  busy = false;
  ready = false;
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
});
panel.addEventListener("verdict", ({ detail: { peer, matches } }) => {
  // Whoever sits in between must not be joined again by a mere reload.
  if (!matches) forgetInvitation();
  client.verify(peer, matches);
});

client
  .on("phase", ({ phase, text: sentence }) => {
    ready = !refused && (phase === "ready" || phase === "classify");
    notices.status(sentence, stateOf(phase));
    if (phase === "ready") notices.endProgress();
    showStep(phase);
    allow();
  })
  .on("offer", (offer) => {
    byId("model").textContent = offer.model;
    show(true, byId("offer"));
    showPlan(offer.plan);
    see.show(offer.plan);
    if (offer.width !== 28 || offer.height !== 28) {
      refused = true;
      notices.error(text.otherSize(offer.width, offer.height));
    }
  })
  .on("pool", ({ ready: prepared, target }) => {
    byId("pool").textContent = `${text.pool(prepared, target)}.`;
  })
  .on("budget", ({ left: now, allowed }) => {
    left = now;
    byId("budget").textContent = `${text.budget(format.number(left), format.number(allowed))}.`;
    show(left === 0, byId("used-up"));
    allow();
  })
  .on("keep", ({ bytes }) => {
    if (invitation) kept.save("data-owner", invitation, bytes);
  })
  .on("result", (result) => {
    busy = false;
    notices.endProgress();
    showResult(result);
    allow();
  })
  .on("error", ({ text: sentence, fatal }) => {
    busy = false;
    if (fatal) notices.status("", "stopped");
    notices.error(sentence);
    allow();
  });

classify.addEventListener("click", async () => {
  if (busy) return;
  busy = true;
  allow();
  notices.clearError();
  forgetResult();
  try {
    const pixels = await preview.pixels();
    notices.status(text.classifying);
    see.begin(pixels);
    client.classify(pixels);
  } catch (error) {
    busy = false;
    notices.error(error.message);
    allow();
  }
});

notices.status(text.notJoined, "idle");
if (!framed) showFailures();
awaitInvitation("data-owner", (options) => {
  ({ invitation } = options);
  refused = false;
  left = Infinity;
  show(false, byId("used-up"));
  notices.status(text.joining);
  showStep("connect");
  show(true, byId("steps"));
  client.start("data-owner", options);
});

function forgetInvitation() {
  invitation = "";
  kept.forget("data-owner");
}

function allow() {
  classify.disabled = !ready || busy || left === 0;
  byId("result").classList.toggle("busy", busy);
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

function showResult(result) {
  byId("result-class").textContent = result.label;
  const [, ...others] = result.ranking;
  byId("result-ranking").textContent = others.length > 0 ? text.ranking(others) : "";
  byId("result-details").textContent = text.details({
    time: format.duration(result.onlineMs),
    trips: text.trips(result.roundTrips),
    bytes: format.bytes(result.onlineBytes),
  });
  byId("result").classList.add("known");
  notices.status(text.result(result.label), "ready");
}

// A class belongs to the picture that was classified, so it goes when the picture changes.
function forgetResult() {
  byId("result-class").textContent = "";
  byId("result-ranking").textContent = "";
  byId("result-details").textContent = "";
  byId("result").classList.remove("known");
}
