/** Tiles of a map read again, because what they show has changed. */

/**
 * @param {import('maplibre-gl').Map} map
 */
export function rereading(map) {
  /** Reads tiles again; those still on their way are read again once they are there. @param {string} source @param {{x: number, y: number, z: number}[]} [tiles] */
  function reread(source, tiles) {
    if (!map.getSource(source)) return;
    const late = !map.isSourceLoaded(source);
    map.refreshTiles(source, tiles);
    if (late) map.once('idle', () => map.getSource(source) && map.refreshTiles(source, tiles));
  }

  return {
    reread,
    /** @param {Record<string, string[]> | null} tiles  "z/x/y" by layer; null: all */
    refresh(tiles) {
      if (tiles === null) return ['areas', 'outlines', 'households', 'context', 'plan'].forEach((source) => reread(source));
      for (const [layer, list] of Object.entries(tiles)) {
        if (list.length === 0) continue;
        const ids = list.map((id) => id.split('/').map(Number)).map(([z, x, y]) => ({ z, x, y }));
        reread(layer, ids);
        if (layer === 'areas') reread('outlines', ids);
      }
    },
  };
}
