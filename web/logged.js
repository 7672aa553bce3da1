/** What became of the visits that were logged on a list: the last one to each household, as the queue tells of it. */

/** @import * as T from './types.js' */
/** @import { Entry } from './visitstore.js' */

/**
 * @typedef {object} Log  a visit that was logged here
 * @property {string} id  empty until the queue has it
 * @property {string} at
 * @property {T.Outcome} outcome
 * @property {'sending' | 'stored' | 'unsent' | 'refused'} now  unsent: it waits on this device
 * @property {boolean} loose  it waits in this tab alone: the browser could not write it
 * @property {string} reason  why it was refused
 * @property {T.VisitMore} more
 * @property {T.VisitFlag[]} flags
 * @property {'undoing' | 'undo waits' | 'undo failed' | null} undone  waits: taken back here, and the service is not told yet
 */

/** Whether somebody called there, so that nobody has to again. @param {Log | undefined} log */
export const called = (log) => log !== undefined && ['stored', 'sending', 'unsent'].includes(log.now) && log.undone !== 'undoing' && log.undone !== 'undo waits';

/** A visit that the queue does not have yet. @param {Pick<Log, 'at' | 'outcome' | 'more'>} told @returns {Log} */
export const logging = (told) => ({ id: '', now: 'sending', loose: false, reason: '', flags: [], undone: null, ...told });

/**
 * Brings the logs of a list up to date.
 * @param {Map<string, Log>} logs  by household @param {import('./queue.js').Queue} queue @param {Set<string>} past  visits that the list knows of already: they are no news in it
 */
export function sync(logs, queue, past) {
  const back = queue.undone();
  const own = queue.own().filter(({ takes }) => takes === undefined);
  const ids = new Set(own.map(({ id }) => id));
  for (const [code, { id, now }] of logs) if (id !== '' && (back.get(id)?.state === 'stored' || (now !== 'stored' && !ids.has(id)))) logs.delete(code);
  for (const { id, seq, household, at, outcome, state, reason, more, flags } of own) {
    if (past.has(id) || back.get(id)?.state === 'stored') continue;
    const now = state !== 'waiting' ? state : queue.state.sending.has(id) ? 'sending' : 'unsent';
    logs.set(household, { id, at, outcome, now, loose: seq === 0, reason, more, flags, undone: null });
  }
  for (const log of logs.values()) log.undone = undone(back.get(log.id), queue.state.sending);
}

/** @param {Entry | undefined} back @param {Set<string>} sending @returns {Log['undone']} */
function undone(back, sending) {
  if (back === undefined) return null;
  if (back.state === 'refused') return 'undo failed';
  return sending.has(back.id) ? 'undoing' : 'undo waits';
}
