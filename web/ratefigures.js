/** What is worked out from compared rates: how many differ, their order, the axes of the funnel, where its labels fit. Pure. */

import { LEVELS } from './figures.js';

/** @import * as T from './types.js' */

/** From below to above. @type {T.Position[]} */
export const POSITIONS = ['below_998', 'below_95', 'within', 'above_95', 'above_998'];

/** What differs for real first; of the rest what may. */
const BY_VERDICT = ['below_998', 'above_998', 'below_95', 'above_95', 'within', null];

/** The level that is compared first. @param {Record<T.Level, number> | undefined} levels  how many areas each has @returns {T.Level} */
export const firstLevel = (levels) => (levels && levels.township < 2 ? LEVELS.find((level) => levels[level] > 1) : null) ?? 'township';

/** Areas that can be compared: those with households, or with answers enough. @template {{rate: number | null, position: T.Position | null}} A @param {A[]} areas */
export const compared = (areas) => areas.filter((area) => area.rate !== null && area.position !== null);

/** How many lie where. @param {{position: T.Position | null, by_chance?: T.Position | null}[]} areas @param {'position' | 'by_chance'} [by] @returns {Record<T.Position, number>} */
export function counts(areas, by = 'position') {
  const all = /** @type {Record<T.Position, number>} */ (Object.fromEntries(POSITIONS.map((position) => [position, 0])));
  for (const area of areas) {
    const position = area[by];
    if (position) all[position] += 1;
  }
  return all;
}

/** How many differ by more than chance and common scatter explain. @param {Record<T.Position, number>} of */
export const forReal = (of) => of.above_998 + of.below_998;

/**
 * Never by rate: that order would be mostly chance.
 * @template {{code: string, name: string, position: T.Position | null, eligible?: number, answered?: number}} A
 * @param {A[]} areas @param {T.RateSort} sort  size: of households, or of answers @param {string} lang
 */
export function sorted(areas, sort, lang) {
  const names = new Intl.Collator(lang, { numeric: true });
  const byName = (/** @type {A} */ a, /** @type {A} */ b) => names.compare(a.name, b.name) || names.compare(a.code, b.code);
  const size = (/** @type {A} */ { eligible, answered }) => answered ?? eligible ?? 0;
  if (sort === 'size') return areas.toSorted((a, b) => size(b) - size(a) || byName(a, b));
  if (sort === 'verdict') return areas.toSorted((a, b) => BY_VERDICT.indexOf(a.position) - BY_VERDICT.indexOf(b.position) || byName(a, b));
  return areas.toSorted(byName);
}

/** The difference as it is said: the higher one first. @param {T.Difference} found @returns {T.Difference} */
export const higherFirst = (found) => (found.difference >= 0 ? found
  : { ...found, a: found.b, b: found.a, difference: -found.difference, lower: -found.upper, upper: -found.lower, verdict: found.verdict === 'b_higher' ? 'a_higher' : found.verdict });

// ---- axes ----

const WIDE = 6; // times the smallest area that the largest may be, before the axis of sizes is logarithmic
const AIR = 1.12; // beyond the smallest and largest, on that axis

/** Round steps that part a range into so many or fewer. @param {number} from @param {number} to @param {number} most */
function step(from, to, most) {
  const rough = (to - from) / most || 1e-9;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((n) => n * power).find((s) => s >= rough * 0.999) ?? rough;
}

/** @param {number} from @param {number} to @param {number} by */
function steps(from, to, by) {
  const all = [];
  for (let n = Math.ceil(from / by - 1e-9); n <= to / by + 1e-9; n += 1) all.push(Number((n * by).toPrecision(12)));
  return all;
}

/** 1, 2, 5, 10, 20, … as far as they lie in a range; fewer where it is long. @param {number} from @param {number} to */
function magnitudes(from, to) {
  const all = [];
  for (let power = 10 ** Math.floor(Math.log10(from)); power <= to; power *= 10) for (const n of [1, 2, 5]) all.push(n * power);
  const some = all.filter((n) => n >= from && n <= to);
  return some.length > 7 ? some.filter((n) => /^1/.test(String(n))) : some;
}

