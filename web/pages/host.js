// The model owner's page: choose a model, host it, pass on the invitations.

import { copyField } from "../copy-field.js";
import { byId, make, show } from "../dom.js";
import * as format from "../format.js";
import * as notices from "../notices.js";
import { showPlan } from "../plan-view.js";
import { host as text } from "../strings.js";
import { listenForDrops } from "../upload.js";
import { WorkerClient } from "../worker-client.js";

const MOST_BYTES = 256_000_000;

const client = new WorkerClient();
const start = byId("host-start");
const select = byId("model-select");
const announce = (sentence) => (byId("copy-status").textContent = sentence);
const showDataOwnerLink = copyField("invite-data-owner", text.dataOwnerLink, announce);
const showHelperLink = copyField("invite-helper", text.helperLink, announce);

const guests = new Map();
let invitesHelper = false;
let bundled = [];
let own = null;

// The model.

loadList();

async function loadList() {
  try {
    const response = await fetch("models/index.json");
    if (!response.ok) throw new Error(response.statusText);
    bundled = await response.json();
    select.replaceChildren(
      ...bundled.map(({ name, title }) => make("option", { value: name, textContent: title })),
    );
  } catch {
    notices.error(text.noModels);
  }
  showChoice();
}

select.addEventListener("change", () => {
  own = null;
  showChoice();
});
byId("model-file").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  target.value = "";
  if (file) takeFile(file);
});
byId("own-clear").addEventListener("click", () => {
  own = null;
  showChoice();
  select.focus();
});
listenForDrops(byId("setup"), takeFile);

function takeFile(file) {
  notices.clearError();
  if (!file.name.toLowerCase().endsWith(".onnx")) notices.error(text.notOnnx);
  else if (file.size > MOST_BYTES) notices.error(text.tooManyBytes);
  else own = file;
  showChoice();
}

function showChoice() {
  const chosen = bundled.find(({ name }) => name === select.value);
  select.disabled = own !== null || bundled.length === 0;
  byId("own-name").textContent = own ? text.fileChosen(own.name, format.bytes(own.size)) : "";
  show(own !== null, byId("own"));
  byId("model-note").textContent =
    !own && chosen?.accuracy ? text.accuracy(chosen.accuracy) : "";
}

async function loadModel() {
  if (own) {
    const name = own.name.replace(/\.onnx$/i, "");
    return { name, bytes: new Uint8Array(await own.arrayBuffer()) };
  }
  const entry = bundled.find(({ name }) => name === select.value);
  if (!entry) throw new Error(text.choose);
  const failed = new Error(text.noModel(entry.title));
  const response = await fetch(`models/${entry.file}`).catch(() => Promise.reject(failed));
  if (!response.ok) throw failed;
  return { name: entry.name, bytes: new Uint8Array(await response.arrayBuffer()) };
}

// The room.

byId("setup").addEventListener("submit", async (event) => {
  event.preventDefault();
  start.disabled = true;
  notices.clearError();
  notices.status(text.loading);
  try {
    const model = await loadModel();
    const helper = new FormData(byId("setup")).get("helper");
    invitesHelper = helper === "invite";
    notices.status(text.starting);
    client.start("model-owner", { relay: location.origin, model, helper });
  } catch (error) {
    notices.error(error.message);
    endHosting("");
  }
});
byId("stop").addEventListener("click", () => {
  client.stop();
  endHosting(text.stopped);
});

client
  .on("phase", ({ phase, text: sentence }) => {
    if (phase === "stopped") endHosting(sentence);
    else notices.status(sentence, phase === "ready" ? "ready" : "busy");
  })
  .on("progress", ({ done, total }) => notices.progress(done, total))
  .on("hosting", ({ dataOwnerInvite, helperInvite, plan }) => {
    showDataOwnerLink(dataOwnerInvite);
    showHelperLink(helperInvite);
    show(invitesHelper, byId("helper-invitation"));
    showPlan(plan);
    show(false, byId("setup"));
    show(true, byId("hosting"));
    byId("hosting-title").focus();
  })
  .on("guest", (guest) => {
    guests.set(guest.id, guest);
    showGuests();
  })
  .on("error", ({ text: sentence, fatal }) => {
    notices.error(sentence);
    if (fatal || byId("hosting").hidden) endHosting("");
    // Where the relay's own helper fails, somebody can step in.
    else show(true, byId("helper-invitation"));
  });

window.addEventListener("pagehide", (event) => {
  if (!event.persisted) client.stop();
});

function showGuests() {
  const rows = [...guests.values()].map(({ id, state, classified }) =>
    make(
      "tr",
      { className: state },
      make("th", { scope: "row", textContent: String(id) }),
      make("td", {}, make("span", { className: "state", textContent: text.guest[state] ?? state })),
      make("td", { className: "number", textContent: format.number(classified) }),
    ),
  );
  byId("guests").replaceChildren(...rows);
  show(rows.length > 0, byId("guest-table"));
  show(rows.length === 0, byId("no-guests"));
}

function endHosting(sentence) {
  guests.clear();
  showGuests();
  notices.status(sentence, "stopped");
  notices.endProgress();
  show(true, byId("setup"));
  show(false, byId("hosting"), byId("plan"));
  start.disabled = false;
}
