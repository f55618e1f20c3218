// Uploads in pieces (tus), so that a cut connection costs seconds and not the file. Without this
// script, or without tus-js-client, the form sends the files by itself.

const PIECE_BYTES = 32 * 1024 * 1024; // proxies cut longer requests
const AT_ONCE = 3;
const RETRY_MS = [0, 1000, 3000, 5000, 10000, 20000, 30000];
const SHOWN_ROWS = 500;

const form = document.querySelector("form.upload");
if (form) start(form, form.dataset.tus ? await import(form.dataset.tus) : null);

function start(form, tus) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const input = form.querySelector('input[type="file"]');
  const chosen = new Map(); // path -> {file, row, state}
  const drop = part("drop");
  let busy = false;

  part("with-script").hidden = false;
  part("without-script").hidden = Boolean(tus);

  input.addEventListener("change", () => {
    const files = filesOf(input);
    if (tus) input.value = "";
    else chosen.clear();
    add(files);
  });
  // By keyboard nothing can be dropped; names keep their folders here, too.
  part("folder").addEventListener("change", ({ target }) => {
    add(filesOf(target));
    target.value = "";
    if (!tus) give(input, chosen);
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
  });
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    add(await dropped(event.dataTransfer));
    if (!tus) give(input, chosen);
  });
  form.addEventListener("submit", (event) => {
    if (busy) return event.preventDefault();
    if (!tus || chosen.size === 0) return undefined;
    event.preventDefault();
    return send();
  });
  globalThis.addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });

  function add(files) {
    for (const { file, path } of files) {
      if (chosen.has(path)) chosen.get(path).row.remove();
      const item = { file, path, upload: null, done: false };
      item.row = row(item, () => {
        chosen.delete(path);
        item.row.remove();
        if (!tus) give(input, chosen);
        list();
      });
      chosen.set(path, item);
      if (chosen.size <= SHOWN_ROWS) part("files").append(item.row);
    }
    list();
  }

  function list() {
    part("files").hidden = chosen.size === 0;
    const bytes = [...chosen.values()].reduce((sum, item) => sum + item.file.size, 0);
    say(chosen.size ? `${chosen.size} files chosen, ${size(bytes)}.` : "");
  }

  function say(sentence) {
    part("status").textContent = sentence;
  }

  async function send() {
    busy = true;
    part("submit").disabled = true;
    say("Uploading.");
    const waiting = [...chosen.values()].filter((item) => !item.done);
    const workers = Array.from({ length: AT_ONCE }, async () => {
      while (waiting.length) await one(waiting.shift());
    });
    await Promise.all(workers);
    busy = false;
    part("submit").disabled = false;
    const failed = [...chosen.values()].filter((item) => !item.done);
    if (failed.length) {
      say(`${failed.length} files did not arrive. Those that did are kept.`);
      part("submit").textContent = "Try the others again";
      return;
    }
    finish();
  }

  function one(item) {
    return new Promise((resolve) => {
      const upload = new tus.Upload(item.file, {
        endpoint: form.dataset.endpoint,
        chunkSize: PIECE_BYTES,
        retryDelays: RETRY_MS,
        removeFingerprintOnSuccess: true,
        metadata: { filename: item.path },
        headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        // The same file for the same dataset: after a reload it goes on where it was.
        fingerprint: async (file) =>
          ["semblance", form.dataset.endpoint, item.path, file.size, file.lastModified].join("|"),
        onProgress: (sent, total) => show(item, "Uploading", total ? sent / total : 1),
        onSuccess: () => {
          item.done = true;
          show(item, "Uploaded", 1);
          resolve();
        },
        onError: (error) => {
          const answer = error.originalResponse?.getBody();
          show(item, answer || "The connection broke. Try again: it goes on where it stopped.", null);
          resolve();
        },
      });
      item.upload = upload;
      upload.findPreviousUploads().then((earlier) => {
        if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
        upload.start();
      });
    });
  }

  function finish() {
    for (const item of chosen.values()) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "uploads";
      field.value = item.upload.url.replace(/\/+$/, "").split("/").pop();
      form.append(field);
    }
    say("All files are here; reading them begins.");
    form.submit();
  }
}

function row(item, remove) {
  const made = document.createElement("li");
  const name = cell("span", "file-name", item.path);
  const weight = cell("span", "file-size quiet", size(item.file.size));
  const state = cell("span", "file-state", "");
  const button = cell("button", "link-button", "Remove");
  button.type = "button";
  button.setAttribute("aria-label", `Remove ${item.path}`);
  button.addEventListener("click", remove);
  made.append(name, weight, state, button);
  return made;
}

function cell(tag, classes, text) {
  const made = document.createElement(tag);
  made.className = classes;
  made.textContent = text;
  return made;
}

function show(item, text, part) {
  const state = item.row.querySelector(".file-state");
  const button = item.row.querySelector("button");
  button.hidden = part !== null;
  state.replaceChildren(cell("span", part === null ? "file-failed" : "", text));
  if (part !== null && part < 1) {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = part;
    bar.setAttribute("aria-label", `Upload of ${item.path}`);
    state.append(bar);
  }
}

function filesOf(input) {
  return [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

// Files of a drop; folders are walked, names keep their folders.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ file, path: entry.fullPath.replace(/^\/+/, "") });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const inner of some) await walk(inner, found);
  }
}

function give(input, chosen) {
  const transfer = new DataTransfer();
  for (const item of chosen.values()) transfer.items.add(item.file);
  input.files = transfer.files;
}

function size(bytes) {
  if (bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
