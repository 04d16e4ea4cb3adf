// The service worker: the pages open without the network, up to joining a room.
//
// `cargo xtask site` puts `self.SITE` in front: the version of the site, its files with their hashes,
// and those that not everybody needs, which are kept only once they were used. A cache holds the files of one
// version, each checked by its hash, and a page gets all of its files from there. So no page mixes
// two versions. What is not listed goes to the network as if this worker were not there: config.json,
// the relay's answers and its socket.

const { version, list, files, later } = self.SITE;
const scope = new URL(self.registration.scope);
const OURS = `blindsight ${scope.pathname} `;
const NAME = OURS + version;

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
  const names = [list, ...Object.keys(files)];
  await Promise.all(names.map(async (file) => cache.put(address(file), await load(file))));
}

async function removeOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(OURS) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// The name of a listed file, or undefined.
function fileOf(url) {
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return undefined;
  const name = url.pathname.slice(scope.pathname.length) || "index.html";
  const listed = name === list || Object.hasOwn(files, name) || Object.hasOwn(later, name);
  return listed ? name : undefined;
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
  const integrity = files[file] ?? later[file] ?? "";
  const response = await ask(file, { integrity });
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  if (file === list) {
    const said = await response.clone().json();
    if (said.version !== version) throw new Error(`${file}: ${said.version}`);
  }
  // The answer to a page must not look as if it came from elsewhere.
  return response.redirected ? new Response(response.body, response) : response;
}

// Asks the server whether what the browser has of a file is the newest.
function ask(file, options) {
  return fetch(address(file), { cache: "no-cache", credentials: "same-origin", ...options });
}
