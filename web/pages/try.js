// One person in all three roles: each role's page in a frame, and each a party of its own.

import { byId, make, show } from "../dom.js";
import { tryout as text } from "../strings.js";

const PAGES = { "model-owner": "host.html", "data-owner": "draw.html", helper: "help.html" };

const frames = new Map();
let nonce = "";

window.addEventListener("message", ({ origin, source, data }) => {
  const host = frames.get("model-owner")?.contentWindow;
  if (origin !== location.origin || !host || source !== host || data?.nonce !== nonce) return;
  if (data.problem) {
    byId("status").textContent = text.problem;
    return;
  }
  // An invitation leads to the page of its role on this site, and nowhere else.
  const links = { helper: data.helperInvite, "data-owner": data.dataOwnerInvite };
  if (!Object.entries(links).every(([role, link]) => leadsTo(PAGES[role], link))) return;
  for (const [role, link] of Object.entries(links)) open(role, link);
  byId("status").textContent = text.invited;
});

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

// The model owner comes first. It invites the others, as it would anywhere.
function begin() {
  nonce = [...crypto.getRandomValues(new Uint8Array(16))].join("-");
  byId("status").textContent = text.starting;
  for (const role of Object.keys(PAGES)) say(role, text.awaited);
  open("model-owner", new URL(`${PAGES["model-owner"]}#try=${nonce}`, location.href).href);
  show(true, byId("close-all"));
}

// With its frame a party is gone: its worker, its keys and its connection.
function closeAll() {
  nonce = "";
  frames.clear();
  for (const role of Object.keys(PAGES)) say(role, text.gone);
  show(false, byId("close-all"));
}

function say(role, sentence) {
  byId(role).replaceChildren(make("p", { className: "note", textContent: sentence }));
}

function open(role, link) {
  const frame = make("iframe", { title: text.frames[role], src: link });
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

function leadsTo(page, link) {
  try {
    const [wanted, url] = [new URL(page, location.href), new URL(link)];
    return url.origin === wanted.origin && url.pathname === wanted.pathname && url.hash !== "";
  } catch {
    return false;
  }
}
