// The model owner's page: choose a model, host it, pass on the invitations.

import { showFailures } from "../check-view.js";
import { relay } from "../config.js";
import { copyField } from "../copy-field.js";
import { byId, show } from "../dom.js";
import * as format from "../format.js";
import { framed, report } from "../framed.js";
import { GuestTable } from "../guest-table.js";
import { LinksPanel } from "../links-panel.js";
import { ModelChoice } from "../model-choice.js";
import * as notices from "../notices.js";
import { showPlan } from "../plan-view.js";
import { Remembering } from "../remembering.js";
import { wire } from "../room.js";
import { See } from "../see.js";
import { draw, host as text } from "../strings.js";
import { WorkerClient } from "../worker-client.js";

const client = new WorkerClient();
const form = byId("setup");
const choice = new ModelChoice(framed ? hostAtOnce : inspect);
const guests = new GuestTable({
  remove: (guest) => client.dismiss(guest),
  allow: (guest, allow) => client.allow(guest, allow),
});
const panel = new LinksPanel("model-owner");
const see = new See(client, "model-owner");
const remembering = new Remembering((room) => start(room, room.bytes, true));
const passing = { announce: notices.announce, qr: (link) => client.qr(link) };
const showDataOwnerLink = copyField("invite-data-owner", text.dataOwnerLink, passing);
const showHelperLink = copyField("invite-helper", text.helperLink, passing);
const buttons = [byId("host-start"), byId("take-up"), byId("forget")];

// What rooms of compute parties need, once one was chosen: the module, and what it shows.
let shared = null;
let seats = null;

let options = null;
// Counts the choices of a model: only what was found of the last one is shown.
let choices = 0;
let inspected = null;
let refused = false;

// The setup.

async function inspect() {
  choices += 1;
  const mine = choices;
  if (refused) notices.clearError();
  refused = false;
  inspected = null;
  showInspected();
  byId("model-cost").textContent = text.inspecting;
  try {
    const parties = chosenParties();
    await prepare(parties);
    if (parties && !options) shared.dress("model-owner", parties);
    else if (!options) shared?.undress();
    const { model } = await choice.load();
    const found = await client.inspect(model, parties);
    if (mine === choices) inspected = found;
  } catch (error) {
    if (mine === choices && !options) {
      refused = true;
      notices.error(error.message);
    }
  }
  if (mine === choices) showInspected();
}

// The plan of the room is another thing than that of the choice: a remembered room has its own.
function showInspected() {
  byId("model-cost").textContent = inspected ? describe(inspected) : "";
  if (options) return;
  if (inspected) showPlan(inspected.plan, costsOf(inspected.plan));
  else show(false, byId("plan"));
}

// Of a network among compute parties; otherwise what there is anyway.
function costsOf(plan) {
  return plan.parties ? shared.costs(plan) : undefined;
}

function describe(found) {
  if (found.plan.parties) return shared.describe(found, text.size);
  const { input, classes, parameters, proof, plan, onlineMs } = found;
  const size = { input, classes, parameters: format.number(parameters) };
  const cost = {
    trips: draw.trips(plan.roundTrips),
    online: format.bytes(plan.onlineBytes),
    offline: format.bytes(plan.offlineBytes),
    once: format.bytes(plan.hostingBytes),
  };
  const time = text.time(format.duration(onlineMs), draw.trips(plan.roundTrips));
  return `${text.size(size)} ${text.cost(cost)} ${time} ${proof}`;
}

// In try.html there is nothing to choose: as soon as the list is there, its first choice is hosted.
async function hostAtOnce() {
  try {
    const { model, title } = await choice.load();
    start({ model, title, options: { ...chosenOptions(), helper: "invite" } }, null, false);
  } catch (error) {
    notices.error(error.message);
    endHosting("");
  }
}

remembering.offer();
if (!framed) showFailures().then(offerHelpers);

// Where the relay runs no helper, one is invited.
function offerHelpers(answers) {
  const helper = answers.find(({ id }) => id === "helper");
  if (helper?.state !== "optional" || options) return;
  const [builtIn, invite] = form.elements.helper;
  builtIn.disabled = true;
  invite.checked = true;
  byId("built-in-note").textContent = helper.text;
}

// Before this program is here, the browser would send the form to nowhere.
busy(false);

for (const radio of form.elements.uses) {
  radio.addEventListener("change", () => {
    const some = form.elements.uses.value === "some";
    show(some, byId("uses-some"));
    // A field that is not shown must not keep the form from being sent.
    byId("uses-count").disabled = !some;
  });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  busy(true);
  notices.clearError();
  notices.status(text.loading);
  try {
    const { model, title } = await choice.load();
    start({ model, title, options: chosenOptions() }, null, byId("remember").checked);
  } catch (error) {
    notices.error(error.message);
    endHosting("");
  }
});

// How many compute parties there are to be; null where there is a helper.
function chosenParties() {
  const { engine, parties } = form.elements;
  return engine.value === "shamir" ? Number(parties.value) : null;
}

