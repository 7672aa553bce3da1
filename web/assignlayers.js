/** What a plan of who calls on whom changes on the map, and what the legend says of it: households in the colours and by the numbers of their members. */

import { h } from './dom.js';
import { number, t } from './i18n.js';
import { frameLegend } from './legend.js';
import { INK, mark, marksOf } from './planlayers.js';

/** @import * as T from './types.js' */
/** @typedef {import('maplibre-gl').StyleSpecification} Style */

/** The layer of households: what a finger lands on. */
export const HOMES = 'assign-home';
const NUMBERS_FROM = 14.5; // the zoom at which each household has room for the number of its member
const GROUND = 0.05; // how strongly areas are filled: households are what is looked at
const ASIDE = 0.02; // of the households on each side, beyond which the map does not reach
const LISTED = 40; // members that a legend names

/** Hues that people tell apart who see colours differently (after Okabe and Ito 2008); from the ninth member on they come again, and the number tells. @type {Record<T.View['theme'], string[]>} */
export const HUES = {
  light: ['#0072b2', '#d55e00', '#009e73', '#a3408a', '#c99000', '#3aa0dc', '#6b3f1d', '#4b4b52'],
  dark: ['#4ba3e3', '#ff8a3d', '#2fd0a0', '#e08fc8', '#f0d24a', '#9ad6f7', '#c9966b', '#c9cdd2'],
};
/** @param {number} n  of the member, from 1 @param {T.View['theme']} theme */
export const hue = (n, theme) => HUES[theme][(n - 1) % HUES[theme].length];

/** The number of each member, from 1, as table, map and legend show it. @param {T.AssignmentPlan} plan @returns {Map<string, number>} */
export const numbered = (plan) => new Map(plan.members.map(({ user }, i) => [user, i + 1]));

/** Lays the households over a quiet map. @param {Style} style  changed in place @param {T.View['theme']} theme @param {any} marks  GeoJSON that `homes` made */
export function addAssigned(style, theme, marks) {
  const ink = INK[theme];
  for (const layer of style.layers) if (layer.id === 'areas-fill') layer.paint = { 'fill-color': ink.allowed, 'fill-opacity': GROUND };
  style.sources.marks = { type: 'geojson', data: marks };
  const of = (/** @type {string} */ role) => ({ source: 'marks', filter: /** @type {any} */ (['==', ['get', 'role'], role]) });
  const hues = HUES[theme];
  const color = /** @type {any} */ (['match', ['get', 'hue'], ...hues.flatMap((one, i) => [i, one]), ink.faint]);
  const by = (/** @type {any} */ faint, /** @type {any} */ plain) => /** @type {any} */ (['case', ['get', 'faint'], faint, plain]);
  const zoomed = (/** @type {number} */ far, /** @type {number} */ close) => /** @type {any} */ (['interpolate', ['exponential', 1.6], ['zoom'], 9, far, 16, close]);
  const text = { 'text-font': ['Noto Sans Medium'], 'text-padding': 0 };
  style.layers.push(
    { id: 'assign-moved', type: 'circle', source: 'marks', filter: /** @type {any} */ (['all', ['==', ['get', 'role'], 'home'], ['get', 'moved']]), paint: { 'circle-radius': zoomed(3.6, 13), 'circle-color': ink.halo, 'circle-stroke-color': ink.spot, 'circle-stroke-width': 1.4, 'circle-stroke-opacity': by(0.15, 1), 'circle-opacity': by(0.15, 1) } },
    { id: HOMES, type: 'circle', ...of('home'), layout: { 'circle-sort-key': by(0, 1) }, paint: { 'circle-radius': zoomed(2.2, 9.5), 'circle-color': color, 'circle-opacity': by(0.18, 0.95), 'circle-stroke-color': ink.halo, 'circle-stroke-width': zoomed(0.3, 1.5), 'circle-stroke-opacity': by(0.1, 0.9) } },
    { id: 'assign-number', type: 'symbol', ...of('home'), minzoom: NUMBERS_FROM, layout: { ...text, 'text-field': ['to-string', ['get', 'n']], 'text-size': 10, 'text-allow-overlap': false }, paint: { 'text-color': ink.halo, 'text-opacity': by(0.3, 1) } },
    { id: 'assign-asked', type: 'circle', ...of('asked'), paint: { 'circle-radius': zoomed(8, 17), 'circle-opacity': 0, 'circle-stroke-color': ink.accent, 'circle-stroke-width': 3 } },
    { id: 'assign-disc', type: 'circle', ...of('middle'), maxzoom: NUMBERS_FROM, paint: { 'circle-radius': 11, 'circle-color': ink.halo, 'circle-stroke-color': color, 'circle-stroke-width': 2.5, 'circle-opacity': by(0.3, 0.95), 'circle-stroke-opacity': by(0.3, 1) } },
    { id: 'assign-middle', type: 'symbol', ...of('middle'), maxzoom: NUMBERS_FROM, layout: { ...text, 'text-field': ['to-string', ['get', 'n']], 'text-size': 12, 'text-allow-overlap': true }, paint: { 'text-color': ink.spot, 'text-opacity': by(0.3, 1) } });
}

