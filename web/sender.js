/** Sends what waits in the queue: in order, in one tab at a time, and again by itself until the service has answered. */

import * as api from './api.js';
import { turn } from './turn.js';

/** @import * as T from './types.js' */
/** @import { Entry } from './visitstore.js' */

const BATCH = 50; // visits in one request
const PATIENCE_MS = 20_000; // for an answer: whoever wants to sign out waits that long at most
const FIRST_WAIT_MS = 2_000; // before a new attempt; doubles
const LONGEST_WAIT_MS = 300_000;
const PASSING = [0, 401, 408, 425, 429]; // statuses that say nothing of the visits; so does whatever is 500 or more

/**
 * @param {object} queue
 * @param {() => string | null} queue.who  is signed in
 * @param {() => void} queue.ended  somebody else is
 * @param {() => void} queue.changed
 * @param {() => Promise<void>} queue.load  what other tabs wrote
 * @param {() => Entry[]} queue.waiting  in order
 * @param {() => Entry[]} queue.own
 * @param {(some: Entry[]) => Promise<Entry[]>} queue.claim  says that they are on their way; gives those that still wait
 * @param {(some: Entry[], gone?: Entry[]) => Promise<void>} queue.write  what became of them
 * @param {(ids: Set<string>) => void} queue.sending
 */
export function createSender({ who, ended, changed, load, waiting, own, claim, write, sending }) {
  let wait = FIRST_WAIT_MS;
  let timer = 0;
  /** @type {Promise<void> | null} */
  let running = null;
  let again = false;

  /** What is sent next: visits together, or one that is taken back, behind all that came before it. */
  function next() {
    const all = waiting();
    const end = all.findIndex(({ takes }) => takes !== undefined);
    return all.slice(0, end === 0 ? 1 : end < 0 ? BATCH : Math.min(BATCH, end));
  }

  /** @param {Entry[]} batch @param {AbortSignal} signal */
  async function visits(batch, signal) {
    const results = new Map((await api.logVisits(batch, signal)).map((one) => [one.id, one]));
    const answered = batch.filter(({ id }) => results.has(id));
    if (answered.length === 0) throw new api.Problem(502, 'The answer is about other visits.');
    for (const visit of answered) {
      const { result, reason, flags } = /** @type {T.Logged} */ (results.get(visit.id));
      Object.assign(visit, result === 'refused' ? { state: 'refused', reason: reason ?? '' } : { state: 'stored', flags: flags ?? [] });
    }
    await write(answered);
  }

  /** @param {Entry} entry  takes one back @param {AbortSignal} signal */
  async function withdrawal(entry, signal) {
    const visit = own().find(({ id }) => id === entry.takes);
    if (visit?.state === 'refused') return write([], [visit, entry]); // the service never had it
    await api.withdrawVisit(entry.takes ?? '', entry.why ?? '', signal);
    entry.state = 'stored';
    await write([entry]);
  }

  /** Sends what waits, until nothing does or somebody has to wait. */
  async function drain() {
    await load();
    if (waiting().length === 0) return;
    const signal = () => AbortSignal.timeout(PATIENCE_MS);
    if ((await api.signedInAs(signal())).name !== who()) return ended(); // nobody's visits are sent in another's name
    for (let some = next(); some.length > 0; some = next()) {
      const batch = await claim(some);
      if (batch.length === 0) continue; // they were undone in another tab
      sending(new Set(batch.map(({ id }) => id)));
      changed();
      try {
        await (batch[0].takes === undefined ? visits(batch, signal()) : withdrawal(batch[0], signal()));
      } catch (error) {
        if (!(error instanceof api.Problem) || PASSING.includes(error.status) || error.status >= 500) throw error;
        for (const entry of batch) Object.assign(entry, { state: 'refused', reason: error.message }); // said, and kept until it is answered
        await write(batch);
      } finally {
        sending(new Set());
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
    /** Sends at once, whatever the last attempt said. */
    now: () => { wait = FIRST_WAIT_MS; return send(); },
  };
}
