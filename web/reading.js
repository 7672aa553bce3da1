/** Reads the figures: of all areas, or of those that a change named. Never twice at once, and never more often than a large place bears. */

import * as api from './api.js';

/** @import * as T from './types.js' */

const FEW_ROWS = 200; // so many areas are read as quickly as one
const FEW_CHANGED = 12; // of more changed areas than these, all are read
const REST = 4; // times what the reading of all areas of a large place took, before a change may ask for it again

/**
 * The rows of the areas that changed, if it costs less to read just these; null: read all.
 * @param {T.Row[] | null} rows @param {Set<string> | 'all'} codes
 */
export function few(rows, codes) {
  if (codes === 'all' || rows === null || rows.length <= FEW_ROWS || codes.size > FEW_CHANGED) return null;
  const some = rows.filter((row) => codes.has(row.code));
  return some.length === codes.size ? some : null; // one that is not known yet changes the list itself
}

/**
 * @param {import('./views.js').Known} known  gets the rows, their moment, and what went wrong
 * @param {() => void} draw @param {() => void} ended  the sign-in has ended
 * @returns {(codes?: string[] | null) => Promise<void>} reads the areas with these codes, or all; a call while one runs is answered by one more reading
 */
export function reader(known, draw, ended) {
  let reading = false;
  /** @type {Set<string> | 'all' | null} */
  let stale = null;
  let rested = 0; // when changes may have all areas read again

  /** @param {number | null | undefined} campaign @param {T.Row[] | null} some */
  async function once(campaign, some) {
    try {
      const read = some === null ? [await api.coverage(campaign)] : await Promise.all(some.map((row) => api.coverageOf(campaign, row)));
      if (campaign !== known.view.campaign) return; // asked for again already
      const areas = read.flatMap((one) => one.areas);
      const fresh = new Map(areas.map((row) => [row.code, row]));
      known.rows = some === null || known.rows === null ? areas : known.rows.map((row) => fresh.get(row.code) ?? row);
      if (read.length > 0) known.asOf = read[0].as_of;
      if (known.trouble !== 'expired' && known.trouble !== 'link') known.trouble = null; // those stay until they are answered
    } catch (error) {
      known.trouble = api.troubleOf(error);
      if (known.trouble === 'expired' && api.signedIn()) setTimeout(ended); // what everybody may see stays
      else if (known.trouble === 'expired' || known.trouble === 'refused') known.rows = null;
    }
  }

  return async (codes = null) => {
    stale = codes === null || stale === 'all' ? 'all' : new Set([...(stale ?? []), ...codes]);
    if (reading) return;
    reading = true;
    try {
      while (stale !== null) {
        const wait = stale === 'all' || few(known.rows, stale) ? 0 : rested - performance.now();
        if (wait > 0) await new Promise((done) => { setTimeout(done, wait); });
        const some = few(known.rows, stale);
        stale = null;
        const start = performance.now();
        await once(known.view.campaign, some);
        draw();
        const now = performance.now();
        if (some === null) rested = (known.rows?.length ?? 0) > FEW_ROWS ? now + REST * (now - start) : now;
      }
    } finally {
      reading = false;
    }
  };
}

const LIST = 100; // households of an area that are listed at once

/**
 * Reads the lists that belong to what is selected.
 * @param {import('./views.js').Known} known
 * @param {object} page
 * @param {() => boolean} page.may  whether this person sees households
 * @param {(area: string) => void} page.found  the area of a household that was asked for alone
 * @param {(code: string) => Promise<T.Household | null>} page.household  null: nobody answers, and nothing is kept of it
 * @param {() => void} page.draw
 * @returns {() => Promise<void>}
 */
export const selection = (known, { may, found: inside, household: read, draw }) => async () => {
  const { area, household, campaign } = known.view;
  if (!may()) return;
  if (household !== null) {
    try {
      const found = await read(household);
      known.household = { code: household, found, failed: found === null ? 'unkept' : null };
      if (known.view.household === household && known.view.area === null && found?.area) {
        inside(found.area);
      }
    } catch (error) {
      const missing = error instanceof api.Problem && error.status === 404;
      known.household = { code: household, found: null, failed: missing ? 'missing' : api.troubleOf(error) };
    }
  } else if (area !== null) {
    const now = () => known.view.area === area && known.view.campaign === campaign;
    try {
      const list = await api.unvisited(area, campaign, LIST);
      if (now()) known.waiting = { code: area, list, failed: false };
    } catch {
      if (now()) known.waiting = { code: area, list: null, failed: true };
    }
  } else return;
  draw();
};
