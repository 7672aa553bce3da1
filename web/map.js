/** The page's one door to MapLibre. Draws what it is told and says what was pointed at; knows no panel and no address. */

import { headers } from './api.js';
import { code, fittedStyle } from './mapstyle.js';
import { rereading } from './mapreload.js';
import { CELLS, CLOSE, POINTS, pointing } from './mappoint.js';
import { picture } from './picture.js';
import { LAWFUL, marksOf } from './planlayers.js';
import { nearestOf } from './split.js';
import { tileUrl } from './tileurls.js';

/** @import * as T from './types.js' */
/** @typedef {import('maplibre-gl').StyleSpecification} Style */

/** @type {typeof import('maplibre-gl')} */
const gl = /** @type {any} */ (globalThis).maplibregl;

/** Where the service is, without a slash at its end: the page may stand below a base path. */
const ROOT = new URL('.', document.baseURI).href.replace(/\/$/, '');
const HAN_FONTS = '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
export const HOUSEHOLDS_FROM = 12; // the zoom from which the styles draw households
const AIR = 28; // pixels around what the map is fitted to
const MOVE_MS = 900;
const PRINT_RATIO = 3; // dots a CSS pixel of 1/96 inch: 288 to the inch
const PATIENCE_MS = 20_000; // after which a sheet is printed with what is there
const DRAWN = 'td-'; // how the sources of the drawing library begin
const LAST_CLICK_MS = 250; // the click that ends a drawing is told after the drawing has ended
const SNAP_PX = 12; // how far a drawing reaches for a lawful place

export const supported = () => {
  try {
    return Boolean(gl && document.createElement('canvas').getContext('webgl2'));
  } catch {
    return false;
  }
};

/** @typedef {import('./mappoint.js').Picked} Picked */

/**
 * @param {object} given
 * @param {HTMLElement} given.container
 * @param {Style} given.style  as `styles/` holds it
 * @param {T.View} given.view
 * @param {[number, number, number, number] | null} given.bbox
 * @param {T.Level} given.level  the lowest level that has areas: what is coloured
 * @param {boolean} given.households  true: this person may see them
 * @param {import('maplibre-gl').PaddingOptions} given.padding  pixels hidden behind panel and sheet
 * @param {object} on
 * @param {(at: NonNullable<T.View['at']>) => void} on.moving  at every step of the way
 * @param {(at: NonNullable<T.View['at']>) => void} on.moved
 * @param {(picked: Picked) => void} on.picked
 * @param {(place: [number, number]) => void} on.asked  a place of a plan was pointed at
 * @param {(tip: {x: number, y: number, props: Record<string, any>} | null) => void} on.pointed
 * @param {(status: number) => void} on.failed  HTTP status, 0 without answer
 */
