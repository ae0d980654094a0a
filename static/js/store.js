// What must survive a reload: unsent messages with their files, and drafts. All tabs of the browser share it; where
// IndexedDB is shut, memory stands in and each tab is alone.

const DATABASE = "itdesk";
const TABLE = "kept";
const OPENING = 3000; // ms; WebKit's first open of a launch can hang for ever, and nobody's words wait for that
const ANSWER = 15000; // ms for one transaction, files of many megabytes included

/** Keys are texts, values anything that can be cloned, files included. Every method resolves, none rejects. */
export class Store {
  constructor() {
    this.memory = new Map();
    this.opening = open();
  }

  /** Resolves, once it is written for good, with `kept`; else with `full` or `shut`, and only this page holds it. */
  async put(key, value) {
    this.memory.set(key, value);
    return (await this.inTable("readwrite", (table) => table.put(value, key))).state;
  }

  /** The same for what must still lie there: resolves with `gone` where another tab has taken it meanwhile. */
  async replace(key, value) {
    const { state, value: found } = await this.inTable("readwrite", (table) => {
      const counting = table.count(key);
      counting.onsuccess = () => counting.result && table.put(value, key);
      return counting;
    });
    if (state === "kept" && !found) {
      return "gone";
    }
    this.memory.set(key, value);
    return state;
  }

  async delete(key) {
    this.memory.delete(key);
    await this.inTable("readwrite", (table) => table.delete(key));
  }

  async get(key) {
    const { value } = await this.inTable("readonly", (table) => table.get(key));
    return value === undefined ? this.memory.get(key) : value;
  }

  /** All values whose key begins with `prefix`, in the order of their keys; null when the device does not say. */
  async all(prefix) {
    const range = () => IDBKeyRange.bound(prefix, prefix + "\uffff");
    const { state, value } = await this.inTable("readonly", (table) => table.getAll(range()));
    return state === "kept" ? value : null;
  }

  /** Put `next(value)` in the place of the value (undefined: none), with no other tab in between. → what stands there */
  async change(key, next) {
    const { state, value } = await this.inTable("readwrite", (table) => {
      const written = {};
      table.get(key).onsuccess = (event) => {
        written.result = next(event.target.result);
        written.result === undefined ? table.delete(key) : table.put(written.result, key);
      };
      return written;
    });
    if (state === "kept") {
      return value;
    }
    const alone = next(this.memory.get(key));
    alone === undefined ? this.memory.delete(key) : this.memory.set(key, alone);
    return alone;
  }

  /** The value, taken out: of several tabs that ask, one gets it. */
  async take(key) {
    let taken;
    await this.change(key, (value) => {
      taken = value;
      return undefined;
    });
    this.memory.delete(key);
    return taken;
  }

  async inTable(mode, ask) {
    const database = await this.opening;
    if (!database) {
      return { state: "shut" };
    }
    try {
      return { state: "kept", value: await within(ANSWER, written(database, mode, ask)) };
    } catch (error) {
      if (error.name === "InvalidStateError") {
        // iOS drops the connection of a page that slept. This one is lost; the next call finds a new one.
        this.opening = open();
      }
      return { state: error.name === "QuotaExceededError" ? "full" : "shut" };
    }
  }
}

async function open() {
  try {
    const request = window.indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    return await within(OPENING, settled(request));
  } catch (error) {
    return null;
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// Not the request's success: a full disk is told only when the transaction ends.
function written(database, mode, ask) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(TABLE, mode);
    const request = ask(transaction.objectStore(TABLE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = (event) => reject(transaction.error || event.target.error);
  });
}

function within(milliseconds, promise) {
  const tooLong = new Promise((resolve, reject) => {
    window.setTimeout(() => reject(new Error("the device does not answer")), milliseconds);
  });
  return Promise.race([promise, tooLong]);
}
