// What every page has: keys, dialogs, toasts, and a word where a request of htmx failed.

import { showKeys } from "./keys.js";

const SIGNS = { success: "✓", error: "✕", warning: "!", info: "i" };

/** Say something in the corner: toast("Saved.", "success"). Levels: info, success, warning, error. */
export function toast(text, level = "info") {
  const box = document.getElementById("toasts");
  if (!box) return;
  const shown = document.createElement("div");
  shown.className = `toast toast-${level}`;
  const sign = document.createElement("span");
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = SIGNS[level] ?? "i";
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "link-button";
  close.dataset.dismiss = "";
  close.textContent = "Close";
  shown.append(sign, words, close);
  box.append(shown);
}

function onClick(event) {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault(); // a link that would lead to the same form on a page of its own
      if (dialog.id === "keys") showKeys();
      else dialog.showModal();
    }
    return;
  }
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
}

function onSubmit(event) {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
}

// What only works with scripts is hidden until there are some.
function reveal(root) {
  for (const element of root.querySelectorAll("[data-opens][hidden], [data-dismiss][hidden]")) {
    element.hidden = false;
  }
}

const DISK_FULL = 507; // the server says where space is wanted
const WORDS = {
  403: "You may not do that. Nothing has changed.",
  404: "That is not there any more. Reload the page to see what is.",
  0: "The server does not answer. What was saved is safe; try again in a moment.",
};

function onFailure(event) {
  const status = event.detail.xhr?.status ?? 0;
  const about = event.detail.elt;
  if (about?.closest("[hx-trigger*=every]")) return; // asked again by itself in a moment
  const said = status === DISK_FULL ? event.detail.xhr.responseText : WORDS[status];
  toast(said ?? `That did not work (${status}). Nothing half-done was kept; try again.`, "error");
}

// A second click on a button that sends a form is the same click: a page that answers it shows what
// the first one made, such as links that are told once.
const TWICE_MS = 2000;
const sentAt = new WeakMap();

function onSent(event) {
  if (event.defaultPrevented) return; // a script sends it, or somebody said no
  if (event.target.method !== "post") return;
  const now = performance.now();
  if (now - (sentAt.get(event.target) ?? -TWICE_MS) < TWICE_MS) event.preventDefault();
  else sentAt.set(event.target, now);
}

document.addEventListener("click", onClick);
window.addEventListener("submit", onSent); // after all others, which may prevent it
document.addEventListener("submit", onSubmit);
document.addEventListener("htmx:responseError", onFailure);
document.addEventListener("htmx:sendError", onFailure);
document.addEventListener("htmx:load", (event) => reveal(event.target));
document.getElementById("toasts")?.classList.add("floating");
reveal(document);
