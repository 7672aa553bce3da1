/** The one door to the drawing library. Shows drawings on a map that was lent, lets them be drawn and reshaped, and says what was done. */

/** @import { Drawing } from './drawings.js' */
/** @typedef {'select' | 'polygon' | 'linestring' | 'point'} Mode */

const FOLDER = new URL('./vendor/', import.meta.url).href;
const PLACES = 9; // decimals of a degree: the library's own
const MODES = /** @type {const} */ ({ Polygon: 'polygon', LineString: 'linestring', Point: 'point' });
const CLASSES = ['allowed', 'restricted', 'forbidden'];

/** Loaded when somebody draws, not before. @returns {Promise<{lib: typeof import('terra-draw'), adapter: typeof import('terra-draw-maplibre-gl-adapter')}>} */
async function load() {
  const [lib, adapter] = await Promise.all(['terra-draw.js', 'terra-draw-maplibre-gl-adapter.js'].map((name) => import(FOLDER + name)));
  return { lib, adapter };
}

/**
 * @param {{map: import('maplibre-gl').Map, nearest: (p: [number, number]) => [number, number] | undefined}} lent
 * @param {Record<string, string>} ink  colours by the class of a zone, and of a spot and what is chosen
 * @param {object} on
 * @param {(geometry: any) => void} on.drawn  something new; it is taken off the map again
 * @param {(key: string, geometry: any) => void} on.shaped
 * @param {(key: string | null) => void} on.chosen
 * @param {() => void} on.dropped  the delete key was pressed
 */
