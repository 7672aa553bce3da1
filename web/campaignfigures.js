/** What is worked out of campaigns: days between dates, the axis of the calendar, what a form says to the service. Pure. */

import { inside } from './figures.js';

/** @import * as T from './types.js' */

const DAY_MS = 86_400_000;
const STAGE_DAYS = 20; // after its first day a new campaign ends: three weeks
const NEED_DAYS = 7;
const FAR_DAYS = 400; // before and after today the calendar shows no more
const AIR = 0.02; // of the axis, at its ends

/** @param {string} day  YYYY-MM-DD */
const number = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
/** @param {number} n */
const dayOf = (n) => new Date(n * DAY_MS).toISOString().slice(0, 10);

/** Days from one day to another. @param {string} from @param {string} to */
export const between = (from, to) => number(to) - number(from);
/** @param {string} day @param {number} n */
export const plus = (day, n) => dayOf(number(day) + n);

/**
 * Where campaigns lie on an axis of time, in shares of its length.
 * @param {T.Campaign[]} campaigns @param {string} today
 * @returns {{today: number, ticks: {day: string, at: number, month: boolean}[], bars: {id: number, from: number, to: number, before: boolean, after: boolean}[]}}
 *   `before`, `after`: it goes on beyond the axis; `month`: the axis is so long that ticks are months
 */
export function calendar(campaigns, today) {
  const now = number(today);
  const clip = (/** @type {number} */ n) => Math.min(now + FAR_DAYS, Math.max(now - FAR_DAYS, n));
  const spans = campaigns.map(({ id, from, to }) => ({ id, from: number(from), to: number(to) + 1 }));
  const [first, last] = [Math.min(now, ...spans.map(({ from }) => clip(from))), Math.max(now + 1, ...spans.map(({ to }) => clip(to)))];
  const pad = Math.max(1, (last - first) * AIR);
  const [start, length] = [first - pad, last - first + 2 * pad];
  const at = (/** @type {number} */ n) => Math.min(1, Math.max(0, (n - start) / length));
  const days = last - first;
  const month = days > 120;
  const ticks = [];
  if (month) {
    const step = Math.ceil(days / 30.4 / 6); // months
    const begin = new Date(first * DAY_MS);
    for (let m = begin.getUTCMonth() + 1; ; m += step) {
      const n = Math.round(Date.UTC(begin.getUTCFullYear(), m, 1) / DAY_MS);
      if (n > last) break;
      ticks.push({ day: dayOf(n), at: at(n), month });
    }
  } else {
    const step = Math.max(1, Math.ceil(days / 7 / 5)) * 7;
    for (let n = first; n <= last; n += step) ticks.push({ day: dayOf(n), at: at(n), month });
  }
  return { today: at(now + 0.5), ticks, bars: spans.map(({ id, from, to }) => ({ id, from: at(from), to: at(to), before: from < start, after: to > start + length })) };
}

/** Those that run, by their last day. @param {T.Campaign[]} campaigns */
export const running = (campaigns) => campaigns.filter(({ phase }) => phase === 'running').toSorted((a, b) => a.to.localeCompare(b.to) || a.id - b.id);

/** The next to begin. @param {T.Campaign[]} campaigns @returns {T.Campaign | null} */
export const coming = (campaigns) => campaigns.filter(({ phase }) => phase === 'planned').toSorted((a, b) => a.from.localeCompare(b.from) || a.id - b.id)[0] ?? null;

/**
 * @typedef {object} Form  a campaign as it is written
 * @property {number | null} id  null: a new one
 * @property {boolean} begun  its first day stays
 * @property {boolean} closed
 * @property {string} name
 * @property {string} theme
 * @property {string} from
 * @property {string} to
 * @property {string} revisit_days  empty: once is enough
 * @property {string} need_days  empty: at the next occasion
 * @property {'all' | 'area' | 'filter'} kind  of its target
 * @property {string} area
 * @property {string} filter
 * @property {number | 'asking' | null} count  households that the target has now
 * @property {string} countFailed
 * @property {{field: string, said: string} | null} refused
 */

/** @param {T.Campaign | null} one @param {string} today @returns {Form} */
export function newForm(one, today) {
  const days = (/** @type {number | null | undefined} */ n) => (n === null || n === undefined ? '' : String(n));
  const target = { kind: /** @type {const} */ ('all'), area: '', filter: '', count: null, countFailed: '', refused: null };
  if (one === null) return { id: null, begun: false, closed: false, name: '', theme: '', from: today, to: plus(today, STAGE_DAYS), revisit_days: '', need_days: String(NEED_DAYS), ...target };
  return { id: one.id, begun: one.from <= today, closed: one.phase === 'closed', name: one.name, theme: one.theme, from: one.from, to: one.to, revisit_days: days(one.revisit_days), need_days: days(one.need_days), ...target };
}

/** A campaign as it is put again. @param {T.Campaign} one @returns {T.CampaignInput} */
export const changeOf = ({ name, theme, from, to, revisit_days, need_days, phase }) => ({ name, theme, from, to, revisit_days, need_days, closed: phase === 'closed' });

/** All households of an area: those of the lowest areas in it. CQL2 text; empty where no area is chosen. @param {T.Row[]} rows @param {string} code */
export function areaFilter(rows, code) {
  if (code === '') return '';
  const below = inside(rows, code, 'grid').map((row) => row.code);
  return `area IN (${[code, ...below].map((one) => `'${one.replaceAll("'", "''")}'`).join(', ')})`;
}

/** What a form says to the service. @param {Form} form @param {T.Row[]} rows @returns {T.CampaignInput} */
export function inputOf(form, rows) {
  const days = (/** @type {string} */ text) => (text.trim() === '' ? null : Number(text));
  const input = { name: form.name.trim(), theme: form.theme.trim(), from: form.from, to: form.to, revisit_days: days(form.revisit_days), need_days: days(form.need_days) };
  if (form.id !== null) return { ...input, closed: form.closed };
  if (form.kind === 'all') return input;
  return { ...input, target: { filter: form.kind === 'area' ? areaFilter(rows, form.area) : form.filter.trim() } };
}
