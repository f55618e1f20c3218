// One image after the other: shown when it is decoded, timed from the frame in which it was painted.
import { Answer } from "./answer.js";
import { Feedback, interlude, until } from "./cards.js";
import { expose, painted } from "./exposure.js";
import { guard } from "./gate.js";
import { listen } from "./listen.js";
import { Pane } from "./pane.js";
import { Pictures } from "./pictures.js";
import { put, uuid, waiting } from "./queue.js";
import { Regions } from "./regions.js";
import { Sender } from "./sender.js";
import { Watch, screenNow, shownBefore } from "./watch.js";
import { answerInWords } from "./words.js";
import { Zoom } from "./zoom.js";

const part = (id) => document.getElementById(id);
const told = part("main").dataset;
const exposureMs = Number(told.exposureMs);
const breakEvery = Number(told.breakEvery);
const stage = part("stage");
const desk = part("desk");
const slip = part("slip");
const ready = part("ready");

const pictures = new Pictures(told.image);
const panes = [...stage.querySelectorAll(".view")].map((view) => new Pane(view));
const zoom = new Zoom(panes, document.querySelectorAll("[data-zoom]"));
const watch = new Watch();
const regions = part("regions") && new Regions({ panes, button: part("mark"), list: part("regions"), say: speak });
const answer = new Answer(part("answer"), { pairs: told.task === "pairs", panes, regions });
const feedback = new Feedback(part("feedback"), part("answer"), told.task);

const paintedAt = new Map(); // token -> performance.now() of the frame; gone after a reload
const answered = new Set(); // tokens answered here, arrived or not
let plan = { total: 0, practice: 0 };
let ahead = []; // presentations to come, the first is the one shown
let shown = null; // {token, other, position, painted, exposed}
let last = null; // {token, position} of the answer before, for the slip
let sinceBreak = 0;
let begun = false; // practice is over, and this has been said

const sender = new Sender({
  session: told.session,
  url: told.answer,
  slipUrl: told.slip,
  csrf: told.csrf,
  sinceShown: (token) => (paintedAt.has(token) ? performance.now() - paintedAt.get(token) : null),
  told: heard,
});

// Errors and news, in sight; what is in sight anyway is only spoken.
function say(text) {
  if (part("status").textContent !== text) part("status").textContent = text;
}

function speak(text) {
  part("spoken").textContent = text;
}

function heard({ token, plan: came, slip: slipped, refused, offline, lost }) {
  if (offline) return say("No connection. Your answers are kept in this browser and will be sent.");
  if (lost) return say("The server does not know this session any more. Your answers are kept in this browser; load the page again.");
  if (slipped) return say(refused ?? "Noted: the last answer was a slip. It stays as it was, with the note.");
  say(refused ? `${refused}${came.kept ? ` It says: ${answerInWords(told.task, came.kept)}.` : ""}` : "");
  take(came);
  feedback.hear(token, came.feedback);
  // Answered in another tab: what is shown here needs no answer any more.
  if (shown && !answered.has(shown.token) && !ahead.some((one) => one.token === shown.token)) next();
}

function take(came) {
  plan = { practice: 0, ...came };
  ahead = plan.next.filter(({ token }) => !answered.has(token));
  for (const token of ahead.flatMap(tokensOf)) pictures.get(token);
}

const tokensOf = ({ token, other }) => (other ? [token, other] : [token]);

