// Edits that are not saved yet, kept in this browser: they survive a reload, a crash, a conflict.

const NAME = "semblance-review";
const STORE = "drafts";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const request = act(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

/** A draft {version, edits, dismissed} of a person's work on an item. */
export class Draft {
  #last = Promise.resolve();

  constructor({ user, item, kind = "edits" }) {
    this.key = `${user}/${item}/${kind}`;
  }

  read() {
    return within("readonly", (store) => store.get(this.key)).catch(() => null);
  }

  /** Writes follow each other, so an older one never wins. */
  keep(draft) {
    const empty = !draft.edits?.length && !draft.dismissed?.length;
    this.#last = this.#last
      .then(() =>
        within("readwrite", (store) =>
          empty ? store.delete(this.key) : store.put({ ...draft, at: Date.now() }, this.key),
        ),
      )
      .catch(() => null); // a browser without storage still edits
    return this.#last;
  }
}
