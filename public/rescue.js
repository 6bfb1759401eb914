/**
 * Saves all that Holdfast keeps in this browser as one file, without the app: no module of it, no migration, no service
 * that could be what is broken. It opens the database in whatever version it is, reads and never writes.
 *
 * The file is JSON Lines: a head, one line for each record, note and piece of a file, an end that counts them. Bytes
 * are `{"$bytes": "<base64>"}`. What cannot be read is named with its reason and left where it is.
 */

/** Do not change without the app: its databases and notes begin with it. */
const PREFIX = "holdfast";
/** API keys leave the device in no form, in no version of the app: stores that may hold any are never opened. */
const KEPT_BACK = /secret|vault|credential|password|api-?key/i;
/** Records read at once, and the size from which they are read one at a time. */
const BATCH = 50;
const LARGE_BYTES = 2_000_000;
/** Text that is gathered before it is handed to the browser, which may keep it on disk. */
const PIECE_CHARACTERS = 1_000_000;
/** Divisible by 3, so that pieces of base64 join without padding between them. */
const FILE_PIECE_BYTES = 3 << 20;
/** Another tab that upgrades or deletes the database lets nobody in until it has ended. */
const OPEN_LIMIT_MS = 10_000;

/** @typedef {{ name: string, written: number, lost: { key: string, reason: string }[] }} Count */

/** The file as it grows. */
class Output {
  /** @type {Blob[]} */
  #pieces = [];
  #text = "";
  lines = 0;

  /** @param {object} line */
  write(line) {
    this.#text += `${JSON.stringify(line)}\n`;
    this.lines += 1;
    if (this.#text.length < PIECE_CHARACTERS) return;
    this.#pieces.push(new Blob([this.#text]));
    this.#text = "";
  }

  end() {
    return new Blob([...this.#pieces, this.#text], { type: "application/jsonl" });
  }
}

/** @param {unknown} failure */
const reasonOf = (failure) =>
  failure instanceof Error || failure instanceof DOMException ? `${failure.name}: ${failure.message}` : String(failure);

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const answerOf = (request) =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", (event) => {
      // One record that cannot be read must not end the transaction of the others.
      event.preventDefault();
      reject(request.error);
    });
  });

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = "";
  for (let from = 0; from < bytes.length; from += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  }
  return btoa(text);
}

/**
 * A stored value as JSON can say it.
 * @param {unknown} value
 * @param {readonly unknown[]} above the objects that hold it
 * @returns {Promise<unknown>}
 */
async function plain(value, above = []) {
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return { $circular: true };
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof Blob) return { $bytes: base64(new Uint8Array(await value.arrayBuffer())) };
  if (value instanceof ArrayBuffer) return { $bytes: base64(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value)) {
    return { $bytes: base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  }
  if (value instanceof CryptoKey) return { $leftOut: "key" };
  const held = [...above, value];
  if (Array.isArray(value) || value instanceof Set) return Promise.all([...value].map((one) => plain(one, held)));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  /** @type {Record<string, unknown>} */
  const copy = {};
  for (const [name, one] of entries) {
    // What a provider wants back for itself alone (signatures, encrypted reasoning) is never exported.
    if (name !== "opaque") copy[String(name)] = await plain(one, held);
  }
  return copy;
}

/** @param {object} value */
function roughSize(value) {
  let size = 0;
  for (const one of Object.values(value)) {
    if (typeof one === "string") size += one.length;
    else if (ArrayBuffer.isView(one)) size += one.byteLength;
    else if (typeof one === "object" && one !== null) size += roughSize(one);
  }
  return size;
}

/**
 * Opens a database as it is. Null: there is none under this name, and none is made.
 * @param {string} name
 * @returns {Promise<IDBDatabase | null>}
 */
function open(name) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it is held by another tab; close the others")), OPEN_LIMIT_MS);
    // Without a number: whatever version is there.
    const request = indexedDB.open(name);
    let isNew = false;
    request.addEventListener("upgradeneeded", () => {
      isNew = true;
      request.transaction?.abort();
    });
    request.addEventListener("success", () => {
      clearTimeout(timer);
      // The app must be able to upgrade while this page is open.
      request.result.addEventListener("versionchange", () => request.result.close());
      resolve(request.result);
    });
    request.addEventListener("error", () => {
      clearTimeout(timer);
      if (isNew) resolve(null);
      else reject(request.error);
    });
  });
}

