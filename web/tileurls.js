/** Which tiles the map asks for, and those that cover a place; pure. */

/** @import * as T from './types.js' */
/** @typedef {[number, number, number, number]} Bbox  west, south, east, north in degrees */
/** @typedef {{z: number, x: number, y: number}} Tile */

/**
 * The address as the map asks for it: tiles of areas and households with the campaign, those of areas with a level.
 * @param {URL} at  below `root` @param {string} root  where the service is, without a slash at its end @param {number | null | undefined} campaign @param {T.Level} level
 */
export function tileUrl(at, root, campaign, level) {
  const path = at.href.slice(root.length);
  if (!/^\/tiles\/(areas|households)\/\d/.test(path)) return at.href;
  const url = new URL(at);
  if (typeof campaign === 'number') url.searchParams.set('campaign', String(campaign));
  if (path.startsWith('/tiles/areas/') && !url.searchParams.has('level')) url.searchParams.set('level', level);
  return url.href;
}

/** The tiles of a zoom that a rectangle touches; none where it crosses the antimeridian. @param {Bbox} bbox @param {number} z @returns {Tile[]} */
export function cover([west, south, east, north], z) {
  const side = 2 ** z;
  const within = (/** @type {number} */ n) => Math.min(side - 1, Math.max(0, Math.floor(n)));
  const column = (/** @type {number} */ lon) => within(((lon + 180) / 360) * side);
  const row = (/** @type {number} */ lat) => within(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * side);
  /** @type {Tile[]} */
  const tiles = [];
  for (let x = column(west); x <= column(east); x += 1) for (let y = row(north); y <= row(south); y += 1) tiles.push({ z, x, y });
  return tiles;
}

/**
 * The addresses of the tiles over some places, whole zooms from the least on, each once.
 * @param {Bbox[]} boxes @param {{url: string, least: number, most: number}[]} layers  `url`: with {z}, {x} and {y} @param {number} cap  addresses at most
 * @returns {{tile: Tile, url: string}[]}
 */
export function walked(boxes, layers, cap) {
  /** @type {Map<string, {tile: Tile, url: string}>} */
  const all = new Map();
  const zooms = layers.flatMap(({ least, most }) => [least, most]);
  for (let z = Math.min(...zooms); z <= Math.max(...zooms); z += 1) {
    const tiles = boxes.flatMap((box) => cover(box, z));
    const more = layers.filter(({ least, most }) => z >= least && z <= most)
      .flatMap(({ url }) => tiles.map((tile) => ({ tile, url: url.replace('{z}', String(tile.z)).replace('{x}', String(tile.x)).replace('{y}', String(tile.y)) })));
    const next = new Map(more.map((one) => [one.url, one]));
    if (all.size + next.size > cap) break; // a zoom with holes would be a riddle; those below it stay readable when enlarged
    for (const [url, one] of next) all.set(url, one);
  }
  return [...all.values()];
}
