/** The style as the page's maps take it, made of the one that `styles/` holds; pure. */

import { addAssigned } from './assignlayers.js';
import { addPlan } from './planlayers.js';
import { addRates } from './ratelayers.js';
import { addWalk } from './walklayers.js';

/** @import * as T from './types.js' */
/** @typedef {import('maplibre-gl').StyleSpecification} Style */

/** @param {string | null} value @returns {any} a filter */
export const code = (value) => ['==', ['get', 'code'], value ?? ''];

/**
 * The style for this origin, this person and what is looked at.
 * @param {Style} style
 * @param {object} given
 * @param {T.View} given.view
 * @param {boolean} given.households  true: this person may see them
 * @param {[number, number, number, number] | null} given.bounds  of what there are tiles of
 * @param {any} given.marks  GeoJSON of what is asked and drawn
 * @param {import('./ratelayers.js').Judged | null} given.judged  areas whose rates are compared
 * @param {string} given.root  where the service is
 * @returns {Style}
 */
export function fittedStyle(style, { view, households, bounds, marks, judged, root }) {
  const own = structuredClone(style);
  own.glyphs = root + style.glyphs;
  for (const source of Object.values(own.sources)) {
    if (source.type !== 'vector') continue;
    if (source.url) source.url = root + source.url;
    if (source.tiles) Object.assign(source, { tiles: source.tiles.map((tile) => root + tile), ...(bounds ? { bounds } : {}) });
  }
  if (!households || view.rates !== null || view.today || view.teams !== null) {
    delete own.sources.households;
    own.layers = own.layers.filter((layer) => !('source' in layer) || layer.source !== 'households');
  }
  for (const layer of own.layers) {
    if (layer.id === 'areas-selected' || layer.id === 'areas-selected-halo' || layer.id === 'outlines-selected') /** @type {any} */ (layer).filter = code(view.area);
    if (layer.id === 'households-selected') /** @type {any} */ (layer).filter = code(view.household);
    if ('source' in layer && layer.source === 'households') layer.layout = /** @type {any} */ ({ ...layer.layout, visibility: view.hidden ? 'none' : 'visible' });
  }
  if (view.rates !== null) addRates(own, judged, view.theme);
  if (view.today) addWalk(own, view.theme, marks);
  if (view.teams !== null) addAssigned(own, view.theme, marks);
  if (view.plan !== null) addPlan(own, view, { id: typeof view.plan === 'number' ? view.plan : null, drawing: view.task === 'draw', rule: view.rule, marks, root });
  return own;
}