/**
 * Reads a store in the order of its keys: many at once, and where one of them cannot be read one by one.
 * @param {IDBDatabase} database
 * @param {string} name
 * @param {(key: IDBValidKey, value: unknown) => Promise<void>} found
 * @param {(key: IDBValidKey, failure: unknown) => void} lost
 */
async function readStore(database, name, found, lost) {
  const store = () => database.transaction(name).objectStore(name);
  /** @type {IDBKeyRange | null} */
  let range = null;
  let batch = BATCH;
  for (;;) {
    const keys = await answerOf(store().getAllKeys(range, batch));
    const last = keys.at(-1);
    if (last === undefined) return;
    const within = IDBKeyRange.bound(keys[0], last);
    const values = keys.length === 1 ? null : await answerOf(store().getAll(within)).catch(() => null);
    for (const [index, key] of keys.entries()) {
      try {
        const isTogether = values?.length === keys.length;
        await found(key, isTogether ? values[index] : await answerOf(store().get(key)));
      } catch (failure) {
        lost(key, failure);
      }
    }
    batch = (values?.reduce((sum, value) => sum + roughSize(Object(value)), 0) ?? 0) > LARGE_BYTES ? 1 : BATCH;
    range = IDBKeyRange.lowerBound(last, true);
  }
}

/** The name of each database of the app; browsers that do not list them are asked for the one. */
async function databaseNames() {
  const all = (await indexedDB.databases?.().catch(() => null)) ?? [{ name: PREFIX }];
  return all.flatMap(({ name }) => (name?.startsWith(PREFIX) === true ? [name] : []));
}

/**
 * @param {Output} output
 * @param {(name: string) => Count} countOf
 */
async function saveDatabases(output, countOf) {
  for (const name of await databaseNames()) {
    /** @type {IDBDatabase | null} */
    let database = null;
    try {
      database = await open(name);
      if (database === null) continue;
      output.write({ database: name, version: database.version, stores: [...database.objectStoreNames] });
      for (const store of database.objectStoreNames) {
        if (!KEPT_BACK.test(store))
          await saveStore(database, store, output, countOf(name === PREFIX ? store : `${name}: ${store}`));
      }
    } catch (failure) {
      const reason = reasonOf(failure);
      output.write({ database: name, unreadable: reason });
      countOf(`database ${name}`).lost.push({ key: "all of it", reason });
    }
    database?.close();
  }
}

/**
 * @param {IDBDatabase} database
 * @param {string} store
 * @param {Output} output
 * @param {Count} count
 */
async function saveStore(database, store, output, count) {
  const place = { database: database.name, store };
  /** @type {(key: IDBValidKey, failure: unknown) => Promise<void>} */
  const lost = async (key, failure) => {
    const reason = reasonOf(failure);
    output.write({ ...place, key: await plain(key), unreadable: reason });
    count.lost.push({ key: JSON.stringify(await plain(key)), reason });
  };
  try {
    await readStore(
      database,
      store,
      async (key, value) => {
        output.write({ ...place, key: await plain(key), value: await plain(value) });
        count.written += 1;
        showProgress(output.lines);
      },
      lost,
    );
  } catch (failure) {
    await lost("all", failure);
  }
}

/**
 * Files of workspaces, and whatever else the app keeps beside the database.
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} path
 * @param {Output} output
 * @param {Count} count
 */
async function saveFolder(folder, path, output, count) {
  for await (const [name, handle] of folder.entries()) {
    const place = `${path}${name}`;
    try {
      if (handle.kind === "directory") await saveFolder(handle, `${place}/`, output, count);
      else if (!KEPT_BACK.test(name)) await saveFile(await handle.getFile(), place, output, count);
    } catch (failure) {
      const reason = reasonOf(failure);
      output.write({ file: place, unreadable: reason });
      count.lost.push({ key: place, reason });
    }
  }
}

/**
 * @param {File} file
 * @param {string} place
 * @param {Output} output
 * @param {Count} count
 */