/**
 * @typedef {{from: number, to: number, ticks: number[], log: boolean}} Axis
 * @param {T.Rates} rates @returns {{x: Axis, y: Axis}} where the data is, and no more
 */
export function axes({ areas, limits, overall }) {
  const units = compared(areas);
  const sizes = units.map((area) => area.eligible);
  const [small, large] = [Math.min(...sizes), Math.max(...sizes)];
  const log = large >= WIDE * small;
  const pad = Math.max((large - small) * 0.06, small * 0.04, 1);
  const [from, to] = log ? [small / AIR, large * AIR] : [Math.max(0, small - pad), large + pad];
  const shares = [...units.map((area) => area.rate ?? 0), overall.rate ?? 0, ...limits.flatMap((at) => [at.lower_998, at.upper_998])];
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  const by = step(low, high, 6);
  const [least, most] = [Math.max(0, Math.floor(low / by + 1e-9) * by), Math.min(1, Math.ceil(high / by - 1e-9) * by)];
  return {
    x: { from, to, log, ticks: log ? magnitudes(from, to) : steps(from, to, step(from, to, 6)) },
    y: { from: least, to: most, log: false, ticks: steps(least, most, by) },
  };
}

/** From an axis to pixels. @param {Axis} axis @param {number} start @param {number} end @returns {(value: number) => number} */
export function scaleOf({ from, to, log }, start, end) {
  const place = log ? Math.log : (/** @type {number} */ n) => n;
  return (value) => start + ((place(value) - place(from)) / (place(to) - place(from) || 1)) * (end - start);
}

// ---- labels ----

const TALL = 13; // pixels that a label is high
const OFF = 8; // pixels beside its point
const DOT = 5; // pixels around a point that no label covers

/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/** @typedef {{x: number, y: number, text: string, width: number}} Wish  a point, and how wide its label would be */
/** @typedef {{x: number, y: number, text: string, anchor: 'start' | 'end' | 'middle'}} Label */

/** @param {Box} a @param {Box} b */
const meet = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/**
 * Labels where they fit, the first ones first: beside, above, below or aslant of their point, over no other label and no point.
 * @param {Wish[]} wishes @param {{x: number, y: number}[]} points  all of them @param {Box} frame
 * @returns {Label[]}
 */
export function fitLabels(wishes, points, frame) {
  /** @type {Box[]} */
  const taken = [];
  const dots = points.map(({ x, y }) => ({ x: x - DOT, y: y - DOT, width: 2 * DOT, height: 2 * DOT }));
  const inside = (/** @type {Box} */ b) => b.x >= frame.x && b.y >= frame.y && b.x + b.width <= frame.x + frame.width && b.y + b.height <= frame.y + frame.height;
  return wishes.flatMap(({ x, y, text, width }) => {
    /** @type {[Label['anchor'], number, number][]} */
    const places = [['start', x + OFF, y - TALL / 2], ['end', x - OFF - width, y - TALL / 2], ['middle', x - width / 2, y - OFF - TALL], ['middle', x - width / 2, y + OFF],
      ['start', x + DOT, y - OFF - TALL + 2], ['start', x + DOT, y + OFF - 2], ['end', x - DOT - width, y - OFF - TALL + 2], ['end', x - DOT - width, y + OFF - 2]];
    for (const [anchor, left, top] of places) {
      const box = { x: left, y: top, width, height: TALL };
      if (!inside(box) || taken.some((one) => meet(box, one)) || dots.some((one) => meet(box, one) && !(one.x + DOT === x && one.y + DOT === y))) continue;
      taken.push(box);
      return [{ x: anchor === 'start' ? left : anchor === 'end' ? left + width : x, y: top + TALL - 3, text, anchor }];
    }
    return [];
  });
}
