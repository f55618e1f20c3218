// Notes what else went on while an image was on the screen: time in the background, lost focus.
export class Watch {
  constructor() {
    this.start();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.hiddenFrom = performance.now();
      else this.#seenAgain();
    });
    window.addEventListener("blur", () => (this.blurs += 1));
  }

  start() {
    this.hidden = 0;
    this.blurs = 0;
    this.hiddenFrom = document.hidden ? performance.now() : null;
  }

  get seen() {
    this.#seenAgain();
    return { hidden_ms: this.hidden, blurs: this.blurs };
  }

  #seenAgain() {
    if (this.hiddenFrom !== null) this.hidden += performance.now() - this.hiddenFrom;
    this.hiddenFrom = document.hidden ? performance.now() : null;
  }
}

export function screenNow() {
  return { width: window.innerWidth, height: window.innerHeight, ratio: window.devicePixelRatio };
}

const LAST = "semblance-survey-shown";

// Whether this image was on this screen before: the page was loaded again before it had its answer.
export function shownBefore(token) {
  try {
    const before = localStorage.getItem(LAST) === token;
    localStorage.setItem(LAST, token);
    return before;
  } catch {
    return false; // a browser that keeps nothing
  }
}
