// One person in all three roles: each role's page in a frame, and each a party of its own.

import { byId, make, show } from "../dom.js";
import { tryout as text } from "../strings.js";

const PAGES = { "model-owner": "host.html", "data-owner": "draw.html", helper: "help.html" };

const frames = new Map();
// The invitations, and the frames that wait for one, by role.
const links = new Map();
const waiting = new Map();
let nonce = "";

window.addEventListener("message", ({ origin, source, data }) => {
  const role = [...frames.keys()].find((role) => frames.get(role).contentWindow === source);
  if (origin !== location.origin || !role || data?.nonce !== nonce) return;
  if (role === "model-owner") hear(data);
  else if (data.waits) {
    waiting.set(role, source);
    invite(role);
  }
});

// What the model owner says: the invitations, or that it stopped.
function hear({ dataOwnerInvite, helperInvite, problem }) {
  if (problem) {
    byId("status").textContent = text.problem;
    return;
  }
  links.set("data-owner", dataOwnerInvite);
  links.set("helper", helperInvite);
  for (const role of links.keys()) invite(role);
  byId("status").textContent = text.invited;
}

// The frame's page checks the link, as it does with one that somebody pastes.
function invite(role) {
  const link = links.get(role);
  if (link) waiting.get(role)?.postMessage({ nonce, link }, location.origin);
}

byId("close-all").addEventListener("click", () => {
  closeAll();
  byId("status").textContent = text.closed;
  byId("again").focus();
});
byId("again").addEventListener("click", () => {
  closeAll();
  begin();
});

begin();

// The model owner hosts at once and invites the others, who load meanwhile.
function begin() {
  nonce = [...crypto.getRandomValues(new Uint8Array(16))].join("-");
  byId("status").textContent = text.starting;
  for (const role of Object.keys(PAGES)) open(role);
  show(true, byId("close-all"));
}

// With its frame a party is gone: its worker, its keys and its connection.
function closeAll() {
  nonce = "";
  for (const known of [frames, links, waiting]) known.clear();
  for (const role of Object.keys(PAGES)) {
    byId(role).replaceChildren(make("p", { className: "note", textContent: text.gone }));
  }
  show(false, byId("close-all"));
}

function open(role) {
  const src = new URL(`${PAGES[role]}#try=${nonce}`, location.href).href;
  const frame = make("iframe", { title: text.frames[role], src });
  frame.dataset.testid = `frame-${role}`;
  // It is seen once it is the small form of its page.
  frame.addEventListener("load", () => {
    frame.classList.add("loaded");
    follow(frame);
  });
  frames.set(role, frame);
  byId(role).replaceChildren(frame);
}

// A frame is as high as its page, so that only the window scrolls.
function follow(frame) {
  const body = frame.contentDocument?.body;
  if (!body) return;
  const fit = () => (frame.style.height = `${Math.ceil(body.getBoundingClientRect().height)}px`);
  new ResizeObserver(fit).observe(body);
  fit();
}
