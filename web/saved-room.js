// The room that a model owner asked this browser to remember: the model's file, how it is hosted,
// and the secrets by which its invitations go on working.

const STORE = "room";

// The file is large and stays the same; the secrets are small and change. So they lie apart.
const MODEL = "model";
const SECRETS = "secrets";

/** The remembered room as { model, title, options, bytes, time }, or null. */
export async function load() {
  const [model, secrets] = await within("readonly", (store) => [
    store.get(MODEL),
    store.get(SECRETS),
  ]);
  return model && secrets ? { ...model, ...secrets } : null;
}

/** Remembers a room in place of any other: the model's file, how it is hosted, and the secrets. */
export async function save({ model, title, options }, bytes) {
  await within("readwrite", (store) => [
    store.put({ model, title, options }, MODEL),
    store.put({ bytes, time: Date.now() }, SECRETS),
  ]);
}

/** Remembers the secrets of the room that is remembered, as they are now. */
export async function saveSecrets(bytes) {
  await within("readwrite", (store) => [store.put({ bytes, time: Date.now() }, SECRETS)]);
}

export async function forget() {
  await within("readwrite", (store) => [store.clear()]);
}

/** Whether this browser can remember anything. */
export async function available() {
  try {
    await within("readonly", () => []);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes this tab the one that hosts the remembered room. Gives a function that ends that, or null
 * where another tab is it.
 */
export function hold() {
  // Where the page is not secure there are no locks, and two tabs are the person's own care.
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    const held = (lock) => (lock ? new Promise((release) => resolve(release)) : resolve(null));
    navigator.locks.request("blindsight.room", { ifAvailable: true }, held).catch(reject);
  });
}

// Makes some requests of the store and gives their results once all are done.
async function within(mode, work) {
  const database = await open();
  try {
    const transaction = database.transaction(STORE, mode);
    const requests = work(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return requests.map((request) => request.result);
  } finally {
    database.close();
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("blindsight", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