async function saveFile(file, place, output, count) {
  const pieces = Math.max(1, Math.ceil(file.size / FILE_PIECE_BYTES));
  const { size, lastModified } = file;
  for (let piece = 0; piece < pieces; piece++) {
    const part = file.slice(piece * FILE_PIECE_BYTES, (piece + 1) * FILE_PIECE_BYTES);
    const bytes = base64(new Uint8Array(await part.arrayBuffer()));
    output.write({ file: place, size, lastModified, piece, pieces, $bytes: bytes });
  }
  count.written += 1;
  showProgress(output.lines);
}

/**
 * Messages between Enter and their commit lie in the browser's small storage.
 * @param {Output} output
 * @param {Count} count
 */
function saveNotes(output, count) {
  for (let index = 0; index < localStorage.length; index++) {
    const note = localStorage.key(index);
    if (note?.startsWith(PREFIX) !== true || KEPT_BACK.test(note)) continue;
    output.write({ note, value: localStorage.getItem(note) });
    count.written += 1;
  }
}

async function saveEverything() {
  const output = new Output();
  /** @type {Map<string, Count>} */
  const counts = new Map();
  /** @param {string} name */
  const countOf = (name) => {
    const count = counts.get(name) ?? { name, written: 0, lost: [] };
    counts.set(name, count);
    return count;
  };
  output.write({ kind: "holdfast-rescue", format: 1, savedAt: new Date().toISOString(), leftOut: ["API keys"] });
  /** @type {[string, (count: Count) => Promise<void> | void][]} */
  const places = [
    ["notes", (count) => saveNotes(output, count)],
    ["files on disk", async (count) => saveFolder(await navigator.storage.getDirectory(), "", output, count)],
  ];
  await saveDatabases(output, countOf);
  for (const [name, save] of places) {
    try {
      await save(countOf(name));
    } catch (failure) {
      countOf(name).lost.push({ key: "all of it", reason: reasonOf(failure) });
    }
  }
  const all = [...counts.values()];
  output.write({ kind: "end", saved: all.map(({ name, written, lost }) => ({ name, written, lost: lost.length })) });
  return { file: output.end(), counts: all };
}

/** @param {string} selector @returns {HTMLElement} */
function find(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`rescue.html has no ${selector}.`);
}

let shownAt = 0;
/** @param {number} lines */
function showProgress(lines) {
  if (performance.now() - shownAt < 200) return;
  shownAt = performance.now();
  find("#progress").textContent = `${lines} records…`;
}

/**
 * @param {string} tag
 * @param {string} text
 */
function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** @param {readonly Count[]} counts @param {number} size */
function showReport(counts, size) {
  const written = counts.reduce((sum, count) => sum + count.written, 0);
  const lost = counts.flatMap(({ name, lost: all }) => all.map((one) => `${name} ${one.key}: ${one.reason}`));
  const rows = counts.map((count) => {
    const row = document.createElement("tr");
    const name = element("th", count.name);
    name.setAttribute("scope", "row");
    row.append(name, element("td", String(count.written)), element("td", String(count.lost.length)));
    row.toggleAttribute("data-incomplete", count.lost.length > 0);
    return row;
  });
  find("#report tbody").replaceChildren(...rows);
  find("#report").hidden = false;
  find("#lost ul").replaceChildren(...lost.map((words) => element("li", words)));
  find("#lost").hidden = lost.length === 0;
  const result = find("#result");
  result.toggleAttribute("data-incomplete", lost.length > 0);
  const sizeWords = size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(1)} MB`;
  const rest = lost.length === 0 ? "Everything could be read." : `${lost.length} could not be read.`;
  result.textContent =
    written === 0 && lost.length === 0
      ? "Holdfast has kept nothing in this browser."
      : `${written} records are in the file (${sizeWords}). ${rest}`;
}

/** @param {Blob} file */
function download(file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `holdfast-rescue-${new Date().toISOString().slice(0, 10)}.jsonl`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const button = find("#save");
button.addEventListener("click", async () => {
  if (button.ariaDisabled === "true") return;
  // Not `disabled`: the focus would be lost with it.
  button.ariaDisabled = "true";
  find("#result").textContent = "Reading…";
  try {
    const { file, counts } = await saveEverything();
    showReport(counts, file.size);
    if (counts.some(({ written, lost }) => written + lost.length > 0)) download(file);
  } catch (failure) {
    find("#result").textContent = `The file could not be made. ${reasonOf(failure)}`;
  }
  find("#progress").textContent = "";
  button.removeAttribute("aria-disabled");
});
