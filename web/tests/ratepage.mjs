/** What the tests of rates share: a comparison with one area of each kind, and the page that shows it. */

import { ADMIN, ask, open } from './browser.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** Signed in as who may see all rates. */
export const AS = `&lang=en&theme=light&token=${ADMIN}`;
export const ANSWERED = { ready: '[data-figure="real"]' };

/** @param {string} query */
export const rates = (query) => ask(`/api/rates?${query}`, ADMIN);
/** @param {any[]} areas */
export const byName = (areas) => areas.toSorted((a, b) => new Intl.Collator('en', { numeric: true }).compare(a.name, b.name)).map((a) => a.code);
/** @param {Page} page */
export const rowCodes = (page) => page.$$eval('table.compared tbody tr', (all) => all.map((row) => row.getAttribute('data-code')));
/** @param {number | null} rate */
export const percent = (rate) => `${Math.round((rate ?? 0) * 100)}%`;

/** One area of each kind, and two without households. */
export const FIVE = ['above_998', 'above_95', 'within', 'below_95', 'below_998'];
/** @type {any} */
export const fixture = {
  campaign: null, as_of: '2026-11-23T00:00:00Z', level: 'township', overall: { eligible: 5000, visited: 2500, rate: 0.5 }, dispersion: { phi: 3.1, tau_squared: 0.002 },
  limits: [100, 400, 1000, 2000].map((eligible) => ({ eligible, lower_998: 0.5 - 3 / Math.sqrt(eligible), lower_95: 0.5 - 2 / Math.sqrt(eligible), upper_95: 0.5 + 2 / Math.sqrt(eligible), upper_998: 0.5 + 3 / Math.sqrt(eligible) })),
  areas: [
    ...FIVE.map((position, i) => ({ code: `A${i}`, name: `Area ${5 - i}`, level: 'township', parent: null, eligible: 100 + i * 475, visited: 60, rate: 0.7 - i * 0.1, position, by_chance: i === 2 ? 'above_998' : position, rank: { best: Math.max(1, i), worst: Math.min(5, i + 2) } })),
    ...['B1', 'B2'].map((code) => ({ code, name: code, level: 'township', parent: null, eligible: 0, visited: 0, rate: null, position: null, by_chance: null, rank: null })),
  ],
};
/** The page with these rates instead of the service's. @param {any} body @param {string} [hash] @param {string} [ready] */
export const openWith = (body, hash = '', ready = '[data-figure="real"]') => open(`#campaign=all&rates=township${hash}${AS}`, {
  ready, prepare: (page) => page.route('**/api/rates?*', (route) => route.fulfill({ json: body })) });
