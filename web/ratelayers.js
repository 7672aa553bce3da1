/** What a comparison of rates changes on the map, and what the legend says of it: areas by where they lie beside the limits of chance. */

import { h, svg } from './dom.js';
import { strength } from './figures.js';
import { number, t, word } from './i18n.js';
import { frameLegend } from './legend.js';
import { POSITIONS, compared, counts } from './ratefigures.js';

/** @import * as T from './types.js' */
/** @typedef {import('maplibre-gl').StyleSpecification} Style */

/** One row of lightness to each side of what cannot be told apart: cool above, warm below. @type {Record<T.View['theme'], Record<T.Position | 'none', string>>} */
export const INK = {
  light: { above_998: '#0f5873', above_95: '#8fbcc9', within: '#efece3', below_95: '#efb892', below_998: '#c2410c', none: '#d6d5d0' },
  dark: { above_998: '#9fdde6', above_95: '#3f7481', within: '#2a3134', below_95: '#84502f', below_998: '#ff9a5c', none: '#1b2022' },
};

/** The shape of a position, around 0: triangles that point where the area lies, filled where it is for real. @type {Record<T.Position, string>} */
const SHAPES = {
  above_998: 'M0-6.2 5.6 4.2H-5.6z', above_95: 'M0-6.2 5.6 4.2H-5.6z', within: 'M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0z',
  below_95: 'M0 6.2 5.6-4.2H-5.6z', below_998: 'M0 6.2 5.6-4.2H-5.6z',
};

/** @param {T.Position} position @param {string} [transform] */
export const shape = (position, transform) => svg('path', { d: SHAPES[position], class: `shape ${position}`, transform });

/** The same as a picture of its own. @param {T.Position} position */
export const glyph = (position) => svg('svg', { viewBox: '-8 -8 16 16', class: 'glyph', 'aria-hidden': 'true' }, shape(position));

/** @typedef {Record<string, T.Position>} Judged  by code */

/**
 * Colours the areas by how they were judged, not by their rates.
 * @param {Style} style  changed in place @param {Judged | null} judged  null: not known yet @param {T.View['theme']} theme
 */
export function addRates(style, judged, theme) {
  const ink = INK[theme];
  const codes = Object.entries(judged ?? {});
  for (const layer of style.layers) {
    if (layer.id !== 'areas-fill') continue;
    const cases = POSITIONS.flatMap((position) => {
      const some = codes.filter(([, one]) => one === position).map(([code]) => code);
      return some.length > 0 ? [some, ink[position]] : [];
    });
    layer.paint = { ...layer.paint, 'fill-color': /** @type {any} */ (cases.length > 0 ? ['match', ['get', 'code'], ...cases, ink.none] : ink.none) };
  }
}

/** @typedef {{level: T.Level, areas: {rate: number | null, position: T.Position | null}[]}} Placed */

/** The legend of the map while areas are compared. @param {{rates: Placed | null, none: 'none' | 'few', style: Style, theme: T.View['theme'], zoom: number}} given  none: what areas without a verdict are called */
export function drawRatesLegend(given) {
  const { rates, none: called, style, theme, zoom } = given;
  if (rates === null || compared(rates.areas).length < 2) return frameLegend(null, [], () => {});
  const of = counts(rates.areas);
  const none = rates.areas.length - POSITIONS.reduce((sum, position) => sum + of[position], 0);
  const under = /** @type {any} */ (style.layers.find((layer) => layer.type === 'background')).paint['background-color'];
  const share = Math.round(strength(style, zoom) * 100);
  const entry = (/** @type {T.Position | 'none' | 'few'} */ kind, /** @type {number} */ n) => h('li', { 'aria-label': t('rates.legend.entry', { kind: word('position', kind), n: number(n) }) },
    h('i', { style: { background: `color-mix(in srgb, ${INK[theme][kind === 'few' ? 'none' : kind]} ${share}%, ${under})` } }),
    h('span', null, word('position', kind)), h('b', { 'data-count': n }, number(n)));
  frameLegend([h('span', null, t(called === 'few' ? 'satisfaction.legend' : 'rates.legend')), h('small', null, t('rates.title', { n: number(rates.areas.length), level: word('rates.level', rates.level) }))],
    [h('ol.judged', null, ...POSITIONS.toReversed().map((position) => entry(position, of[position])), ...(none > 0 ? [entry(called, none)] : []))], () => drawRatesLegend(given));
}