async function load() {
  for (const kept of await waiting(told.session)) answered.add(kept.token);
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

// Show the next image, or what comes before it, or wait for what has not arrived, or end.
async function next() {
  shown = null;
  answer.reset();
  if (!ahead.length) {
    await sender.kick();
    if (ahead.length) return next();
    if ((await waiting(told.session)).length) return void setTimeout(next, 500);
    return location.assign(told.end);
  }
  const [presentation] = ahead;
  if (plan.practice && presentation.position === plan.practice + 1 && !begun) {
    begun = true;
    part("count").textContent = plan.total - plan.practice;
    part("place").textContent = "Practice is over";
    await interlude(part("begin-study"), [stage, desk]);
    return next();
  }
  if (breakEvery && sinceBreak >= breakEvery) {
    sinceBreak = 0;
    part("done").textContent = `${presentation.position - 1 - plan.practice} of ${plan.total - plan.practice}`;
    await interlude(part("break"), [stage, desk]);
    return next();
  }
  await show(presentation);
}

function placeOf({ position }) {
  if (position <= plan.practice) return `Practice ${position} of ${plan.practice}`;
  return `${position - plan.practice} of ${plan.total - plan.practice}`;
}

async function show(presentation) {
  const now = { ...presentation, painted: null, exposed: null };
  shown = now;
  part("place").textContent = placeOf(now);
  slip.hidden = last === null;
  for (const pane of panes) pane.show(false);
  const urls = await Promise.all(
    tokensOf(now).map((token) =>
      pictures.get(token, { waiting: () => say("No connection. The next image is fetched as soon as there is one.") }),
    ),
  );
  if (shown !== now) return;
  if (urls.includes(null)) return void setTimeout(load, 500); // answered elsewhere: ask what comes next
  await Promise.all(panes.map((pane, index) => pane.load(urls[index])));
  if (shown !== now) return;
  for (const pane of panes) {
    pane.cover(Boolean(exposureMs));
    pane.show(true);
  }
  zoom.reset();
  speak(exposureMs ? `${placeOf(now)}. Press Space to show it.` : placeOf(now));
  if (exposureMs) await exposed(now);
  else open(now, await painted());
}

// Covered until the rater is ready, then shown for its time, then covered again.
async function exposed(now) {
  await until(ready.querySelector("button"), {
    before: () => (ready.hidden = false),
    after: () => (ready.hidden = true),
  });
  now.exposed = await expose(exposureMs, {
    reveal: () => panes.forEach((pane) => pane.cover(false)),
    painted: (at) => open(now, at),
    cover: () => panes.forEach((pane) => shown === now && pane.cover(true)),
  });
}

function open(now, at) {
  if (shown !== now) return;
  now.painted = at;
  now.again = shownBefore(now.token);
  paintedAt.set(now.token, at);
  zoom.begin(at);
  watch.start();
  answer.open(at);
  panes[0].view.focus({ preventScroll: true });
}

async function confirm() {
  if (!shown?.painted || !answer.isWhole) return;
  const { token, position, practice, painted: since, exposed: exposure_ms, again } = shown;
  const given = {
    session: told.session,
    client_id: uuid(),
    token,
    position,
    ...answer.given(performance.now()),
    ...watch.seen,
    zooms: zoom.log,
    screen: screenNow(),
    again,
  };
  if (exposureMs) given.exposure_ms = exposure_ms ?? performance.now() - since; // answered before its end
  answered.add(token);
  const done = shown;
  shown = null;
  answer.close(); // a second click has nothing to click
  await put(given);
  ahead = ahead.filter((presentation) => presentation.token !== token);
  last = practice ? null : { token, position };
  slip.hidden = true; // until the next image: of the last one the page of the end asks
  sender.kick();
  if (practice) {
    for (const pane of panes) pane.cover(false);
    await feedback.show(token);
  } else sinceBreak += 1;
  for (const one of tokensOf(done)) pictures.drop(one);
  await next();
}

slip.addEventListener("click", async () => {
  const { token, position } = last;
  last = null;
  slip.hidden = true;
  await put({ session: told.session, client_id: uuid(), token, position, slip: true });
  sender.kick();
  panes[0].view.focus({ preventScroll: true });
});

answer.confirmed = confirm;
listen({ answer, confirm, panes, regions, zoom });

// A page that the browser kept as it was knows nothing of what was answered since.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

// A tablet that was turned, or a window moved to a larger screen, may go on.
function start() {
  if (guard()) return window.addEventListener("resize", start, { once: true });
  load();
}

start();
