/**
 * What was logged on this device and how far it got: written before anybody is told that it is logged, sent in order, one sender for
 * all tabs. A visit that the service took twice is one visit, by its id. What is undone before it was on its way is out; later it is
 * taken back by an entry of its own behind it. Knows no element of the page.
 */

import { createSender } from './sender.js';
import { openVisits } from './visitstore.js';

/** @import * as T from './types.js' */
/** @import { Entry } from './visitstore.js' */

const NAME = `melonmap:${new URL('.', document.baseURI).pathname}:visits`;

/**
 * @param {object} on
 * @param {() => string | null} on.who  is signed in, by name; null: nobody
 * @param {() => void} on.changed  what is kept, or how far it got
 * @param {() => void} on.ended  somebody else than the page thinks is signed in
 * @param {() => Promise<boolean>} on.room  makes room on the device; false: there is none to make
 */
export function createQueue({ who, changed, ended, room }) {
  const state = {
    /** @type {Entry[]} of everybody, in order */ all: [],
    /** Ids on their way. @type {Set<string>} */ sending: new Set(),
    /** The browser could not write or read: what is new is in this tab alone. */ broken: false,
  };
  const store = openVisits(NAME, { lost: () => { loosen(); void load(); }, free: () => void load() });
  /** Those that are in this tab alone, behind all others. @type {Entry[]} */
  let loose = [];
  /** Ids of visits that are being undone. @type {Set<string>} */
  const undoing = new Set();
  let edits = 0; // of what is in memory
  /** @type {Promise<void> | null} */
  let settling = null;
  const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME);
  tabs?.addEventListener('message', ({ data }) => {
    if (data?.erased !== undefined) return void write([], state.all.filter((visit) => visit.who === data.erased));
    void load().then(() => { if (data === 'left') ended(); });
  });
  /** Tells this tab and the others. */
  const tell = () => { tabs?.postMessage('changed'); changed(); };

  const own = () => state.all.filter((visit) => visit.who === who());
  const waiting = () => own().filter((visit) => visit.state === 'waiting');
  /** What takes visits back, by their ids. @returns {Map<string, Entry>} */
  const undone = () => new Map(own().flatMap((entry) => (entry.takes === undefined ? [] : [[entry.takes, entry]])));

  /** The store is gone: what this tab had read of it is written anew, once, though other tabs do the same. */
  function loosen() {
    for (const entry of state.all) entry.seq = 0;
    loose = [...state.all];
  }

  /** Puts an entry behind the others in memory. @param {Entry} entry */
  function remember(entry) {
    edits += 1;
    if (!state.all.some(({ id }) => id === entry.id)) state.all.push(entry);
  }

  /** Writes an entry behind the others; where there is no room, what is kept of the map gives way. @param {Entry} entry @param {'add' | 'again'} [how] */
  async function place(entry, how = 'add') {
    try {
      return await store[how](entry);
    } catch (error) {
      if (/** @type {any} */ (error)?.name !== 'QuotaExceededError' || !(await room())) throw error;
      return store[how](entry);
    }
  }

  /** Writes what could not be written, in its order. @returns {Promise<void>} */
  const settle = () => (settling ??= (async () => {
    for (let first = loose[0]; first; first = loose[0]) {
      const seq = await place(first, 'again');
      if (!loose.includes(first)) await store.remove([seq]); // undone meanwhile
      else first.seq = seq;
      loose = loose.filter((entry) => entry !== first);
    }
  })().finally(() => { settling = null; }));

  async function load() {
    let broken = false;
    const fail = (/** @type {unknown} */ error) => { console.error(error); broken = true; };
    await settle().catch(fail);
    try {
      for (let at = -1; at !== edits;) { // what was read before another edit is not the latest
        at = edits;
        const stored = await store.all();
        if (at === edits) state.all = [...stored, ...loose];
      }
    } catch (error) {
      fail(error);
      loose.forEach(remember);
    }
    state.broken = broken;
    changed();
  }

  /** Writes what became of entries; tells this tab and the others. @param {Entry[]} some @param {Entry[]} [gone] */
  async function write(some, gone = []) {
    const less = new Set(gone.map(({ id }) => id));
    const now = new Map(some.map((one) => [one.id, one]));
    loose = loose.filter(({ id }) => !less.has(id));
    try {
      if (some.some(({ seq }) => seq > 0)) await store.put(some.filter(({ seq }) => seq > 0));
      if (gone.some(({ seq }) => seq > 0)) await store.remove(gone.map(({ seq }) => seq).filter((seq) => seq > 0));
    } catch (error) {
      console.error(error); // they are sent again, and are the same visits then
      state.broken = true;
    }
    edits += 1;
    state.all = state.all.filter(({ id }) => !less.has(id)).map((one) => now.get(one.id) ?? one); // another tab's news may have replaced them meanwhile
    tell();
  }

  /** Says of some that they are on their way, and leaves out those that are undone by now. @param {Entry[]} some @returns {Promise<Entry[]>} */
  async function claim(some) {
    const placed = some.filter(({ seq }) => seq > 0);
    let there = new Set(placed.map(({ seq }) => seq));
    try {
      if (placed.length > 0) there = await store.claim(placed.map(({ seq }) => seq));
    } catch (error) {
      console.error(error); // a store that cannot be written is no reason to keep visits back
      state.broken = true;
    }
    const left = some.filter(({ seq, id }) => (seq === 0 ? loose.some((entry) => entry.id === id) : there.has(seq)));
    const gone = new Set(some.filter((entry) => !left.includes(entry)).map(({ id }) => id));
    for (const entry of left) entry.tried = true;
    edits += 1;
    state.all = state.all.filter(({ id }) => !gone.has(id));
    return left;
  }

  const sender = createSender({ who, ended, changed, load, waiting, own, claim, write, sending: (ids) => { state.sending = ids; } });

  /** @param {Entry} entry  behind the others */
  async function append(entry) {
    try {
      await settle(); // the order stays
      entry.seq = await place(entry);
      state.broken = false;
    } catch (error) {
      console.error(error);
      state.broken = true;
      loose.push(entry);
    }
    remember(entry);
  }

  /** Takes a visit out that was never on its way, or puts behind it what undoes it. @param {Entry | undefined} known @param {Entry} behind */
  async function takeOut(known, behind) {
    if (known && !known.tried && known.seq === 0) return void (loose = loose.filter((entry) => entry !== known));
    if (known && !known.tried) {
      try {
        behind.seq = await store.undo(known.seq, behind);
        return behind.seq > 0 ? remember(behind) : undefined;
      } catch (error) {
        console.error(error); // told behind it, it is undone all the same
      }
    }
    await append(behind);
  }

  /** Sends refused ones once more. @param {string} id */
  async function retry(id) {
    const found = own().filter((visit) => visit.id === id && visit.state === 'refused');
    for (const visit of found) Object.assign(visit, { state: 'waiting', reason: '' });
    await write(found);
    void sender.now();
  }

  return {
    state, load, own, waiting, undone,
    /** Visits of one's own that stand as far as this device knows: neither refused nor taken back. */
    calls() {
      const back = undone();
      return own().filter(({ id, takes, state: now }) => takes === undefined && now !== 'refused' && (back.get(id)?.state ?? 'refused') === 'refused');
    },
    /** How many would be lost with this tab. */
    loose: () => loose.filter(({ state: now }) => now === 'waiting').length,
    /** How many visits of others wait on this device. */
    foreign: () => state.all.filter((visit) => visit.who !== who() && visit.state === 'waiting').length,
    /** Sends at once, whatever the last attempt said. */
    send: sender.now,
    /**
     * Logs a visit: it is written when this returns, or said to be in this tab alone.
     * @param {{id?: string, household: string, campaign: number | null, outcome: T.Outcome, at?: string, more?: T.VisitMore, before?: Entry['before']}} told
     */
    async add({ id = crypto.randomUUID(), household, campaign, outcome, at = new Date().toISOString(), more = {}, before }) {
      await append({ seq: 0, id, who: who() ?? '', household, campaign, at, outcome, more, state: 'waiting', reason: '', flags: [], ...(before && { before: { outcome: before.outcome, more: before.more } }) });
      tell();
      void sender.now();
    },
    /**
     * Takes a visit back: one that was never on its way is out at once; of any other the service is told behind it, in order. A
     * correction gives way to what it corrected.
     * @param {{id: string, household: string, at: string, outcome: T.Outcome}} visit @param {string} why @param {boolean} [whole]  what it corrected is not to stand again
     */
    async undo({ id, household, at, outcome }, why, whole = false) {
      const back = undone().get(id);
      if (back?.state === 'refused') return retry(back.id);
      if (back || undoing.has(id)) return;
      undoing.add(id);
      const known = own().find((entry) => entry.id === id);
      /** @type {Entry} */
      const behind = {
        seq: 0, id: crypto.randomUUID(), who: who() ?? '', household, campaign: known?.campaign ?? null, at, outcome, more: {}, state: 'waiting', reason: '', flags: [],
        ...(known?.before && !whole ? { outcome: known.before.outcome, more: { ...known.before.more, corrects: id } } : { takes: id, why }),
      };
      await takeOut(known, behind);
      if (!state.all.some((entry) => entry.id === behind.id)) { edits += 1; state.all = state.all.filter((entry) => entry.id !== id); }
      undoing.delete(id);
      tell();
      void sender.now();
    },
    retry,
    /** Forgets those that are done with. @param {(visit: Entry) => boolean} which  of one's own */
    forget: (which) => write([], own().filter(which)),
    /** Tells the other tabs that whoever was signed in has left. */
    left: () => tabs?.postMessage('left'),
    /** Erases all that is one's own, also what waits; the store itself where nobody else's visits are in it. @param {string} name */
    async erase(name) {
      tabs?.postMessage({ erased: name }); // first: what they hold in memory is not to come back
      await write([], state.all.filter((visit) => visit.who === name));
      if (state.all.length === 0) await store.erase().catch((error) => console.error(error));
    },
  };
}
/** @typedef {ReturnType<typeof createQueue>} Queue */