/** Whose a household is. @param {T.HouseholdMove} one @param {'before' | 'after'} when */
const whose = ({ from, to }, when) => (when === 'after' ? to : from);

/**
 * Households as GeoJSON, and for each member a number in the middle of theirs.
 * @param {T.AssignmentPlan} plan @param {'before' | 'after'} when @param {string | null} lit  the member whose households stand out @param {string | null | Set<string>} asked  one, or several
 */
export function homes(plan, when, lit, asked) {
  const numbers = numbered(plan);
  const hues = HUES.light.length;
  /** @type {Map<number, {lon: number, lat: number}[]>} */
  const theirs = new Map();
  const features = plan.households.map((one) => {
    const n = numbers.get(whose(one, when) ?? '') ?? 0;
    if (n > 0) theirs.get(n)?.push(one) ?? theirs.set(n, [one]);
    const moved = when === 'after' && (one.why === 'nearer' || one.why === 'balance');
    return mark('home', { type: 'Point', coordinates: [one.lon, one.lat] }, { code: one.code, n: n || '', hue: n > 0 ? (n - 1) % hues : -1, moved, faint: lit !== null && numbers.get(lit) !== n });
  });
  const middle = (/** @type {number} */ n, /** @type {{lon: number, lat: number}[]} */ all) => {
    const mean = { lon: all.reduce((sum, { lon }) => sum + lon, 0) / all.length, lat: all.reduce((sum, { lat }) => sum + lat, 0) / all.length };
    // A household of theirs, not a place between two villages.
    const away = (/** @type {{lon: number, lat: number}} */ one) => (one.lon - mean.lon) ** 2 + (one.lat - mean.lat) ** 2;
    const best = all.reduce((a, b) => (away(b) < away(a) ? b : a));
    return mark('middle', { type: 'Point', coordinates: [best.lon, best.lat] }, { n, hue: (n - 1) % hues, faint: lit !== null && numbers.get(lit) !== n });
  };
  const looked = plan.households.filter(({ code }) => (asked instanceof Set ? asked.has(code) : code === asked));
  return marksOf([...features, ...[...theirs].map(([n, all]) => middle(n, all)), ...looked.map(({ lon, lat }) => mark('asked', { type: 'Point', coordinates: [lon, lat] }))]);
}

/** What the plan covers, but for the few farms that lie far off. @param {T.AssignmentPlan} plan @returns {[number, number, number, number] | null} */
export function boundsOf({ households }) {
  if (households.length === 0) return null;
  const aside = Math.floor(households.length * ASIDE);
  const ends = (/** @type {number[]} */ values) => values.toSorted((a, b) => a - b).filter((_, i, all) => i === aside || i === all.length - 1 - aside);
  const [[west, east = west], [south, north = south]] = [ends(households.map(({ lon }) => lon)), ends(households.map(({ lat }) => lat))];
  return [west, south, east, north];
}

/** The legend of the map while a plan is shown. @param {{plan: T.AssignmentPlan | null, when: 'before' | 'after', title?: 'assign.now', theme: T.View['theme'], lit: string | null, light: (user: string) => void}} given */
export function drawAssignLegend(given) {
  const { plan, when, title = `assign.${when}`, theme, lit, light } = given;
  if (plan === null || plan.total === 0) return frameLegend(null, [], () => {});
  const count = (/** @type {T.MemberPlan} */ member) => member[when].households;
  const nobody = plan.total - plan.members.reduce((sum, member) => sum + count(member), 0);
  const entry = (/** @type {T.MemberPlan} */ member, /** @type {number} */ i) => h('li', null,
    h('button', { type: 'button', 'data-key': `legend-${member.user}`, 'aria-pressed': String(lit === member.user), onclick: () => light(member.user) },
      badge(i + 1, theme), h('span', null, member.user), h('b', { 'data-count': count(member) }, number(count(member)))));
  const rest = plan.members.length - LISTED;
  frameLegend([h('span', null, t('assign.legend')), h('small', null, t(/** @type {import('./i18n.js').Key} */ (title)))],
    [h('ol.assign-key', null, ...plan.members.slice(0, LISTED).map(entry),
      rest > 0 && h('li.fine-print', null, t('assign.legend.rest', { n: number(rest) })),
      nobody > 0 && h('li', null, h('i.nobody', { style: { background: INK[theme].faint } }), h('span', null, t('assign.nobody')), h('b', null, number(nobody))),
      when === 'after' && plan.moves > 0 && h('li', null, h('i.moved', { style: { 'border-color': INK[theme].spot } }), h('span', null, t('assign.legend.moved')), h('b', null, number(plan.moves))))], () => drawAssignLegend(given));
}

/** A member's number in their colour. @param {number} n @param {T.View['theme']} theme */
export const badge = (n, theme) => h('i.badge', { style: { 'border-color': hue(n, theme) }, 'aria-hidden': 'true' }, String(n));
