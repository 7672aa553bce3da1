/**
 * The households of the own areas as they may lie on the device: a line each. What households confide – needs, contact – and who
 * called is not among the fields, so that it is neither asked for nor written.
 */

import * as api from './api.js';

/** @import * as T from './types.js' */

/** The table of what may be kept of a household beside its code and place; another field is dropped, whatever an answer holds. */
export const FIELDS = /** @type {const} */ (['status', 'area', 'outcome', 'called_at', 'address', 'persons']);
/** Households at most: a township's, some 1 MB of text. */
export const MOST = 5_000;
const PAGE = 1_000; // in one answer

/** @typedef {{code: string, lon: number, lat: number, status: string, area: string | null, outcome: T.Outcome | null, called_at: string | null, address: string | null, persons: number | null}} Line */
/** @typedef {{as_of: string, of: number, lines: Record<string, Line>}} Lines  `of`: how many there are, kept or not */

/** A line with the fields of the table alone. @param {any} feature @returns {Line} */
export function lineOf({ id, geometry, properties }) {
  const [lon, lat] = geometry.coordinates;
  return /** @type {Line} */ ({ code: id, lon, lat, ...Object.fromEntries(FIELDS.map((name) => [name, properties[name] ?? null])) });
}

/** The lines of all households that the person may visit, up to the most. @param {AbortSignal} signal @returns {Promise<Lines>} */
export async function readLines(signal) {
  /** @type {Lines} */
  const all = { as_of: '', of: 0, lines: {} };
  let left = MOST;
  /** @type {string | null} */
  let next = `ogc/collections/households/items?f=json&limit=${PAGE}&properties=${FIELDS.join(',')}`;
  while (next !== null && left > 0) {
    const page = await (await api.fresh(next, signal)).json();
    all.as_of ||= page.timeStamp;
    all.of = page.numberMatched;
    for (const feature of page.features.slice(0, left)) all.lines[feature.id] = lineOf(feature);
    left -= page.features.length;
    next = page.features.length > 0 ? page.links.find((/** @type {any} */ link) => link.rel === 'next')?.href ?? null : null;
  }
  return all;
}

/**
 * What is kept of a household: its line, else what a list of whom to visit says of it.
 * @param {Cache | null} cache @param {string} at  where the lines are @param {string[]} lists  where the lists are @param {string} code
 * @returns {Promise<{as_of: string, line: Line} | null>} null: nothing
 */
export async function findLine(cache, at, lists, code) {
  /** @param {string} url */
  const read = async (url) => (await cache?.match(url, { ignoreVary: true }))?.json();
  /** @type {Lines | undefined} */
  const all = await read(at);
  if (all && Object.hasOwn(all.lines, code)) return { as_of: all.as_of, line: all.lines[code] };
  for (const url of lists) {
    /** @type {T.Worklist | undefined} */
    const list = await read(url);
    const one = list?.households.find((some) => some.code === code);
    if (list && one) return { as_of: list.as_of, line: lineOf({ id: code, geometry: { coordinates: [one.lon, one.lat] }, properties: one }) };
  }
  return null;
}
