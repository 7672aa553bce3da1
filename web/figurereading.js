/** Reads a figure of many areas: of two readings the later counts, what fails leaves the last figures, and a change waits until the last reading has rested. */

import * as api from './api.js';

/** @import * as T from './types.js' */

const REST_MS = 3_000; // between two readings that changes ask for
const REST = 4; // times what the last reading took, if that is longer

/**
 * @template F
 * @param {object} of
 * @param {() => Promise<F>} of.ask
 * @param {() => boolean} of.has  whether there are last figures
 * @param {(now: {found?: F, failed: T.Trouble | 'missing' | null}) => void} of.put  what there is to show from now on
 * @param {() => import('./views.js').Known} of.known
 * @param {() => void} of.after  a reading has ended
 */
export function createReading({ ask, has, put, known, after }) {
  let reading = 0;
  let rested = 0;
  let waiting = 0;
  return {
    async read() {
      const now = (reading += 1);
      const start = performance.now();
      clearTimeout(waiting);
      waiting = 0;
      try {
        const found = await ask();
        if (now !== reading) return; // asked for again already
        put({ found, failed: null });
      } catch (error) {
        if (now !== reading) return;
        const missing = error instanceof api.Problem && error.status === 404;
        if (!has() || missing) put({ failed: missing ? 'missing' : api.troubleOf(error) });
        else known().trouble = api.troubleOf(error); // the last figures stay
      }
      rested = performance.now() + Math.max(REST_MS, REST * (performance.now() - start));
      after();
    },
    /** What is on its way is for nobody any more. */
    forget() { reading += 1; },
    /** Something changed. @param {() => void} read */
    soon(read) {
      if (!waiting) waiting = window.setTimeout(read, Math.max(0, rested - performance.now()));
    },
  };
}
