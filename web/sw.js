// The service worker: the pages open without the network, up to joining a room.
//
// `cargo xtask site` puts `self.SITE` in front: the version of the site, its files with their hashes,
// and those that not everybody needs, which are kept only once they were used. A cache holds the files of one
// version, each checked by its hash, and a page gets all of its files from there. So no page mixes
// two versions. What a new version has in common with the one before it is taken from that one's cache.
// What is not listed goes to the network as if this worker were not there: config.json, the relay's
// answers and its socket.

const { version, list, assets, files, later } = self.SITE;
const scope = new URL(self.registration.scope);
const OURS = `blindsight ${scope.pathname} `;
const NAME = OURS + version;

// The hash of each file, as browsers check it.
const hashes = { ...files, ...later };

// How long the server may take to say which version it has, in milliseconds.
const LIMIT = 2000;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(removeOthers()));
// A page names what it used and wants to find again without the network.
self.addEventListener("message", (event) => {
  const named = event.data.keep.map((href) => fileOf(new URL(href))).filter(Boolean);
  event.waitUntil(Promise.all(named.map(answer)));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const file = fileOf(new URL(request.url));
  if (!file) return;
  const page = request.mode === "navigate";
  event.respondWith(page ? open(request, file) : answer(file));
});

async function install() {
  const cache = await caches.open(NAME);
  const listed = await load(list);
  // What cannot be taken over is fetched.
  const known = await keptBefore(listed.headers).catch(() => new Map());
  await cache.put(address(list), listed);
  const keep = async (file) => {
    const before = file.startsWith(assets) && known.get(hashes[file]);
    const put = before && cache.put(address(file), before.clone());
    const taken = put && (await put.then(() => true, () => false));
    if (!taken && file in files) await cache.put(address(file), await load(file));
  };
  await Promise.all(Object.keys(hashes).map(keep));
}

async function removeOthers() {
  await Promise.all((await others()).map((name) => caches.delete(name)));
}

// The caches of other versions.
async function others() {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(OURS) && name !== NAME);
}

// What other versions keep, by its hash. It has another name now, and a script finds what it imports by
// the address of the answer: an answer that was made here takes that of the question. Its headers are
// those that the server sends today.
async function keptBefore(sent) {
  const known = new Map();
  for (const name of await others()) {
    const cache = await caches.open(name);
    for (const kept of await cache.matchAll()) {
      const bytes = await kept.arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      const headers = new Headers(sent);
      for (const own of ["content-encoding", "content-length", "etag"]) headers.delete(own);
      const type = kept.headers.get("content-type");
      if (type) headers.set("content-type", type);
      known.set(`sha256-${btoa(String.fromCharCode(...digest))}`, new Response(bytes, { headers }));
    }
  }
  return known;
}

// The name of a listed file, or undefined.
function fileOf(url) {
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return undefined;
  const name = url.pathname.slice(scope.pathname.length) || "index.html";
  return name === list || Object.hasOwn(hashes, name) ? name : undefined;
}

function address(file) {
  return new URL(file, scope);
}

// A page is opened. If the server has another version by now, this worker steps aside for good, and
// the browser asks the server for the page, which brings its own worker.
async function open(request, file) {
  if ((await outdated()) && (await self.registration.unregister())) {
    return Response.redirect(request.url);
  }
  return answer(file);
}

async function outdated() {
  try {
    const response = await ask(list, { signal: AbortSignal.timeout(LIMIT) });
    const said = await response.json();
    return response.ok && Boolean(said.files) && said.version !== version;
  } catch {
    // Without the network there is no newer one.
    return false;
  }
}

async function answer(file) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(address(file));
  if (kept) return kept;
  const response = await load(file);
  // Where there is no room for it, it is fetched again the next time.
  await cache.put(address(file), response.clone()).catch(() => {});
  return response;
}

// A file of this version and no other, from the server.
async function load(file) {
  const options = { integrity: hashes[file] ?? "" };
  // What the browser kept may be damaged: then the server is asked.
  const again = () => ask(file, { ...options, cache: "reload" });
  const response = await ask(file, options).catch(again);
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  if (file === list) {
    const said = await response.clone().json();
    if (said.version !== version) throw new Error(`${file}: ${said.version}`);
  }
  // The answer to a page must not look as if it came from elsewhere.
  return response.redirected ? new Response(response.body, response) : response;
}

// Asks the server whether what the browser has of a file is the newest, if that can change.
function ask(file, options) {
  const cache = file.startsWith(assets) ? "default" : "no-cache";
  return fetch(address(file), { cache, credentials: "same-origin", ...options });
}