export async function startDraw({ map, nearest }, ink, on) {
  const { lib, adapter } = await load();
  let colours = ink;
  /** @param {any} feature @returns {any} */
  const colour = ({ properties }) => colours[CLASSES.includes(properties.class) ? properties.class : properties.kind === 'spots' ? 'spot' : 'accent'];
  /** @param {any} event */
  const toCustom = (event) => nearest([event.lng, event.lat])?.map((n) => Number(n.toFixed(PLACES)));
  const snapping = { toLine: true, toCoordinate: true, toCustom };
  const accent = () => /** @type {any} */ (colours.accent);
  const halo = () => /** @type {any} */ (colours.halo);
  const coordinates = { midpoints: { draggable: true }, draggable: true, deletable: true, snappable: snapping };
  const fill = (/** @type {any} */ feature) => (feature.properties.class === 'forbidden' ? 0.3 : 0.16);
  const draw = new lib.TerraDraw({
    adapter: new adapter.TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: PLACES }),
    idStrategy: { isValidId: (/** @type {any} */ id) => typeof id === 'string' && id !== '', getId: (() => { let n = 0; return () => `draw-${(n += 1)}`; })() },
    modes: [
      new lib.TerraDrawSelectMode({
        pointerDistance: 24,
        keyEvents: { deselect: 'Escape', delete: null, rotate: null, scale: null },
        flags: {
          polygon: { feature: { draggable: true, coordinates } },
          linestring: { feature: { draggable: true, coordinates } },
          point: { feature: { draggable: true } },
        },
        styles: {
          selectedPolygonColor: colour, selectedPolygonFillOpacity: 0.28, selectedPolygonOutlineColor: accent, selectedPolygonOutlineWidth: 3,
          selectedLineStringColor: accent, selectedLineStringWidth: 6, selectedPointColor: accent, selectedPointWidth: 8, selectedPointOutlineColor: halo, selectedPointOutlineWidth: 2,
          selectionPointColor: halo, selectionPointWidth: 6, selectionPointOutlineColor: accent, selectionPointOutlineWidth: 2.5,
          midPointColor: accent, midPointWidth: 4, midPointOutlineColor: halo, midPointOutlineWidth: 1,
        },
      }),
      new lib.TerraDrawPolygonMode({ snapping, styles: { fillColor: colour, fillOpacity: fill, outlineColor: colour, outlineWidth: 2.2, closingPointColor: accent, closingPointWidth: 6, snappingPointColor: accent } }),
      new lib.TerraDrawLineStringMode({ snapping, styles: { lineStringColor: colour, lineStringWidth: 4, closingPointColor: accent, snappingPointColor: accent } }),
      new lib.TerraDrawPointMode({ styles: { pointColor: colour, pointWidth: 7, pointOutlineColor: halo, pointOutlineWidth: 2 } }),
    ],
  });
  draw.start();
  draw.setMode('select');

  /** Whether what is told was set off by this file itself. */
  let own = false;
  const quietly = (/** @type {() => void} */ act) => {
    own = true;
    try { act(); } finally { own = false; }
  };
  draw.on('finish', (id, { action }) => {
    const feature = draw.getSnapshotFeature(id);
    if (!feature || own) return;
    if (action === 'draw') {
      queueMicrotask(() => { // the library ends its own step first
        quietly(() => draw.removeFeatures([id]));
        on.drawn(feature.geometry);
      });
    } else on.shaped(String(id), feature.geometry);
  });
  draw.on('select', (id) => { if (!own) on.chosen(String(id)); });
  draw.on('deselect', () => { if (!own) on.chosen(null); });
  const keys = new AbortController();
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === ' ') corner();
    else if (event.key === 'Delete' || event.key === 'Backspace') on.dropped();
    else return;
    event.preventDefault();
  }, { signal: keys.signal });
  /** Sets a corner in the middle of what can be seen, as a click there would. */
  function corner() {
    const canvas = map.getCanvas();
    const [middle, box] = [map.project(map.getCenter()), canvas.getBoundingClientRect()];
    const at = { clientX: box.left + middle.x, clientY: box.top + middle.y, bubbles: true, isPrimary: true, pointerId: 1, button: 0 };
    for (const type of ['pointermove', 'pointerdown', 'pointerup']) canvas.dispatchEvent(new PointerEvent(type, { ...at, buttons: type === 'pointerdown' ? 1 : 0 }));
  }

  /** @param {any} part @returns {any} with no more decimals than the library takes */
  const rounded = (part) => (typeof part === 'number' ? Number(part.toFixed(PLACES)) : part.map(rounded));

  let pressed = false;
  /** What waits until a hand is off the drawing. @type {[Drawing[], string | null] | null} */
  let held = null;
  const release = () => setTimeout(() => {
    if (held && !pressed && draw.enabled && draw.getModeState() !== 'drawing') shown.show(...held);
  });
  const listen = (/** @type {string} */ name, /** @type {() => void} */ act) => map.getCanvas().addEventListener(name, act, { signal: keys.signal });
  listen('pointerdown', () => { pressed = true; });
  for (const name of ['pointerup', 'pointercancel']) addEventListener(name, () => { pressed = false; release(); }, { signal: keys.signal });
  listen('keyup', release);

  const shown = {
    /** Shows these and no others, one of them chosen; as soon as nothing is in hand. @param {Drawing[]} drawings @param {string | null} chosen */
    show(drawings, chosen) {
      held = pressed || draw.getModeState() === 'drawing' ? [drawings, chosen] : null;
      if (held) return;
      quietly(() => {
        const mode = draw.getMode();
        draw.clear();
        const refused = draw.addFeatures(drawings.map(({ key, kind, geometry, props }) => /** @type {any} */ ({
          type: 'Feature', id: key, geometry: { type: geometry.type, coordinates: rounded(geometry.coordinates) },
          properties: { mode: /** @type {any} */ (MODES)[geometry.type], kind, class: props.class ?? null },
        }))).filter(({ valid }) => !valid);
        if (refused.length) console.warn('drawings that cannot be shown:', refused);
        if (mode === 'select' && chosen !== null && draw.hasFeature(chosen)) draw.selectFeature(chosen);
      });
    },
    /** @param {Mode} mode */
    mode: (mode) => quietly(() => draw.setMode(mode)),
    /** @param {Record<string, string>} next */
    ink: (next) => { colours = next; },
    stop() {
      keys.abort();
      quietly(() => draw.stop());
    },
  };
  return shown;
}
