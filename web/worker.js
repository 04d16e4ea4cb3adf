// The worker of a tab: loads the WebAssembly module and carries messages between it and the page.
// All of the protocol, the keys and the connection to the relay live in here.

import { worker as text } from "./strings.js";

const loading = load();
let tab;

const calls = {
  async start(wasm, { role, options }) {
    tab = new wasm.Tab((event) => self.postMessage(event));
    await tab.start(role, options);
  },
  async classify(_wasm, { pixels }) {
    if (!tab) throw new Error(text.notStarted);
    await tab.classify(pixels);
  },
  async stop() {
    await tab?.stop();
    tab = undefined;
  },
  picture(wasm, { id, width, height, rgba }) {
    try {
      const bytes = new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.byteLength);
      self.postMessage({ kind: "picture", id, pixels: wasm.picture(width, height, bytes) });
    } catch (error) {
      if (isCrash(error)) throw error;
      self.postMessage({ kind: "picture-error", id, text: sentence(error) });
    }
  },
};

self.addEventListener("message", async ({ data }) => {
  const wasm = await loading;
  if (!wasm) return;
  try {
    await calls[data.call](wasm, data);
  } catch (error) {
    const crashed = isCrash(error);
    const reason = crashed ? text.stopped(sentence(error)) : sentence(error);
    const fatal = crashed || data.call === "start";
    self.postMessage({ kind: "error", text: reason, fatal });
  }
});

async function load() {
  try {
    const module = await import("./pkg/blindsight.js");
    await module.default();
    self.postMessage({ kind: "loaded" });
    return module;
  } catch (error) {
    const unable = typeof WebAssembly === "undefined" || error instanceof WebAssembly.CompileError;
    const reason = unable ? text.noWasm : text.noModule(sentence(error));
    self.postMessage({ kind: "error", text: reason, fatal: true });
    return undefined;
  }
}

// After a trap the module's memory is not to be trusted any more.
function isCrash(error) {
  return error instanceof WebAssembly.RuntimeError;
}

function sentence(error) {
  return error instanceof Error ? error.message : String(error);
}
