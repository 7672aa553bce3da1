/** What a plan adds to a map style, and what it takes away; pure. Lawful places come as tiles, what is asked or drawn as marks. */

/** @import * as T from './types.js' */
/** @typedef {import('maplibre-gl').StyleSpecification} Style */
/** @typedef {import('maplibre-gl').LayerSpecification} Layer */

/** The colours of a plan by theme: one row of lightness for what is lawful, one warm accent for what a rule costs or a person asked. */
export const INK = {
  light: { lawful: '#0f5873', assumed: '#5aa3b0', allowed: '#1f7a8c', restricted: '#9a6a00', forbidden: '#3d4646', accent: '#c2410c', spot: '#1b1f1f', halo: '#ffffff', faint: '#b4b9b4' },
  dark: { lawful: '#9fdde6', assumed: '#5a97a0', allowed: '#66c2cf', restricted: '#e0b04a', forbidden: '#aab4b6', accent: '#ff9a5c', spot: '#f2f5f5', halo: '#14181a', faint: '#4a5357' },
};
/** @typedef {typeof INK.light} Ink */

const UNDER = 'street-name'; // names of streets stay readable above all that a plan draws
/** Layers of lawful places, to which a drawing snaps. */
export const LAWFUL = ['plan-legal', 'plan-legal-line'];
/** The zoom from which on they are drawn by themselves. */
export const PLACES_FROM = 14;

/** @typedef {{id: number | null, drawing: boolean, rule: string | null, marks: any, root: string}} Shown  `marks`: GeoJSON of what is asked and drawn */

/**
 * @param {Style} style  changed in place @param {T.View} view @param {Shown} shown
 */
export function addPlan(style, view, { id, drawing, rule, marks, root }) {
  const ink = INK[view.theme];
  const quiet = new Set(['areas-fill', 'areas-line', 'areas-selected-halo', 'areas-selected']);
  style.layers = style.layers.filter((layer) => !('source' in layer && (layer.source === 'households' || (id !== null && (quiet.has(layer.id) || layer.source === 'areas')))));
  delete style.sources.households;
  if (id !== null) delete style.sources.areas;
  for (const layer of style.layers) if (layer.id === 'areas-fill') layer.paint = { 'fill-color': ink.allowed, 'fill-opacity': 0.07 };
  if (id !== null) style.sources.plan = { type: 'vector', url: `${root}/api/plans/${id}/tiles` };
  style.sources.marks = { type: 'geojson', data: marks };
  const own = [...(id === null ? [] : [...zones(ink, drawing), ...lawful(ink, rule)]), ...marked(ink)];
  const points = own.splice(own.findIndex(({ id: name }) => name === 'marks-way-halo')); // above names: they answer what was asked
  const at = style.layers.findIndex((layer) => layer.id === UNDER);
  style.layers.splice(at < 0 ? style.layers.length : at, 0, ...own);
  style.layers.push(...(id === null ? [] : spots(ink, drawing)), ...points);
}

/** @param {Ink} ink @param {boolean} drawing @returns {Layer[]} */
const zones = (ink, drawing) => ['allowed', 'restricted', 'forbidden'].flatMap((name) => zone('plan', name, ink, drawing ? 'none' : 'visible'));

/** @param {string} source @param {string} name @param {Ink} ink @param {'visible' | 'none'} visibility @returns {Layer[]} */
function zone(source, name, ink, visibility) {
  const color = /** @type {any} */ (ink)[name];
  const from = { source, ...(source === 'plan' ? { 'source-layer': 'zones' } : {}), filter: /** @type {any} */ (['==', ['get', 'class'], name]), layout: { visibility } };
  return [
    { id: `${source}-zone-${name}`, type: 'fill', ...from, paint: { 'fill-color': color, 'fill-opacity': name === 'forbidden' ? 0.3 : 0.14 } },
    { id: `${source}-zone-${name}-line`, type: 'line', ...from, paint: { 'line-color': color, 'line-width': name === 'forbidden' ? 2.5 : 1.8, ...(name === 'restricted' ? { 'line-dasharray': [2.5, 1.5] } : {}) } },
  ];
}

