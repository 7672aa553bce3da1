/** The browser's store of visits that were logged on this device: one table in IndexedDB, in the order in which they were logged. Knows no service. */

/** @import * as T from './types.js' */

/**
 * @typedef {object} Entry  a visit; or, with `takes`, that one is taken back
 * @property {number} seq  of the order; 0: it is not in the store
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
 * @property {boolean} [tried]  it was on its way once: the service may have it, whatever became of the answer
 * @property {{outcome: T.Outcome, more: T.VisitMore}} [before]  what the visit that it corrects had said
 * @property {string} [takes]  the id of the visit that is taken back, whose household, time and outcome these are
 * @property {string} [why]  it is taken back
 */

const TABLE = 'visits';
const VERSION = 2; // 2: there are entries that take one back, which a page of version 1 would send as visits

const PATIENCE_MS = 3_000; // for the store to open: an older page may hold it, and be told or not

/**
 * @param {string} name  of the database
 * @param {object} on
 * @param {() => void} on.lost  it was deleted while the page had it open: by the browser, or by who cleared it
 * @param {() => void} on.free  it could not be opened for a while, and now it is
 */
export function openVisits(name, { lost, free }) {
  /** @type {Promise<IDBDatabase> | null} */
  let opened = null;
  let held = false; // somebody else keeps it from being opened
  let own = false; // it is this page that deletes it

  const shut = () => new Error('the store of visits is held by another page');

  /** @returns {Promise<IDBDatabase>} */
  const open = () => (held ? Promise.reject(shut()) : (opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(name, VERSION);
    const hold = () => { [held, opened] = [true, null]; failed(shut()); };
    const late = setTimeout(hold, PATIENCE_MS);
    asked.onblocked = () => { clearTimeout(late); hold(); };
    asked.onupgradeneeded = ({ oldVersion }) => { if (oldVersion === 0) asked.result.createObjectStore(TABLE, { keyPath: 'seq', autoIncrement: true }); };
    asked.onerror = () => { clearTimeout(late); [held, opened] = [false, null]; failed(asked.error); };
    asked.onsuccess = () => {
      clearTimeout(late);
      const base = asked.result;
      base.onversionchange = base.onclose = (event) => {
        base.close();
        opened = null;
        if (!own && (event.type === 'close' || /** @type {IDBVersionChangeEvent} */ (event).newVersion === null)) lost();
      };
      done(base);
      if (!held) return;
      [held, opened] = [false, Promise.resolve(base)];
      free();
    };
  })));

  /**
   * Does it as a whole or not at all; what it wrote is on the disk afterwards.
   * @template R @param {IDBTransactionMode} mode @param {(table: IDBObjectStore) => IDBRequest<R> | void} act @returns {Promise<R>}
   */
  async function run(mode, act) {
    const base = await open().catch((error) => { opened = null; throw error; });
    return new Promise((done, failed) => {
      const work = base.transaction(TABLE, mode, { durability: mode === 'readwrite' ? 'strict' : 'default' });
      work.onabort = work.onerror = () => failed(work.error ?? new Error('the visit could not be written'));
      const asked = act(work.objectStore(TABLE));
      work.oncomplete = () => done(/** @type {any} */ (asked)?.result);
    });
  }

  /** @param {Entry} entry  without its place: the store gives it one */
  const unplaced = ({ seq: _, ...entry }) => entry;
  /** @param {IDBRequest<any>} request @param {(found: any) => void} act */
  const then = (request, act) => { request.onsuccess = () => act(request.result); };

  return {
    /** All of them, in order; whoever logs none has no store made. @returns {Promise<Entry[]>} */
    async all() {
      const names = opened === null ? await indexedDB.databases?.() : null;
      return names && !names.some((one) => one.name === name) ? [] : run('readonly', (table) => table.getAll());
    },
    /** Writes a new one behind the others. @param {Entry} visit @returns {Promise<number>} its place in the order */
    add: async (visit) => Number(await run('readwrite', (table) => table.add(unplaced(visit)))),
    /** The same, unless another tab has written it. @param {Entry} visit @returns {Promise<number>} */
    async again(visit) {
      let place = 0;
      await run('readwrite', (table) => then(table.getAll(), (all) => {
        const there = all.find((/** @type {Entry} */ { id }) => id === visit.id);
        if (there) place = there.seq;
        else then(table.add(unplaced(visit)), (key) => { place = Number(key); });
      }));
      return place;
    },
    /** Writes those that are there still. @param {Entry[]} visits */
    put: (visits) => run('readwrite', (table) => {
      for (const visit of visits) then(table.getKey(visit.seq), (key) => { if (key !== undefined) table.put(visit); });
    }),
    /** @param {number[]} places  in the order */
    remove: (places) => run('readwrite', (table) => places.forEach((seq) => void table.delete(seq))),
    /**
     * Says of those that are there still that they are on their way: from now on nobody takes them out of the store unsent.
     * @param {number[]} places @returns {Promise<Set<number>>} those
     */
    async claim(places) {
      /** @type {Set<number>} */
      const there = new Set();
      await run('readwrite', (table) => {
        for (const seq of places) {
          then(table.get(seq), (visit) => {
            if (visit === undefined) return;
            there.add(seq);
            if (!visit.tried) table.put({ ...visit, tried: true });
          });
        }
      });
      return there;
    },
    /**
     * Takes one out that was never on its way; of any other it writes what undoes it behind the others.
     * @param {number} seq @param {Entry} behind @returns {Promise<number>} the place of what undoes it; 0: the visit is out, and nothing else is needed
     */
    async undo(seq, behind) {
      let place = 0;
      await run('readwrite', (table) => then(table.get(seq), (visit) => {
        if (visit?.state === 'waiting' && !visit.tried) table.delete(seq);
        else then(table.add(unplaced(behind)), (key) => { place = Number(key); });
      }));
      return place;
    },
    /** The whole store. @returns {Promise<void>} */
    async erase() {
      own = true;
      try {
        const base = await opened?.catch(() => null);
        base?.close();
        opened = null;
        await new Promise((done, failed) => {
          const asked = indexedDB.deleteDatabase(name);
          asked.onsuccess = () => done(undefined);
          asked.onerror = () => failed(asked.error);
          setTimeout(done, PATIENCE_MS); // nothing is in it any more: it goes when the page lets go that holds it
        });
      } finally {
        own = false;
      }
    },
  };
}
