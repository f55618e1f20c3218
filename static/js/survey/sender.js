// Sends what waits in the queue, in order, until it has arrived; tries again by itself.
import { remove, waiting } from "./queue.js";

const LONGEST_WAIT_MS = 10000;
const ESSENTIAL = ["token", "client_id", "decision", "confidence"];

export class Sender {
  // `told` hears {token, plan}, {token, refused, plan}, {slip, refused}, {offline} and
  // {lost}.
  constructor({ session, url, slipUrl, csrf, sinceShown, told }) {
    Object.assign(this, { session, url, slipUrl, csrf, sinceShown, told });
    this.running = null;
    this.wait = 500;
    window.addEventListener("online", () => this.kick());
  }

  // Send all that waits; resolves when the queue is empty or the server cannot be reached.
  kick() {
    clearTimeout(this.timer);
    this.running ??= this.#sendAll().finally(() => (this.running = null));
    return this.running;
  }

  async #sendAll() {
    for (let queue = await waiting(this.session); queue.length; queue = await waiting(this.session)) {
      const arrived = await this.#send(queue[0]);
      if (!arrived) return this.#later();
      await remove(queue[0]);
      this.wait = 500;
    }
  }

  async #send(waits) {
    if (waits.slip) return this.#sendSlip(waits);
    const { session, position, ...said } = waits;
    return this.#sendAnswer(waits, { ...said, since_shown_ms: this.sinceShown(waits.token) });
  }

  async #sendAnswer(answer, said) {
    const response = await this.#post(this.url, said);
    if (!response) return false;
    if (response.status === 400 && Object.keys(said).length > ESSENTIAL.length) {
      // Something beside the answer is not understood: the answer itself must not wait for ever.
      return this.#sendAnswer(answer, Object.fromEntries(ESSENTIAL.map((name) => [name, said[name]])));
    }
    if (response.status === 409) {
      const plan = await response.json();
      this.told({ token: answer.token, refused: plan.message, plan });
    } else if (response.ok) {
      this.told({ token: answer.token, plan: await response.json() });
    } else {
      return this.#lost(response);
    }
    return true;
  }

  async #sendSlip({ token }) {
    const response = await this.#post(this.slipUrl, { token });
    if (!response) return false;
    if (!response.ok && response.status !== 409) return this.#lost(response);
    const { message } = await response.json();
    this.told({ slip: token, refused: message });
    return true;
  }

  // The server's reply; null where there is none yet.
  async #post(url, said) {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
        body: JSON.stringify(said),
      });
      if (response.status < 500 && response.status !== 429) return response;
    } catch {
      // no network
    }
    this.told({ offline: true });
    return null;
  }

  // Not this rater's any more (signed out, erased): keep the answer, and say so.
  #lost({ status }) {
    this.told({ lost: status });
    return false;
  }

  #later() {
    this.timer = setTimeout(() => this.kick(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }
}
