// Answers, and notes that one was a slip, wait here until the server has them: a reload, a crash or a dead network loses none.
const DATABASE = "semblance-survey";
const STORE = "answers";

const memory = new Map(); // where a browser has no IndexedDB, e.g. in some private windows

function database() {
  return new Promise((resolve) => {
    if (!("indexedDB" in window)) return resolve(null);
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "client_id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => resolve(null);
    opening.onblocked = () => resolve(null);
  });
}

const opened = database();

async function inStore(mode, act) {
  const db = await opened;
  if (db === null) return undefined;
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORE, mode, { durability: "strict" });
    const request = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export async function put(answer) {
  memory.set(answer.client_id, answer);
  await inStore("readwrite", (store) => store.put(answer)).catch(() => undefined);
}

export async function remove(answer) {
  memory.delete(answer.client_id);
  await inStore("readwrite", (store) => store.delete(answer.client_id)).catch(() => undefined);
}

// What waits of one session, oldest first, a slip after its answer: another rater may have used
// this browser before.
export async function waiting(session) {
  const stored = (await inStore("readonly", (store) => store.getAll()).catch(() => [])) ?? [];
  const all = new Map(stored.map((answer) => [answer.client_id, answer]));
  for (const [key, answer] of memory) all.set(key, answer);
  return [...all.values()]
    .filter((answer) => answer.session === session)
    .sort((a, b) => a.position - b.position || Boolean(a.slip) - Boolean(b.slip));
}

// A version 4 UUID; crypto.randomUUID is missing where the page comes over plain http.
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