// Loads what a room needs.
async function prepare(parties) {
  client.load(parties ? "parties" : "blindsight");
  if (!parties || shared) return;
  shared = await import("../parties-room.js");
  seats = new shared.PartiesPanel(passing, (seat) => client.freeSeat(seat));
}

function showEngine() {
  const among = chosenParties() !== null;
  show(among, byId("parties-choice"));
  show(!among, byId("helper-choice"));
}

for (const field of [...form.elements.engine, form.elements.parties]) {
  field.addEventListener("change", () => {
    showEngine();
    inspect();
  });
}
// The browser may have filled it in again.
showEngine();

function chosenOptions() {
  const fields = form.elements;
  const uses = { one: 1, some: whole(fields.count, text.badUses), any: null }[fields.uses.value];
  const budget = whole(fields.budget, text.badBudget);
  const { helper, reveal } = fields;
  const parties = chosenParties();
  return { helper: helper.value, parties, uses, budget, reveal: reveal.value };
}

// A whole number within the field's bounds.
function whole(field, problem) {
  const value = Number(field.value);
  const within = value >= Number(field.min) && value <= Number(field.max);
  if (!Number.isInteger(value) || !within) throw new Error(problem);
  return value;
}

// The room.

async function start(room, saved, remember) {
  busy(true);
  notices.clearError();
  notices.status(text.starting);
  try {
    const origin = await relay();
    const site = new URL(".", location.href).href;
    await remembering.begin(remember, room);
    options = room.options;
    await prepare(options.parties);
    const { model } = room;
    client.start("model-owner", { relay: origin, site, model, ...options, remember, saved });
  } catch (error) {
    notices.error(error.message);
    endHosting("");
  }
}

panel.addEventListener("verdict", ({ detail }) => client.verify(detail.peer, detail.matches));

// The others are not told that a remembered room is closed: they wait for it to come back.
wire(
  client,
  panel,
  () => {},
  () => remembering.on,
);

client
  .on("phase", ({ phase, text: sentence }) => {
    // What still comes after the person pressed "stop" is of no interest.
    if (!options) return;
    if (phase === "stopped") endHosting(sentence);
    else notices.status(sentence, phase === "ready" ? "ready" : "busy");
  })
  .on("hosting", (room) => {
    showHelperLink(room.helperInvite);
    show(options.helper === "invite", byId("helper-invitation"));
    open(room);
  })
  .on("hosting-shared", (room) => {
    show(false, byId("helper-invitation"));
    shared.dress("model-owner", options.parties);
    seats.open(room.partyInvite, options.parties);
    open(room);
  })
  .on("guest", (guest) => {
    guests.update(guest);
    if (guest.state === "asking" && !paused()) notices.announce(text.asks(guest.id, guest.asking));
  })
  .on("link", (link) => {
    if (link.guest !== null) guests.setTrust(link.guest, link.trust);
    seats?.update(link);
  })
  .on("unlink", ({ peer }) => seats?.remove(peer))
  .on("keep", ({ bytes }) => remembering.keep(bytes))
  .on("error", ({ text: sentence, fatal }) => {
    notices.error(sentence);
    if (!fatal && !byId("hosting").hidden) {
      // Where the relay's own helper fails, somebody can step in.
      if (!options?.parties) show(true, byId("helper-invitation"));
      return;
    }
    if (!fatal) client.stop();
    endHosting("");
  });

function open({ dataOwnerInvite, helperInvite, plan }) {
  showDataOwnerLink(dataOwnerInvite);
  byId("invite-data-owner-note").textContent = text.dataOwnerNote(options.uses);
  showPlan(plan, costsOf(plan));
  see.show(plan);
  // A choice of an earlier room, or one that the browser filled in again.
  if (answering() !== "at-once") client.askFirst(true);
  guests.asking = !paused();
  show(false, form);
  show(true, byId("hosting"));
  if (framed) report({ dataOwnerInvite, helperInvite });
  else byId("hosting-title").focus();
}

for (const radio of document.querySelectorAll("input[name=answer]")) {
  radio.addEventListener("change", () => {
    client.askFirst(answering() !== "at-once");
    guests.asking = !paused();
  });
}

function answering() {
  return document.querySelector("input[name=answer]:checked").value;
}

function paused() {
  return answering() === "paused";
}

byId("stop").addEventListener("click", () => {
  const sentence = remembering.on ? text.stoppedRemembered : text.stopped;
  client.stop();
  endHosting(sentence);
});

function endHosting(sentence) {
  report({ problem: true });
  options = null;
  guests.clear();
  panel.clear();
  seats?.close();
  shared?.undress();
  notices.waiting("", 0);
  notices.endProgress();
  notices.status(sentence, "stopped");
  show(true, form);
  show(false, byId("hosting"));
  showInspected();
  busy(false);
  remembering.end();
}

function busy(is) {
  for (const button of buttons) button.disabled = is;
}
