/** What of a map a finger, a mouse or the keyboard points at. */

/** @import * as T from './types.js' */

export const POINTS = ['walk-stop', 'assign-home', 'households-unvisited', 'households-tried', 'households-partly', 'households-visited', 'households-out'];
export const CELLS = 'households-cells';
const GRIDS = 'areas-fill';
const REACH_PX = 6; // how far beside a point a finger may land
export const CLOSE = 17; // the zoom at which one door is clear

/** @typedef {{kind: 'area' | 'household', code: string} | null} Picked */

/**
 * Listens to what is pointed at, and tells it.
 * @param {import('maplibre-gl').Map} map
 * @param {{free: () => boolean, view: () => T.View}} now  `free`: the map is not lent to who draws
 * @param {Pick<Parameters<typeof import('./map.js').createMap>[1], 'picked' | 'asked' | 'pointed'>} on
 */
export function pointing(map, now, on) {
  const canvas = map.getCanvas();
  /** @param {import('maplibre-gl').PointLike | [import('maplibre-gl').PointLike, import('maplibre-gl').PointLike]} where @param {string[]} layers */
  const at = (where, layers) => {
    const there = layers.filter((id) => map.getLayer(id));
    return there.length ? map.queryRenderedFeatures(/** @type {any} */ (where), { layers: there }) : [];
  };

  /** @param {{x: number, y: number}} point */
  function pick({ x, y }) {
    if (!now.free()) return;
    if (typeof now.view().plan === 'number') return on.asked(/** @type {[number, number]} */ (map.unproject([x, y]).toArray()));
    const near = at([[x - REACH_PX, y - REACH_PX], [x + REACH_PX, y + REACH_PX]], [...POINTS, CELLS]);
    const first = near[0];
    if (first?.layer.id === CELLS) {
      const [lng, lat] = /** @type {any} */ (first.geometry).coordinates;
      map.easeTo({ center: [lng, lat], zoom: Math.min(map.getZoom() + 2, CLOSE) });
      return;
    }
    if (first) return on.picked({ kind: 'household', code: String(first.properties.code) });
    const area = at([x, y], [GRIDS])[0];
    on.picked(area ? { kind: 'area', code: String(area.properties.code) } : null);
  }

  map.on('click', (event) => pick(event.point));
  map.on('mousemove', (event) => {
    if (!now.free()) return;
    const first = at([event.point.x, event.point.y], [...POINTS, CELLS, GRIDS])[0];
    canvas.style.cursor = typeof now.view().plan === 'number' ? 'help' : first ? 'pointer' : '';
    const area = first?.layer.id === GRIDS ? first : null;
    on.pointed(area ? { x: event.point.x, y: event.point.y, props: area.properties } : null);
  });
  map.on('mouseout', () => on.pointed(null));
  canvas.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') pick(map.project(map.getCenter()));
  });

  return { at };
}
