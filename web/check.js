// Whether this browser and this site have all that is needed, and what to do where not.

import { build, relay } from "./config.js";
import { available } from "./saved-room.js";
import { check as text } from "./strings.js";

// How long a relay or a worker may take, in milliseconds.
const LIMIT = 8000;

// A module of one function, which makes a vector of zeros and drops it.
const SIMD = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // header
  ...[1, 4, 1, 0x60, 0, 0], // a type: takes nothing, gives nothing
  ...[3, 2, 1, 0], // a function of that type
  ...[10, 23, 1, 21, 0, 0xfd, 12, ...new Array(16).fill(0), 0x1a, 11], // v128.const, drop, end
);

/**
 * Looks at everything. Gives a list of { id, state, title, text } in the order in which to show it;
 * `state` is "good", "warning", "bad", or "optional" for what is missed and not needed.
 */
export async function check() {
  const asked = await Promise.all([
    wasm(),
    simd(),
    workers(),
    random(),
    ...(await site()),
    storage(),
  ]);
  return asked.map(([id, state, ...details]) => {
    const { title, [state]: sentence } = text.items[id];
    const words = typeof sentence === "function" ? sentence(...details) : sentence;
    return { id, state, title, text: words };
  });
}

function wasm() {
  return ["wasm", typeof WebAssembly === "object" ? "good" : "bad"];
}

function simd() {
  const known = typeof WebAssembly === "object" && WebAssembly.validate(SIMD);
  return ["simd", known ? "good" : "bad"];
}

// Some browsers know workers but not as modules, so one is started.
async function workers() {
  const answer = await new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), LIMIT);
    const end = (answered) => {
      clearTimeout(timer);
      resolve(answered);
    };
    try {
      const url = new URL("./check/probe.js", import.meta.url);
      const probe = new Worker(url, { type: "module" });
      probe.addEventListener("message", () => {
        probe.terminate();
        end(true);
      });
      probe.addEventListener("error", () => end(false));
    } catch {
      end(false);
    }
  });
  return ["workers", answer ? "good" : "bad"];
}

function random() {
  let drawn = new Uint8Array(32);
  try {
    drawn = crypto.getRandomValues(drawn);
  } catch {
    // It stays zero.
  }
  return ["random", drawn.some((byte) => byte !== 0) ? "good" : "bad"];
}

// The relay, its helper and its build: three answers from two questions.
async function site() {
  let origin;
  try {
    origin = await relay();
  } catch (error) {
    return [["relay", "bad", error.message]];
  }
  const host = new URL(origin).host;
  const [health, key] = await Promise.all([ask(origin, "health"), ask(origin, "helper-key")]);
  const said = health?.ok ? await health.json().catch(() => null) : null;
  if (said?.status !== "ok") return [["relay", "bad", text.noRelay(host)]];
  const [ours, theirs] = [await build(), String(said.build ?? "")];
  return [
    ["relay", "good", host],
    ["helper", key?.ok ? "good" : "optional"],
    ["build", ours !== "" && ours === theirs ? "good" : "warning", ours, theirs],
  ];
}

async function ask(origin, what) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), LIMIT);
  try {
    const options = { signal: abort.signal, cache: "no-store", credentials: "omit" };
    return await fetch(new URL(what, `${origin}/`), options);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function storage() {
  return ["storage", (await available()) && keepsForSession() ? "good" : "optional"];
}

function keepsForSession() {
  try {
    sessionStorage.setItem("blindsight.check", "1");
    sessionStorage.removeItem("blindsight.check");
    return true;
  } catch {
    return false;
  }
}
