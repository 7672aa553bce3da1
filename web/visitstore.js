/** The browser's store of visits that were logged on this device: one table in IndexedDB, in the order in which they were logged. Knows no service. */

/** @import * as T from './types.js' */

/**
 * @typedef {object} Entry
 * @property {number} seq  of the order; 0 until it is stored
 * @property {string} id  of the visit, made here
 * @property {string} who  logged it: only under that name it is sent
 * @property {string} household
 * @property {number | null} campaign
 * @property {string} at  RFC 3339: when it was logged, whenever it is sent
 * @property {T.Outcome} outcome
 * @property {'waiting' | 'stored' | 'refused'} state  stored: by the service; kept until the lists of whom to visit know it
 * @property {string} reason  why it was refused
 * @property {T.VisitMore} more  what it says beside its outcome
 * @property {T.VisitFlag[]} flags  what somebody will look at, once it is stored
 */

const TABLE = 'visits';

/** @param {string} name  of the database */
export function openVisits(name) {
  /** @type {Promise<IDBDatabase> | null} */
  let opened = null;

  /** @returns {Promise<IDBDatabase>} */
  const open = () => (opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => void asked.result.createObjectStore(TABLE, { keyPath: 'seq', autoIncrement: true });
    asked.onsuccess = () => {
      asked.result.onversionchange = asked.result.onclose = () => { asked.result.close(); opened = null; };
      done(asked.result);
    };
    asked.onerror = asked.onblocked = () => { opened = null; failed(asked.error ?? new Error('the store of visits is blocked')); };
  }));

  /**
   * Does it as a whole or not at all; what it wrote is on the disk afterwards.
   * @template R @param {IDBTransactionMode} mode @param {(table: IDBObjectStore) => IDBRequest<R> | void} act @returns {Promise<R>}
   */
  async function run(mode, act) {
    const base = await open();
    return new Promise((done, failed) => {
      const work = base.transaction(TABLE, mode, { durability: mode === 'readwrite' ? 'strict' : 'default' });
      const asked = act(work.objectStore(TABLE));
      work.oncomplete = () => done(/** @type {any} */ (asked)?.result);
      work.onabort = work.onerror = () => failed(work.error ?? new Error('the visit could not be written'));
    });
  }

  return {
    /** All of them, in order; whoever logs none has no store made. @returns {Promise<Entry[]>} */
    async all() {
      const names = opened === null ? await indexedDB.databases?.() : null;
      return names && !names.some((one) => one.name === name) ? [] : run('readonly', (table) => table.getAll());
    },
    /** Writes a new one behind the others. @param {Entry} visit @returns {Promise<number>} its place in the order */
    async add({ seq: _, ...visit }) {
      return Number(await run('readwrite', (table) => table.add(visit)));
    },
    /** Writes those that are there still. @param {Entry[]} visits */
    put: (visits) => run('readwrite', (table) => {
      for (const visit of visits) table.getKey(visit.seq).onsuccess = ({ target }) => { if (/** @type {any} */ (target).result !== undefined) table.put(visit); };
    }),
    /** @param {number[]} places  in the order */
    remove: (places) => run('readwrite', (table) => places.forEach((seq) => void table.delete(seq))),
    /** The whole store. @returns {Promise<void>} */
    async erase() {
      const base = await opened?.catch(() => null);
      base?.close();
      opened = null;
      await new Promise((done, failed) => {
        const asked = indexedDB.deleteDatabase(name);
        asked.onsuccess = () => done(undefined);
        asked.onerror = () => failed(asked.error);
      });
    },
  };
}
