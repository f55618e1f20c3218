// Sending edits, waiting for the result, and what to do when somebody else was faster.

const ASK_MS = 400;

export function csrfToken() {
  return document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

export class Refused extends Error {}

/** Somebody saved in between; `told` is what the server says of it. */
export class Conflict extends Error {
  constructor(told) {
    super(told.problem);
    this.told = told;
  }
}

/** Save edits of a version; resolves to {version, labelsUrl, particlesUrl} when it is computed. */
export async function save(url, { base, edits, note = "", dismissed = [] }, said, sent = () => {}) {
  said("Saving …");
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ base, edits, note, dismissed }),
  }).catch(() => {
    throw new Refused("The server does not answer. Your edits are kept in this browser; try again.");
  });
  if (response.status === 409) throw new Conflict(await response.json());
  if (response.status === 400) throw new Refused((await response.json()).problem);
  if (response.status === 507) {
    throw new Refused(`${(await response.json()).detail} Your edits are kept in this browser.`);
  }
  if (!response.ok) {
    throw new Refused(`It was not saved (${response.status}). Your edits are kept in this browser.`);
  }
  const told = await response.json();
  await sent(told);
  return settled(told, said);
}

/** What became of a correction that was sent before; null where nobody can say. */
export async function fate(url) {
  const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

async function settled(told, said) {
  let now = told;
  while (now.running) {
    said(now.waiting ? "Waiting for a worker to compute it …" : "Computing the new mask …");
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    const answer = await fetch(told.status, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok) now = await answer.json();
  }
  if (now.progress !== "done") throw new Refused(now.problem);
  return now;
}