export function createMap(given, on) {
  gl.setWorkerUrl(new URL('./vendor/maplibre-gl-csp-worker.js', import.meta.url).href);
  let { view, level, households } = given;
  let base = given.style;
  /** What is asked and drawn, as GeoJSON. @type {any} */
  let marks = marksOf([]);
  /** @type {import('./ratelayers.js').Judged | null} */
  let judged = null;
  const bounds = given.bbox;

  /** Adds who asks, the campaign and the level to the map's own requests, and to no one else's. @param {string} url */
  const transformRequest = (url) => {
    const at = new URL(url, ROOT);
    if (!at.href.startsWith(`${ROOT}/`)) return { url };
    return { url: tileUrl(at, ROOT, view.campaign, view.rates ?? level), headers: headers() };
  };

  /** @param {Style} style @param {T.View['theme']} [theme] */
  const fitted = (style, theme = view.theme) => fittedStyle(style, { view: { ...view, theme }, households, bounds, marks, judged, root: ROOT });

  /** Draws the style anew where it differs; what a drawing library laid over it stays. */
  const restyle = () => map.setStyle(fitted(base), {
    diff: true,
    transformStyle: (was, next) => (was === undefined ? next : {
      ...next,
      sources: { ...next.sources, ...Object.fromEntries(Object.entries(was.sources).filter(([id]) => id.startsWith(DRAWN))) },
      layers: [...next.layers, ...was.layers.filter((layer) => 'source' in layer && layer.source.startsWith(DRAWN))],
    }),
  });

  const shared = /** @type {const} */ ({ attributionControl: false, maxZoom: 20, maxPitch: 0, localIdeographFontFamily: HAN_FONTS, transformRequest });
  const map = new gl.Map({
    ...shared,
    container: given.container,
    style: fitted(given.style),
    ...(view.at ? { center: [view.at.lng, view.at.lat], zoom: view.at.zoom } : bounds ? { bounds } : {}),
    dragRotate: false,
    pitchWithRotate: false,
    rollEnabled: false,
    fadeDuration: 120,
    maxTileCacheSize: 0, // a tile out of sight would miss its refresh and come back old
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const canvas = map.getCanvas();
  map.setPadding(given.padding); // so that the middle is the middle of what can be seen, on every screen
  if (!view.at && bounds) map.fitBounds(bounds, { padding: AIR, duration: 0 });

  const busy = (/** @type {boolean} */ is) => given.container.setAttribute('aria-busy', String(is));
  busy(true);
  map.on('movestart', () => busy(true));
  map.on('dataloading', () => busy(true));
  map.on('idle', () => busy(false));
  const place = () => {
    const { lng, lat } = map.getCenter();
    return { lng, lat, zoom: map.getZoom() };
  };
  map.on('move', () => on.moving(place()));
  map.on('moveend', () => on.moved(place()));
  /** @param {import('maplibre-gl').ErrorEvent} event */
  const failed = (event) => {
    const error = /** @type {any} */ (event.error);
    if (error?.name !== 'AbortError' && !/glyphs/.test(error?.url ?? '')) on.failed(typeof error?.status === 'number' ? error.status : 0);
  };
  map.on('error', failed);

  let lent = false; // to who draws: a click is not ours then
  let lending = 0;

  const { at } = pointing(map, { free: () => !lent, view: () => view }, on);
  const { reread, refresh } = rereading(map);

  const filters = () => {
    for (const id of ['areas-selected-halo', 'areas-selected', 'outlines-selected']) if (map.getLayer(id)) map.setFilter(id, code(view.area));
    if (map.getLayer('households-selected')) map.setFilter('households-selected', code(view.household));
  };
  /** @param {() => void} act  once there is a style to act on */
  const styled = (act) => (map.style?._loaded ? act() : map.once('style.load', act));

  /** Pixels of the map that panel, sheet and legend leave free. */
  function free() {
    const { left = 0, right = 0, top = 0, bottom = 0 } = map.getPadding();
    return { x: left, y: top, width: given.container.clientWidth - left - right, height: given.container.clientHeight - top - bottom };
  }

  /** What a person sees, less the empty ground around the place. @returns {[number, number, number, number]} */
  function seen() {
    const { x, y, width, height } = free();
    const [nw, se] = [map.unproject([x, y]), map.unproject([x + width, y + height])];
    const [west, south, east, north] = bounds ?? [-180, -90, 180, 90];
    const less = /** @type {[number, number, number, number]} */ ([Math.max(west, nw.lng), Math.max(south, se.lat), Math.min(east, se.lng), Math.min(north, nw.lat)]);
    return less[0] < less[2] && less[1] < less[3] ? less : [nw.lng, se.lat, se.lng, nw.lat];
  }

  return {
    /**
     * Draws on paper what a person sees, on a map of its own: the one on the screen stays as it is.
     * @param {Style} style @param {HTMLElement} box  what it fills, laid out already
     */
    async paper(style, box) {
      const own = new gl.Map({
        ...shared, container: box, style: fitted(style, 'light'), bounds: seen(), fitBoundsOptions: { padding: AIR },
        interactive: false, trackResize: false, fadeDuration: 0, pixelRatio: 1,
      });
      own.on('error', failed);
      await Promise.race([own.once('idle'), new Promise((late) => setTimeout(late, PATIENCE_MS))]);
      own.setPixelRatio(PRINT_RATIO); // only now: a frame this fine for every tile that arrives would take long
      const drawn = picture(own, { x: 0, y: 0, width: box.clientWidth, height: box.clientHeight });
      own.remove();
      return drawn;
    },

    /** The map as it stands, at once: what can be seen, and so much beside it as brings it nearest to this shape. @param {number} shape  width by height */
    still(shape) {
      const { x, y, width, height } = free();
      const { clientWidth, clientHeight } = given.container;
      const wide = Math.max(width, Math.min(height * shape, 2 * Math.min(x + width / 2, clientWidth - x - width / 2)));
      const high = Math.max(height, Math.min(width / shape, 2 * Math.min(y + height / 2, clientHeight - y - height / 2)));
      return picture(map, { x: x + (width - wide) / 2, y: y + (height - high) / 2, width: wide, height: high });
    },

    zoom: () => map.getZoom(),
    zoomIn: () => map.zoomIn(),
    zoomOut: () => map.zoomOut(),
    /** @param {string} text */
    label: (text) => canvas.setAttribute('aria-label', text),
    focus: () => canvas.focus(),

    /** What is shown now: selection and households at once, the campaign with new tiles. @param {T.View} next */
    show(next) {
      const other = next.campaign !== view.campaign;
      const switched = next.hidden !== view.hidden;
      const levelled = next.rates !== view.rates;
      const otherwise = levelled || next.plan !== view.plan || next.task !== view.task || next.rule !== view.rule || next.today !== view.today || (next.teams === null) !== (view.teams === null);
      view = next;
      styled(() => {
        if (otherwise) restyle();
        filters();
        if (switched) for (const id of [...POINTS, CELLS, `${CELLS}-label`, 'households-selected']) map.getLayer(id) && map.setLayoutProperty(id, 'visibility', view.hidden ? 'none' : 'visible');
        const again = () => (other ? ['areas', 'outlines', 'households'] : levelled ? ['areas'] : []).forEach((source) => reread(source));
        if (otherwise) map.once('render', again); // a source whose layers change reads nothing until they are drawn
        else again();
      });
    },

    /** Another theme, or another person. @param {Style} style @param {{households: boolean, level: T.Level, again: boolean}} who  `again`: read all tiles anew */
    dress(style, who) {
      ({ households, level } = who);
      base = style;
      restyle();
      if (who.again) styled(() => ['areas', 'outlines', 'households'].forEach((source) => reread(source)));
    },

    refresh,

    /** Colours the areas by how they were judged. @param {typeof judged} next */
    judge(next) {
      if (next === judged) return;
      judged = next;
      styled(restyle);
    },
    /** @param {any} next  GeoJSON of what is asked and drawn */
    mark(next) {
      if (JSON.stringify(next) === JSON.stringify(marks)) return; // drawing costs a phone's battery
      marks = next;
      styled(() => /** @type {import('maplibre-gl').GeoJSONSource | undefined} */ (map.getSource('marks'))?.setData(next));
    },
    /** Lawful places and drawings of the plan, anew. */
    rereadPlan: () => reread('plan'),

    /** Lends the map to who draws; `nearest` is the place on the border of what is lawful that a drawing snaps to. */
    lend() {
      lent = true;
      on.pointed(null);
      /** @param {[number, number]} p */
      const nearest = (p) => {
        const { x, y } = map.project(p);
        const place = nearestOf(at([[x - SNAP_PX, y - SNAP_PX], [x + SNAP_PX, y + SNAP_PX]], LAWFUL).map(({ geometry }) => geometry), p);
        const to = place && map.project(place);
        return to && Math.hypot(to.x - x, to.y - y) <= SNAP_PX ? place : undefined;
      };
      const now = (lending += 1);
      return { map, nearest, back: () => void setTimeout(() => { if (lending === now) lent = false; }, LAST_CLICK_MS) };
    },

    /** @param {import('maplibre-gl').PaddingOptions} padding  pixels hidden behind panel and sheet */
    pad: (padding) => void map.setPadding(padding),
    /** @param {[number, number, number, number]} bbox */
    fit: (bbox) => void map.fitBounds(bbox, { padding: AIR, maxZoom: CLOSE, duration: MOVE_MS }),
    /** @param {{lon: number, lat: number}} place */
    door: ({ lon, lat }) => void map.flyTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), CLOSE), duration: MOVE_MS }),
    /** @param {NonNullable<T.View['at']>} place */
    jump: (place) => void map.jumpTo({ center: [place.lng, place.lat], zoom: place.zoom }),
    /** @param {number} zoom */
    zoomTo: (zoom) => void map.easeTo({ zoom }),
    /** Whether some of this is in sight. @param {[number, number, number, number]} bbox */
    meets: ([west, south, east, north]) => {
      const { x, y, width, height } = free();
      const [nw, se] = [map.unproject([x, y]), map.unproject([x + width, y + height])];
      return west <= se.lng && east >= nw.lng && south <= nw.lat && north >= se.lat;
    },
    place,
    resize: () => void map.resize(),
    remove: () => map.remove(),
  };
}

/** @typedef {ReturnType<typeof createMap>} PageMap */
