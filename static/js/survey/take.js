// One image after the other: shown when it is decoded, timed from the frame in which it was painted.
import { Pictures } from "./pictures.js";
import { put, uuid, waiting } from "./queue.js";
import { Sender } from "./sender.js";
import { Zoom } from "./zoom.js";

const main = document.getElementById("main");
const told = main.dataset;
const place = document.getElementById("place");
const status = document.getElementById("status");
const stage = document.getElementById("stage");
const picture = document.getElementById("picture");
const form = document.getElementById("answer");
const fieldsets = form.querySelectorAll("fieldset");
const confirm = document.getElementById("confirm");
const slip = document.getElementById("slip");
const pause = document.getElementById("break");
const help = document.getElementById("help");

const pictures = new Pictures(told.image);
const zoom = new Zoom(stage, picture, document.querySelectorAll("[data-zoom]"));
const paintedAt = new Map(); // token -> performance.now() of the frame; gone after a reload
const answered = new Set(); // tokens answered here, arrived or not
let ahead = []; // presentations to come, the first is the one shown
let total = 0;
let shown = null; // {token, position, painted, decidedAt, changes, hidden}
let last = null; // token of the answer before, for the slip
let sinceBreak = 0;

const sender = new Sender({
  session: told.session,
  url: told.answer,
  csrf: told.csrf,
  sinceShown: (token) => (paintedAt.has(token) ? performance.now() - paintedAt.get(token) : null),
  told: heard,
});

function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

function heard({ plan, refused, offline, lost }) {
  if (offline) return say("No connection. Your answers are kept in this browser and will be sent.");
  if (lost) return say("The server does not know this session any more. Your answers are kept in this browser; load the page again.");
  say(refused ?? "");
  take(plan);
  // Answered in another tab: what is shown here needs no answer any more.
  if (shown && !answered.has(shown.token) && !ahead.some(({ token }) => token === shown.token)) next();
}

function take(plan) {
  total = plan.total;
  ahead = plan.next.filter(({ token }) => !answered.has(token));
  for (const { token } of ahead) pictures.get(token);
}

async function load() {
  for (const answer of await waiting(told.session)) answered.add(answer.token);
  await sender.kick();
  for (;;) {
    try {
      const response = await fetch(told.plan, { cache: "no-store" });
      if (response.ok) {
        take(await response.json());
        return next();
      }
      if (response.status < 500) return location.assign(told.end);
    } catch {
      // again below
    }
    say("No connection. Trying again.");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

// Show the next image, or wait for what has not arrived, or end.
async function next() {
  shown = null;
  enable(false);
  form.reset();
  if (!ahead.length) {
    await sender.kick();
    if (ahead.length) return next();
    if ((await waiting(told.session)).length) return void setTimeout(next, 500);
    return location.assign(told.end);
  }
  if (Number(told.breakEvery) && sinceBreak >= Number(told.breakEvery)) return rest();
  await show(ahead[0]);
}

async function show(presentation) {
  const now = { ...presentation, painted: null, decidedAt: null, changes: 0, hidden: 0 };
  shown = now;
  place.textContent = `${presentation.position} of ${total}`;
  picture.hidden = true;
  const url = await pictures.get(presentation.token, {
    waiting: () => say("No connection. The next image is fetched as soon as there is one."),
  });
  if (shown !== now) return;
  if (url === null) return void setTimeout(load, 500); // answered elsewhere: ask what comes next
  picture.src = url;
  await picture.decode();
  if (shown !== now) return;
  picture.hidden = false;
  zoom.reset();
  // The first callback comes before the frame is painted, the second after.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (shown !== now) return;
      now.painted = zoom.painted = performance.now();
      paintedAt.set(now.token, now.painted);
      enable(true);
      stage.focus({ preventScroll: true });
    }),
  );
}

function enable(on) {
  for (const fieldset of fieldsets) fieldset.disabled = !on;
  confirm.disabled = !on || !form.elements.decision.value || !form.elements.confidence.value;
}

function decide(name, value) {
  if (!shown?.painted) return;
  const input = form.querySelector(`input[name="${name}"][value="${value}"]`);
  if (!input.checked) {
    input.checked = true;
    changed(name);
  }
}

function changed(name) {
  if (name === "decision") {
    if (shown.decidedAt !== null) shown.changes += 1;
    shown.decidedAt = performance.now();
  }
  enable(true);
}

async function answer() {
  const { token, position, painted, decidedAt, changes, hidden } = shown ?? {};
  if (!painted || confirm.disabled) return;
  enable(false); // a second click has nothing to click
  const now = performance.now();
  answered.add(token);
  shown = null;
  await put({
    session: told.session,
    client_id: uuid(),
    token,
    position,
    decision: form.elements.decision.value,
    confidence: Number(form.elements.confidence.value),
    response_ms: decidedAt - painted,
    confirm_ms: now - painted,
    changes,
    hidden_ms: hidden,
    zooms: zoom.log,
  });
  pictures.drop(token);
  ahead = ahead.filter((presentation) => presentation.token !== token);
  last = token;
  slip.hidden = false;
  sinceBreak += 1;
  sender.kick();
  await next();
}

function rest() {
  sinceBreak = 0;
  stage.hidden = form.hidden = true;
  pause.hidden = false;
  pause.querySelector("button").focus();
}

pause.querySelector("button").addEventListener("click", () => {
  stage.hidden = form.hidden = false;
  pause.hidden = true;
  next();
});

slip.addEventListener("click", async () => {
  const token = last;
  slip.hidden = true;
  await sender.kick();
  const response = await fetch(told.slip, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": told.csrf },
    body: JSON.stringify({ token }),
  }).catch(() => null);
  say(response?.ok ? "Noted: the last answer was a slip. It stays as it was, with the note." : "The slip could not be noted.");
  stage.focus({ preventScroll: true });
});

form.addEventListener("change", (event) => changed(event.target.name));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  answer();
});

document.addEventListener("visibilitychange", () => {
  if (!shown) return;
  if (document.hidden) shown.hiddenFrom = performance.now();
  else if (shown.hiddenFrom) shown.hidden += performance.now() - shown.hiddenFrom;
});

document.getElementById("help-button").addEventListener("click", () => help.showModal());

const left = () => form.querySelectorAll('input[name="decision"]');
const keys = {
  [told.real]: () => decide("decision", "real"),
  [told.artificial]: () => decide("decision", "artificial"),
  f: () => decide("decision", left()[0].value),
  j: () => decide("decision", left()[1].value),
  1: () => decide("confidence", "1"),
  2: () => decide("confidence", "2"),
  3: () => decide("confidence", "3"),
  z: () => zoom.next(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (help.open || !pause.hidden || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const onControl = event.target.closest("button, a, input");
  if (event.key === "Enter" && !event.target.closest("button, a")) {
    event.preventDefault();
    return answer();
  }
  if (event.key.startsWith("Arrow") && !onControl) {
    event.preventDefault();
    return zoom.move(event.key);
  }
  const act = keys[event.key.toLowerCase()];
  if (act) {
    event.preventDefault();
    act();
  }
});

load();
