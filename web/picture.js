/** What a map shows, as a picture for paper. */

const EQUATOR_M = 40_075_016.686;
const TILE_PX = 512; // of the whole world at zoom 0

/**
 * What a map shows, on a canvas that can be printed. MapLibre's own is empty once it was shown, so it is drawn anew.
 * @param {import('maplibre-gl').Map} map @param {{x: number, y: number, width: number, height: number}} part  in CSS pixels
 */
export function picture(map, { x, y, width, height }) {
  const dots = map.getPixelRatio();
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: Math.round(width * dots), height: Math.round(height * dots) });
  const to = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  to.drawImage(map.redraw().getCanvas(), x * dots, y * dots, canvas.width, canvas.height, 0, 0, canvas.width, canvas.height);
  const middle = map.unproject([x + width / 2, y + height / 2]);
  const metres = (EQUATOR_M * Math.cos(middle.lat * (Math.PI / 180))) / (TILE_PX * 2 ** map.getZoom() * dots);
  return { canvas, dots, zoom: map.getZoom(), metres };
}
