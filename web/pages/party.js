// The page of a compute party: takes a seat, computes on shares, and shows who else is there.

import { showFailures } from "../check-view.js";
import { byId, show } from "../dom.js";
import * as format from "../format.js";
import { partiesOf } from "../invitation.js";
import { awaitInvitation, offerJoining } from "../join.js";
import * as kept from "../kept-invitation.js";
import { LinksPanel } from "../links-panel.js";
import * as notices from "../notices.js";
import { Lobby } from "../parties-lobby.js";
import { party as text } from "../parties-words.js";
import { wire } from "../room.js";
import { See } from "../see.js";
import { WorkerClient } from "../worker-client.js";

const ROLE = "compute-party";

const client = new WorkerClient("parties");
const panel = new LinksPanel(ROLE);
const see = new See(client, ROLE, text.see);

let invitation = "";
let lobby = null;

wire(client, panel, () => {
  lobby = null;
  show(false, byId("lobby"), byId("room"));
  offerJoining();
});

panel.addEventListener("verdict", ({ detail: { peer, matches } }) => {
  // A model owner with somebody in between must not be joined again by a mere reload.
  if (!matches && peer === "model-owner") forgetInvitation();
  client.verify(peer, matches);
});
panel.addEventListener("change", () => {
  const guests = panel.all.filter(({ role, online }) => role === "data-owner" && online);
  byId("guests").textContent = format.number(guests.length);
});

client
  .on("phase", ({ phase, text: sentence }) => {
    const state = { ready: "ready", stopped: "stopped" }[phase] ?? "busy";
    notices.status(sentence, state);
    if (phase === "ready" || phase === "wait") notices.endProgress();
    if (phase === "wait" && lobby) lobby.own = null;
  })
  .on("seated", ({ index }) => {
    if (lobby) lobby.own = index;
  })
  .on("computed", ({ pictures }) => {
    byId("pictures").textContent = format.number(pictures);
  })
  .on("link", (link) => lobby?.update(link))
  .on("unlink", ({ peer }) => lobby?.remove(peer))
  .on("keep", ({ bytes }) => {
    if (invitation) kept.save(ROLE, invitation, bytes);
  })
  .on("error", ({ text: sentence, fatal }) => {
    notices.error(sentence);
    if (fatal) notices.status("", "stopped");
  });

byId("leave").addEventListener("click", () => {
  forgetInvitation();
  client.stop();
  byId("main").focus();
});

showFailures();
awaitInvitation(ROLE, (options) => {
  ({ invitation } = options);
  const parties = partiesOf(invitation);
  notices.status(text.joining);
  byId("rely").textContent = text.rely(parties, Math.floor((parties - 1) / 2));
  byId("pictures").textContent = format.number(0);
  lobby = new Lobby(byId("lobby"), parties);
  show(true, byId("room"), byId("lobby"));
  see.show(null);
  client.start(ROLE, options);
});

function forgetInvitation() {
  invitation = "";
  kept.forget(ROLE);
}
