/** Keeps one live stream open and hands on what changed, at most four times a second. Touches neither page nor map. */

import { Problem, liveLines } from './api.js';

/** @import * as T from './types.js' */

const GATHER_MS = 250; // at most four refreshes a second
const FIRST_WAIT_MS = 500; // before the first new attempt; doubles
const LONGEST_WAIT_MS = 20_000;
const SILENCE_MS = 40_000; // the service pings every 15 s: a longer silence is a dead line

/** @type {T.Change} */
const EVERYTHING = { seq: 0, tiles: {}, areas: [], campaign: null, reset: true };

/**
 * @param {{change: (c: T.Change) => void, state: (s: 'open' | 'lost' | 'refused') => void}} on
 * @returns {() => void} closes the stream
 */
export function follow(on) {
  const over = new AbortController();
  const deliver = gather(on.change);
  /** @type {string | null} */
  let last = null;
  let wait = FIRST_WAIT_MS;
  let broken = false;
  let wake = () => {};
  window.addEventListener('online', () => wake(), { signal: over.signal });

  (async () => {
    while (!over.signal.aborted) {
      const line = new AbortController();
      const stop = () => line.abort();
      over.signal.addEventListener('abort', stop);
      let watch = setTimeout(stop, SILENCE_MS);
      try {
        const opened = () => {
          wait = FIRST_WAIT_MS;
          if (broken && last === null) deliver(EVERYTHING); // what was missed meanwhile nobody can say
          on.state('open');
        };
        let data = '';
        for await (const text of liveLines(last, line.signal, opened)) {
          clearTimeout(watch);
          watch = setTimeout(stop, SILENCE_MS);
          if (text.startsWith('id:')) last = text.slice(3).trim();
          else if (text.startsWith('data:')) data += text.slice(5).trim();
          else if (text === '' && data !== '') {
            deliver(JSON.parse(data));
            data = '';
          }
        }
      } catch (error) {
        if (over.signal.aborted) break;
        if (error instanceof Problem && (error.status === 401 || error.status === 403)) return on.state('refused');
      } finally {
        clearTimeout(watch);
        over.signal.removeEventListener('abort', stop);
      }
      if (over.signal.aborted) break;
      broken = true;
      on.state('lost');
      await new Promise((done) => {
        wake = () => done(undefined);
        setTimeout(done, wait * (0.75 + Math.random() / 2));
      });
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  })();
  return () => over.abort();
}

/**
 * Hands on the first change at once and what follows in bundles.
 * @param {(c: T.Change) => void} hand
 */
function gather(hand) {
  /** @type {T.Change | null} */
  let held = null;
  let busy = false;
  const flush = () => {
    busy = held !== null;
    if (held === null) return;
    const now = held;
    held = null;
    setTimeout(flush, GATHER_MS);
    hand(now);
  };
  return (/** @type {T.Change} */ change) => {
    held = held === null ? change : merge(held, change);
    if (!busy) flush();
  };
}

/** Two changes as one. @param {T.Change} a @param {T.Change} b @returns {T.Change} */
export function merge(a, b) {
  /** @type {Record<string, string[]>} */
  const tiles = {};
  for (const layer of new Set([...Object.keys(a.tiles ?? {}), ...Object.keys(b.tiles ?? {})])) {
    tiles[layer] = [...new Set([...(a.tiles?.[layer] ?? []), ...(b.tiles?.[layer] ?? [])])];
  }
  return {
    seq: Math.max(a.seq, b.seq),
    tiles,
    areas: [...new Set([...(a.areas ?? []), ...(b.areas ?? [])])],
    campaign: a.campaign === b.campaign ? a.campaign : null,
    reset: Boolean(a.reset || b.reset),
    ...(a.edition || b.edition ? { edition: b.edition ?? a.edition } : {}),
    ...(a.teams || b.teams ? { teams: [...new Set([...(a.teams ?? []), ...(b.teams ?? [])])] } : {}),
    ...(a.plans || b.plans ? { plans: [...new Set([...(a.plans ?? []), ...(b.plans ?? [])])] } : {}),
  };
}
