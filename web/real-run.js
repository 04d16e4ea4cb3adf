// A real run in one tab: three workers, each a party of its own, with the relay between them.

import { relay } from "./config.js";
import { SAMPLES } from "./samples.js";
import { SIDE, blank, paint } from "./strokes.js";
import { home as text } from "./strings.js";
import { WorkerClient } from "./worker-client.js";

const MODEL = "mnist-mlp";

/** The digit that is classified. */
export const SAMPLE = SAMPLES[7];

/**
 * Hosts a bundled network, invites a data owner and a helper, and classifies a sample. Resolves to
 * { messages, result }: all messages as { from, to, what, step, bytes }, from the dealing on, each
 * before those that answer it, and the data owner's result. Rejects with the sentence that says what
 * failed, or with the reason of `signal` once that is aborted.
 */
export async function run(signal) {
  const [address, bytes] = await Promise.all([relay(), network(signal)]);
  const roles = ["model-owner", "data-owner", "helper"];
  const clients = Object.fromEntries(roles.map((role) => [role, new WorkerClient()]));
  try {
    return await play(clients, address, bytes, signal);
  } finally {
    for (const client of Object.values(clients)) client.end();
  }
}

async function play(clients, origin, bytes, signal) {
  const stopped = new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const failed = Promise.race([stopped, ...Object.values(clients).map((client) => failure(client))]);
  // Each promise has a listener from the start: the one that fails last is nobody's error.
  failed.catch(() => {});
  const unless = (wanted) => Promise.race([wanted, failed]);
  const histories = Object.entries(clients).map(([role, client]) => history(role, client));
  const { "model-owner": host, "data-owner": guest, helper } = clients;
  const hosting = event(host, "hosting");
  const prepared = event(guest, "pool", ({ ready }) => ready > 0);
  host.start("model-owner", {
    relay: origin,
    site: new URL(".", location.href).href,
    model: { name: MODEL, bytes, data: [] },
    helper: "invite",
    uses: 1,
    budget: 1,
  });
  const { dataOwnerInvite, helperInvite } = await unless(hosting);
  guest.start("data-owner", { invitation: dataOwnerInvite, identity: null });
  helper.start("helper", { invitation: helperInvite, identity: null });
  await unless(prepared);
  const pixels = await unless(guest.picture(sample()));
  const classified = event(guest, "result");
  guest.classify(pixels);
  const result = await unless(classified);
  const messages = inOrder(histories).filter(({ what }) => !SETTING_UP.has(what));
  return { messages, result };
}

// What a party sent and got, in its own order.
function history(role, client) {
  const events = [];
  client.watch(true);
  client.on("seen", ({ sent, peer: name, what, step, bytes }) => {
    const peer = name.replace(/-\d+$/, "");
    const [from, to] = sent ? [role, peer] : [peer, role];
    events.push({ sent, from, to, what, step, bytes });
  });
  return events;
}

// Events of three workers come here in any order, but nobody got what was not yet sent: what a party
// sent comes after all that it got before.
function inOrder(histories) {
  const messages = [];
  const onTheWay = new Map();
  const way = ({ from, to }) => `${from} ${to}`;
  const can = (event) => event && (event.sent || onTheWay.get(way(event)) > 0);
  for (;;) {
    const next = histories.find(([event]) => can(event));
    if (!next) return messages;
    const event = next.shift();
    onTheWay.set(way(event), (onTheWay.get(way(event)) ?? 0) + (event.sent ? 1 : -1));
    if (event.sent) messages.push(event);
  }
}

// What is said once, before anything is dealt.
const SETTING_UP = new Set(["offer", "introduction", "masked weights"]);

async function network(signal) {
  const file = new URL(`models/${MODEL}.onnx`, import.meta.url);
  const response = await fetch(file, { signal }).catch(() => null);
  if (!response?.ok) throw new Error(text.noNetwork);
  return new Uint8Array(await response.arrayBuffer());
}

function sample() {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  blank(context);
  for (const stroke of SAMPLE.strokes) paint(context, stroke);
  return context.getImageData(0, 0, SIDE, SIDE);
}

function event(client, kind, wanted = () => true) {
  return new Promise((resolve) => {
    client.on(kind, (detail) => {
      if (wanted(detail)) resolve(detail);
    });
  });
}

function failure(client) {
  return new Promise((_, reject) => {
    client.on("error", ({ text: sentence }) => reject(new Error(sentence)));
  });
}
