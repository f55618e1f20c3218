// Fetches images ahead, as blobs: the browser's cache keeps none of them.
const TRIES_AFTER_MS = [500, 1000, 2000, 4000];

export class Pictures {
  constructor(address) {
    this.address = address;
    this.fetched = new Map(); // token -> promise of an object URL
  }

  // The object URL of an image; tries until it comes, unless it is gone for good (null).
  get(token, { waiting } = {}) {
    if (!this.fetched.has(token)) this.fetched.set(token, this.#fetch(token, waiting));
    return this.fetched.get(token);
  }

  drop(token) {
    this.fetched.get(token)?.then((url) => url && URL.revokeObjectURL(url));
    this.fetched.delete(token);
  }

  async #fetch(token, waiting) {
    for (let tries = 0; ; tries += 1) {
      try {
        const response = await fetch(this.address.replace("TOKEN", token), { cache: "no-store" });
        if (response.ok) return URL.createObjectURL(await response.blob());
        if (response.status === 404) return null;
      } catch {
        // no network: again below
      }
      waiting?.();
      const pause = TRIES_AFTER_MS[Math.min(tries, TRIES_AFTER_MS.length - 1)];
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
