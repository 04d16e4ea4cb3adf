// The worker of a tab: loads the WebAssembly module and carries messages between it and the page.
// All of the protocol, the keys and the connection to the relay live in here. The page finds the words:
// what goes wrong here has a name, and what the module says is in English. There are two modules, of
// which the page names one: "parties" is larger and can do all that "blindsight" can.

// How often a tab lets time pass, in milliseconds.
const TICK = 200;

// The module, once the page has named it.
let loading;
let tab;
let ticking;
let watched = false;

const calls = {
  start(wasm, { role, options }) {
    clearInterval(ticking);
    tab = new wasm.Tab((event) => self.postMessage(event));
    tab.start(role, options);
    tab.watch(watched);
    ticking = setInterval(tick, TICK);
  },
  classify(_wasm, { pixels }) {
    if (tab) tab.classify(pixels);
    else self.postMessage({ kind: "error", problem: "notStarted", fatal: false });
  },
  cancel() {
    self.postMessage({ kind: "cancelled", left: tab?.cancel() ?? 0 });
  },
  stop() {
    clearInterval(ticking);
    tab?.stop();
    tab = undefined;
  },
  verify(_wasm, { peer, matches }) {
    tab?.verify(peer, matches);
  },
  watch(_wasm, data) {
    ({ watched } = data);
    tab?.watch(watched);
  },
  tamper() {
    tab?.tamper();
  },
  askFirst(_wasm, { first }) {
    tab?.ask(first);
  },
  allow(_wasm, { guest, allow }) {
    tab?.answer(guest, allow);
  },
  dismiss(_wasm, { guest }) {
    tab?.dismiss(guest);
  },
  freeSeat(_wasm, { seat }) {
    tab?.freeSeat(seat);
  },
  picture(wasm, { id, width, height, rgba }) {
    answer(id, () => {
      const bytes = new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.byteLength);
      return wasm.picture(width, height, bytes);
    });
  },
  qr(wasm, { id, link }) {
    answer(id, () => wasm.qr(link));
  },
  inspect(wasm, { id, model, parties }) {
    answer(id, () => wasm.inspect(model, parties ?? undefined));
  },
};

function answer(id, compute) {
  try {
    self.postMessage({ kind: "answer", id, value: compute() });
  } catch (error) {
    if (isCrash(error)) throw error;
    self.postMessage({ kind: "refusal", id, text: sentence(error) });
  }
}

self.addEventListener("message", async ({ data }) => {
  if (data.call === "load") {
    loading = load(data.name);
    return;
  }
  const wasm = await loading;
  if (!wasm) return;
  try {
    calls[data.call](wasm, data);
  } catch (error) {
    report(error, data.call === "start");
  }
});

function tick() {
  try {
    tab.tick();
  } catch (error) {
    report(error, true);
  }
}

function report(error, fatal) {
  const crashed = isCrash(error);
  const problem = crashed ? "stopped" : undefined;
  if (fatal || crashed) clearInterval(ticking);
  self.postMessage({ kind: "error", problem, text: sentence(error), fatal: fatal || crashed });
}

async function load(name) {
  try {
    const module = await import(`./pkg/${name}.js`);
    await module.default();
    self.postMessage({ kind: "loaded", build: module.build() });
    return module;
  } catch (error) {
    const unable = typeof WebAssembly === "undefined" || error instanceof WebAssembly.CompileError;
    const problem = unable ? "noWasm" : "noModule";
    self.postMessage({ kind: "error", problem, text: sentence(error), fatal: true });
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
