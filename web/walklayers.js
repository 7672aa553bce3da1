/** What the list for today changes on the map, and what the legend says of it: a number for each household, along the walk. */

import { h } from './dom.js';
import { t } from './i18n.js';
import { frameLegend } from './legend.js';
import { INK, mark, marksOf } from './planlayers.js';

/** @import * as T from './types.js' */
/** @typedef {import('maplibre-gl').StyleSpecification} Style */

/** The layer of the numbers: what a finger lands on. */
export const STOPS = 'walk-stop';
const GROUND = 0.06; // how strongly areas are filled: the walk is what is looked at
const SIZES = { now: 14, stop: 10, done: 8 };

/** Lays the walk over a quiet map. @param {Style} style  changed in place @param {T.View['theme']} theme @param {any} marks  GeoJSON that `walk` made */
export function addWalk(style, theme, marks) {
  const ink = INK[theme];
  for (const layer of style.layers) if (layer.id === 'areas-fill') layer.paint = { 'fill-color': ink.allowed, 'fill-opacity': GROUND };
  style.sources.marks = { type: 'geojson', data: marks };
  const of = (/** @type {string} */ role) => ({ source: 'marks', filter: /** @type {any} */ (['==', ['get', 'role'], role]) });
  const by = (/** @type {any} */ now, /** @type {any} */ stop, /** @type {any} */ done) => /** @type {any} */ (['match', ['get', 'state'], 'now', now, 'done', done, stop]);
  style.layers.push(
    { id: 'walk-halo', type: 'line', ...of('walk'), layout: { 'line-join': 'round' }, paint: { 'line-color': ink.halo, 'line-width': 4, 'line-opacity': 0.7 } },
    { id: 'walk-line', type: 'line', ...of('walk'), layout: { 'line-join': 'round' }, paint: { 'line-color': ink.lawful, 'line-width': 1.6, 'line-dasharray': [3, 2] } },
    { id: 'walk-start', type: 'circle', ...of('start'), paint: { 'circle-radius': 5, 'circle-color': ink.halo, 'circle-stroke-color': ink.lawful, 'circle-stroke-width': 2.5 } },
    { id: STOPS, type: 'circle', ...of('stop'), layout: { 'circle-sort-key': by(2, 1, 0) }, paint: {
      'circle-radius': by(SIZES.now, SIZES.stop, SIZES.done), 'circle-color': by(ink.accent, ink.lawful, ink.faint), 'circle-stroke-color': ink.halo, 'circle-stroke-width': 2 } },
    { id: 'walk-number', type: 'symbol', ...of('stop'), layout: {
      'text-field': ['to-string', ['get', 'n']], 'text-font': ['Noto Sans Medium'], 'text-size': by(14, 11, 10), 'symbol-sort-key': by(0, 1, 2), 'text-padding': 0 },
    paint: { 'text-color': by(ink.halo, ink.halo, ink.spot) } });
}

/**
 * The walk as GeoJSON.
 * @param {T.Worklist | null} list @param {[number, number] | null} start @param {(one: T.Waiting) => 'now' | 'stop' | 'done'} state
 */
export function walk(list, start, state) {
  if (list === null || list.households.length === 0) return marksOf([]);
  const places = list.households.map(({ lon, lat }) => [lon, lat]);
  const way = start === null ? places : [start, ...places];
  return marksOf([
    ...(way.length > 1 ? [mark('walk', { type: 'LineString', coordinates: way })] : []),
    ...(start === null ? [] : [mark('start', { type: 'Point', coordinates: start })]),
    ...list.households.map((one, i) => mark('stop', { type: 'Point', coordinates: places[i] }, { n: i + 1, code: one.code, state: state(one) })),
  ]);
}

/** What the walk covers. @param {T.Worklist} list @param {[number, number] | null} start @returns {[number, number, number, number] | null} */
export function boundsOf(list, start) {
  const all = [...list.households.map(({ lon, lat }) => [lon, lat]), ...(start === null ? [] : [start])];
  if (list.households.length === 0) return null;
  const [lons, lats] = [0, 1].map((i) => all.map((place) => place[i]));
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** The legend of the map while the list is walked. @param {{list: T.Worklist | null, started: boolean, done: boolean, theme: T.View['theme']}} given */
export function drawWalkLegend(given) {
  const { list, started, done, theme } = given;
  if (list === null || list.households.length === 0) return frameLegend(null, [], () => {});
  const ink = INK[theme];
  const entry = (/** @type {'now' | 'stop' | 'done' | 'start' | 'line'} */ kind, /** @type {Record<string, string>} */ style) =>
    h('li', null, h(`i.walk-${kind}`, { style }), h('span', null, t(`today.legend.${kind}`)));
  frameLegend([h('span', null, t('today.legend'))], [h('ul.walk-key', null,
    entry('now', { background: ink.accent }), entry('stop', { background: ink.lawful }), done && entry('done', { background: ink.faint }),
    started && entry('start', { background: ink.halo, 'border-color': ink.lawful }), entry('line', { 'border-color': ink.lawful }))], () => drawWalkLegend(given));
}