/** Lawful places, and further out stalls counted in cells; of a rule that is looked at, those that it limits stand out. @param {Ink} ink @param {string | null} rule @returns {Layer[]} */
function lawful(ink, rule) {
  const color = /** @type {any} */ (['case', ['to-boolean', ['get', 'assumed']], ink.assumed, ink.lawful]);
  const limited = /** @type {any} */ (['==', ['get', 'limited_by'], rule ?? '']);
  const paint = rule === null ? color : /** @type {any} */ (['case', limited, ink.accent, ink.faint]);
  const from = { source: 'plan', 'source-layer': 'legal' };
  // As much ink for a stall at every zoom, as far as a dot stays in its cell.
  const dot = (/** @type {number} */ share) => ['min', 13, ['max', 2, ['*', share, ['sqrt', ['get', 'stalls']]]]];
  return [
    { id: 'plan-stalls', type: 'circle', source: 'plan', 'source-layer': 'stalls', maxzoom: PLACES_FROM, paint: {
      'circle-color': paint, 'circle-opacity': 0.85,
      'circle-radius': /** @type {any} */ (['interpolate', ['exponential', 2], ['zoom'], 8, dot(0.045), 14, dot(1.8)]) } },
    { id: 'plan-legal', type: 'fill', ...from, paint: { 'fill-color': paint, 'fill-opacity': 0.85 } },
    { id: 'plan-legal-line', type: 'line', ...from, layout: { 'line-join': 'round' }, paint: { 'line-color': paint, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, rule === null ? 1 : 1.4, 15, 2.4, 18, 1.2] } },
  ];
}

/** @param {Ink} ink @param {boolean} drawing @returns {Layer[]} */
function spots(ink, drawing) {
  const from = { source: 'plan', 'source-layer': 'spots' };
  const visibility = drawing ? 'none' : 'visible';
  return [
    { id: 'plan-spot-line', type: 'line', ...from, filter: ['==', ['geometry-type'], 'LineString'], layout: { visibility, 'line-cap': 'round' }, paint: { 'line-color': ink.spot, 'line-width': 5 } },
    { id: 'plan-spot', type: 'circle', ...from, filter: ['==', ['geometry-type'], 'Point'], layout: { visibility }, paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, 3, 16, 7], 'circle-color': ink.spot, 'circle-stroke-color': ink.halo, 'circle-stroke-width': 2 } },
    { id: 'plan-spot-name', type: 'symbol', ...from, minzoom: 14, layout: { visibility, 'text-field': ['to-string', ['get', 'stalls']], 'text-font': ['Noto Sans Regular'], 'text-size': 11, 'text-offset': [0, 1.2], 'text-anchor': 'top' }, paint: { 'text-color': ink.spot, 'text-halo-color': ink.halo, 'text-halo-width': 1.5 } },
  ];
}

/** The ground of a plan, what was asked, the way to the nearest lawful place, drawings that are only shown. @param {Ink} ink @returns {Layer[]} */
function marked(ink) {
  const of = (/** @type {string} */ role) => ({ source: 'marks', filter: /** @type {any} */ (['==', ['get', 'role'], role]) });
  return [
    { id: 'marks-ground', type: 'line', ...of('ground'), paint: { 'line-color': ink.forbidden, 'line-width': 1.5, 'line-dasharray': [4, 2] } },
    ...['allowed', 'restricted', 'forbidden'].flatMap((name) => zone('marks', name, ink, 'visible')),
    { id: 'marks-mine', type: 'line', ...of('mine'), paint: { 'line-color': ink.accent, 'line-width': 4 } },
    { id: 'marks-theirs', type: 'line', ...of('theirs'), paint: { 'line-color': ink.spot, 'line-width': 3, 'line-dasharray': [1.5, 1.5] } },
    { id: 'marks-way-halo', type: 'line', ...of('way'), paint: { 'line-color': ink.halo, 'line-width': 5, 'line-opacity': 0.8 } },
    { id: 'marks-way', type: 'line', ...of('way'), paint: { 'line-color': ink.accent, 'line-width': 2, 'line-dasharray': [2, 1.5] } },
    { id: 'marks-near', type: 'circle', ...of('near'), paint: { 'circle-radius': 6, 'circle-color': ink.halo, 'circle-stroke-color': ink.lawful, 'circle-stroke-width': 3 } },
    { id: 'marks-asked', type: 'circle', ...of('asked'), paint: { 'circle-radius': 6, 'circle-color': ink.accent, 'circle-stroke-color': ink.halo, 'circle-stroke-width': 2.5 } },
  ];
}

/** What was asked of a plan, the way to the nearest lawful place, and its ground. @param {T.View['why']} why @param {T.Why | null | undefined} found @param {T.Within | undefined} ground @returns {any[]} */
export function asking(why, found, ground) {
  const near = found && !found.legal ? found.nearest : null;
  return [
    ...(why === null ? [] : [mark('asked', { type: 'Point', coordinates: why })]),
    ...(why !== null && near ? [mark('way', { type: 'LineString', coordinates: [why, [near.lon, near.lat]] }), mark('near', { type: 'Point', coordinates: [near.lon, near.lat] })] : []),
    ...(typeof ground === 'object' ? [mark('ground', ground)] : []),
  ];
}

/** @param {string} role @param {any} geometry @param {object} [more] */
export const mark = (role, geometry, more = {}) => ({ type: 'Feature', geometry, properties: { role, ...more } });
/** @param {any[]} features */
export const marksOf = (features) => ({ type: 'FeatureCollection', features });
