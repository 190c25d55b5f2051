import type { SavedTuning, TuningStore } from './saved.js';

const DATABASE = 'nastransfer';
const OBJECTS = 'tunings';

/** A store of tunings in the page's IndexedDB. Its functions reject with the DOMException of a failed request. */
export function indexedDbStore(): TuningStore {
  return {
    read: (name) => request('readonly', (objects) => objects.get(name)),
    write: async (name, tuning: SavedTuning) => {
      await request('readwrite', (objects) => objects.put(tuning, name));
    },
    remove: async (name) => {
      await request('readwrite', (objects) => objects.delete(name));
    },
  };
}

/** Makes one request in a transaction of its own. Resolves when the transaction is committed. */
async function request<T>(mode: IDBTransactionMode, make: (objects: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await openDatabase();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(OBJECTS, mode);
      const made = make(transaction.objectStore(OBJECTS));
      transaction.oncomplete = () => resolve(made.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(OBJECTS);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
