// What must survive a reload: unsent messages with their files, and drafts. Memory stands in where IndexedDB is shut.

const DATABASE = "itdesk";
const TABLE = "kept";

/** Keys are texts, values anything that can be cloned, files included. Every method resolves, none rejects. */
export class Store {
  constructor() {
    this.memory = new Map();
    this.database = open();
  }

  put(key, value) {
    this.memory.set(key, value);
    return this.inTable("readwrite", (table) => table.put(value, key));
  }

  delete(key) {
    this.memory.delete(key);
    return this.inTable("readwrite", (table) => table.delete(key));
  }

  async get(key) {
    const kept = await this.inTable("readonly", (table) => table.get(key));
    return kept === undefined ? this.memory.get(key) : kept;
  }

  /** All values whose key begins with `prefix`, in the order of their keys. */
  async all(prefix) {
    const kept = await this.inTable("readonly", (table) => table.getAll(IDBKeyRange.bound(prefix, prefix + "\uffff")));
    return kept || [...this.memory].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value);
  }

  async inTable(mode, ask) {
    const database = await this.database;
    if (!database) {
      return undefined;
    }
    try {
      return await settled(ask(database.transaction(TABLE, mode).objectStore(TABLE)));
    } catch (error) {
      // A full disk or a private window: the copy in memory has to do, the page itself goes on.
      return undefined;
    }
  }
}

function open() {
  if (!window.indexedDB) {
    return Promise.resolve(null);
  }
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  return settled(request).catch(() => null);
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
