// The helper's page: deals correlated randomness and shows how much.

import { showFailures } from "../check-view.js";
import { byId, show } from "../dom.js";
import * as format from "../format.js";
import { framed } from "../framed.js";
import { awaitInvitation, offerJoining } from "../join.js";
import * as kept from "../kept-invitation.js";
import { LinksPanel } from "../links-panel.js";
import * as notices from "../notices.js";
import { wire } from "../room.js";
import { See } from "../see.js";
import { help as text } from "../strings.js";
import { WorkerClient } from "../worker-client.js";

const client = new WorkerClient();
const panel = new LinksPanel("helper");
const see = new See(client, "helper");

// Milliseconds without a bundle after which nobody waits for one.
const PAUSE = 2000;
// Pictures that a data owner keeps prepared.
const POOL = 4;

let invitation = "";
// Since when bundles are dealt without a pause, when the last was, and the bytes at the start.
let dealt = null;
let idle;

wire(client, panel, offerJoining);

panel.addEventListener("verdict", ({ detail: { peer, matches } }) => {
  // A model owner with somebody in between must not be joined again by a mere reload.
  if (!matches && peer === "model-owner") forgetInvitation();
  client.verify(peer, matches);
});

client
  .on("phase", ({ phase, text: sentence }) => {
    // That it deals is to be seen from the numbers; a sign that moves costs time on a machine that
    // deals as fast as it can.
    const state = { ready: "ready", deal: "ready", stopped: "stopped" }[phase] ?? "busy";
    notices.status(sentence, state);
    if (phase === "ready") notices.endProgress();
  })
  .on("dealt", ({ bundles, bytes, guests }) => {
    busy(bytes);
    byId("bundles").textContent = format.number(bundles);
    byId("bytes").textContent = format.bytes(bytes);
    byId("guests").textContent = format.number(guests);
  })
  .on("keep", ({ bytes }) => {
    if (invitation) kept.save("helper", invitation, bytes);
  })
  .on("error", ({ text: sentence, fatal }) => {
    notices.error(sentence);
    if (fatal) notices.status("", "stopped");
  });

// While bundles are asked for one follows the other; a pause means that all have enough.
function busy(bytes) {
  const now = performance.now();
  byId("idle").textContent = "";
  if (dealt && now - dealt.at < PAUSE) {
    const seconds = (now - dealt.since) / 1000;
    if (seconds > 0) {
      byId("rate").textContent = text.rate(format.bytes((bytes - dealt.bytes) / seconds));
    }
    dealt.at = now;
  } else {
    dealt = { since: now, at: now, bytes };
  }
  clearTimeout(idle);
  idle = setTimeout(() => (byId("idle").textContent = text.idle(POOL)), PAUSE);
}

if (!framed) showFailures();
awaitInvitation("helper", (options) => {
  ({ invitation } = options);
  notices.status(text.joining);
  show(true, byId("dealt"));
  see.show(null);
  client.start("helper", options);
});

function forgetInvitation() {
  invitation = "";
  kept.forget("helper");
}
