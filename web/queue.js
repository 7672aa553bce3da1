/**
 * What was logged on this device and how far it got: written before anybody is told that it is logged, sent in order, one sender for
 * all tabs. A visit that the service took twice is one visit, by its id. Knows no element of the page.
 */

import * as api from './api.js';
import { turn } from './turn.js';
import { openVisits } from './visitstore.js';

/** @import * as T from './types.js' */
/** @import { Entry } from './visitstore.js' */

const NAME = `melonmap:${new URL('.', document.baseURI).pathname}:visits`;
const BATCH = 50; // visits in one request
const PATIENCE_MS = 20_000; // for an answer: whoever wants to sign out waits that long at most
const FIRST_WAIT_MS = 2_000; // before a new attempt; doubles
const LONGEST_WAIT_MS = 300_000;
const PASSING = [0, 401, 408, 425, 429]; // statuses that say nothing of the visits; so does whatever is 500 or more

/**
 * @param {object} on
 * @param {() => string | null} on.who  is signed in, by name; null: nobody
 * @param {() => void} on.changed  what is kept, or how far it got
 * @param {() => void} on.ended  somebody else than the page thinks is signed in
 */
export function createQueue({ who, changed, ended }) {
  const store = openVisits(NAME);
  const state = {
    /** @type {Entry[]} of everybody, in order */ all: [],
    /** Ids on their way. @type {Set<string>} */ sending: new Set(),
    /** The browser could not write or read: what is new is in this tab alone. */ broken: false,
  };
  /** Those that could not be written. @type {Entry[]} */
  let loose = [];
  let wait = FIRST_WAIT_MS;
  let timer = 0;
  /** @type {Promise<void> | null} */
  let running = null;
  let again = false;
  const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME);
  tabs?.addEventListener('message', ({ data }) => void load().then(() => { if (data === 'left') ended(); }));

  const own = () => state.all.filter((visit) => visit.who === who());
  const waiting = () => own().filter((visit) => visit.state === 'waiting');

  async function load() {
    try {
      state.all = [...await store.all(), ...loose];
    } catch (error) {
      console.error(error);
      state.broken = true;
    }
    changed();
  }

  /** Writes what became of visits; tells this tab and the others. @param {Entry[]} visits @param {Entry[]} [gone] */
  async function write(visits, gone = []) {
    const less = new Set(gone.map(({ id }) => id));
    loose = loose.filter(({ id }) => !less.has(id));
    try {
      await store.put(visits.filter(({ seq }) => seq > 0));
      await store.remove(gone.map(({ seq }) => seq).filter((seq) => seq > 0));
    } catch (error) {
      console.error(error); // they are sent again, and are the same visits then
      state.broken = true;
    }
    state.all = state.all.filter(({ id }) => !less.has(id));
    tabs?.postMessage('changed');
    changed();
  }

  /** Sends what waits, until nothing does or somebody has to wait. */
  async function drain() {
    await load();
    if (waiting().length === 0) return;
    const signal = () => AbortSignal.timeout(PATIENCE_MS);
    if ((await api.signedInAs(signal())).name !== who()) return ended(); // nobody's visits are sent in another's name
    for (let batch = waiting().slice(0, BATCH); batch.length > 0; batch = waiting().slice(0, BATCH)) {
      state.sending = new Set(batch.map(({ id }) => id));
      changed();
      try {
        const results = new Map((await api.logVisits(batch, signal())).map((one) => [one.id, one]));
        const answered = batch.filter(({ id }) => results.has(id));
        if (answered.length === 0) throw new api.Problem(502, 'The answer is about other visits.');
        for (const visit of answered) {
          const { result, reason, flags } = /** @type {T.Logged} */ (results.get(visit.id));
          Object.assign(visit, result === 'refused' ? { state: 'refused', reason: reason ?? '' } : { state: 'stored', flags: flags ?? [] });
        }
        await write(answered);
      } catch (error) {
        if (!(error instanceof api.Problem) || PASSING.includes(error.status) || error.status >= 500) throw error;
        for (const visit of batch) Object.assign(visit, { state: 'refused', reason: error.message }); // said, and kept until it is answered
        await write(batch);
      } finally {
        state.sending = new Set();
      }
    }
    wait = FIRST_WAIT_MS;
  }

  /** Sends what waits; tries again by itself until it is sent. */
  async function attempt() {
    clearTimeout(timer);
    try {
      do {
        again = false;
        if (who() !== null) await turn(drain);
      } while (again);
    } catch (error) {
      const problem = error instanceof api.Problem ? error : null;
      if (problem?.status === 401) ended();
      else if (!problem && !(error instanceof DOMException)) console.error(error);
      timer = window.setTimeout(() => void send(), Math.max(wait * (0.75 + Math.random() / 2), 1_000 * (problem?.wait ?? 0)));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    } finally {
      running = null;
      changed();
    }
  }

  /** @returns {Promise<void>} until nothing waits, or the service has to be waited for */
  function send() {
    if (running) again = true;
    return (running ??= attempt());
  }

  return {
    state, load, own, waiting,
    /** How many would be lost with this tab. */
    loose: () => loose.filter(({ state: now }) => now === 'waiting').length,
    /** How many visits of others wait on this device. */
    foreign: () => state.all.filter((visit) => visit.who !== who() && visit.state === 'waiting').length,
    /** Sends at once, whatever the last attempt said. */
    send: () => { wait = FIRST_WAIT_MS; return send(); },
    /** Logs a visit: it is written when this returns, or said to be in this tab alone. @param {{household: string, campaign: number | null, outcome: T.Outcome, at?: string, more?: T.VisitMore}} told */
    async add({ household, campaign, outcome, at = new Date().toISOString(), more = {} }) {
      /** @type {Entry} */
      const visit = { seq: 0, id: crypto.randomUUID(), who: who() ?? '', household, campaign, at, outcome, more, state: 'waiting', reason: '', flags: [] };
      try {
        visit.seq = await store.add(visit);
      } catch (error) {
        console.error(error);
        state.broken = true;
        loose.push(visit);
      }
      state.all.push(visit);
      tabs?.postMessage('changed');
      changed();
      wait = FIRST_WAIT_MS;
      void send();
    },
    /** Sends refused ones once more. @param {string} id */
    async retry(id) {
      const found = own().filter((visit) => visit.id === id && visit.state === 'refused');
      for (const visit of found) Object.assign(visit, { state: 'waiting', reason: '' });
      await write(found);
      void send();
    },
    /** Forgets those that are done with. @param {(visit: Entry) => boolean} which  of one's own */
    forget: (which) => write([], own().filter(which)),
    /** Tells the other tabs that whoever was signed in has left. */
    left: () => tabs?.postMessage('left'),
    /** Erases all that is one's own, also what waits; the store itself where nobody else's visits are in it. @param {string} name */
    async erase(name) {
      const gone = state.all.filter((visit) => visit.who === name);
      await write([], gone);
      if (state.all.length === 0) await store.erase().catch((error) => console.error(error));
    },
  };
}
/** @typedef {ReturnType<typeof createQueue>} Queue */
