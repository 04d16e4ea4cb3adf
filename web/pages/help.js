// The helper's page: deals correlated randomness and shows how much.

import { byId, show } from "../dom.js";
import * as format from "../format.js";
import { awaitInvitation, offerJoining } from "../join.js";
import * as notices from "../notices.js";
import { help as text } from "../strings.js";
import { WorkerClient } from "../worker-client.js";

const client = new WorkerClient();

client
  .on("phase", ({ phase, text: sentence }) => {
    const state = { ready: "ready", stopped: "stopped" }[phase] ?? "busy";
    notices.status(sentence, state);
    if (phase === "ready" || phase === "stopped") notices.endProgress();
    if (phase === "stopped") offerJoining();
  })
  .on("progress", ({ done, total }) => notices.progress(done, total))
  .on("dealt", ({ bundles, bytes, guests }) => {
    byId("bundles").textContent = format.number(bundles);
    byId("bytes").textContent = format.bytes(bytes);
    byId("guests").textContent = format.number(guests);
  })
  .on("error", ({ text: sentence, fatal }) => {
    notices.error(sentence);
    if (!fatal) return;
    notices.status("", "stopped");
    notices.endProgress();
    offerJoining();
  });

window.addEventListener("pagehide", (event) => {
  if (!event.persisted) client.stop();
});

awaitInvitation("helper", (link) => {
  notices.status(text.joining);
  show(true, byId("dealt"));
  client.start("helper", { invitation: link });
});
