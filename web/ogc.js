// The small map of an items page: the quiet base, and on it the features of the page. A page of its own beside the map.
// @ts-check

/** @type {typeof import('maplibre-gl')} */
const gl = /** @type {any} */ (globalThis).maplibregl;
const place = /** @type {HTMLElement} */ (document.getElementById('map'));
const root = new URL(place.dataset.root ?? '', location.href);

/** @param {string} url */
async function json(url) {
  const answer = await fetch(new URL(url, root), { headers: { accept: 'application/geo+json, application/json' } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** Every position of a geometry, however deep. @param {any} coordinates @param {(at: [number, number]) => void} each */
function positions(coordinates, each) {
  if (typeof coordinates?.[0] === 'number') each(coordinates);
  else for (const part of coordinates ?? []) positions(part, each);
}

/** Says below the map where its data is from, as the licence of the data asks. */
async function credit() {
  const { attribution } = await json('api/info');
  const line = document.createElement('p');
  line.className = 'source';
  line.textContent = attribution.join(' · ');
  place.after(line);
}

async function draw() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const [style, data] = await Promise.all([json(`styles/${dark ? 'dark' : 'light'}.json`), json(place.dataset.features ?? '')]);
  const bounds = new gl.LngLatBounds();
  for (const feature of data.features ?? [data]) positions(feature.geometry?.coordinates, (at) => bounds.extend(at));
  if (bounds.isEmpty()) {
    place.remove();
    return;
  }
  // Only the base: the figures and households of the map have colours of their own, which would hide the items.
  style.layers = style.layers.filter((/** @type {any} */ l) => !l.source || l.source === 'context');
  style.sources = { context: { ...style.sources.context, url: undefined, type: 'vector', tiles: [`${new URL('tiles/context', root)}/{z}/{x}/{y}`], maxzoom: 16 } };
  delete style.sources.context.url;
  style.glyphs = `${new URL('glyphs', root)}/{fontstack}/{range}.pbf`;
  gl.setWorkerUrl(new URL('web/vendor/maplibre-gl-csp-worker.js', root).href);
  credit();
  const map = new gl.Map({ container: place, style, bounds, fitBoundsOptions: { padding: 32, maxZoom: 16 }, attributionControl: false, cooperativeGestures: true });
  map.on('load', () => {
    const colour = dark ? '#ff9a57' : '#c2410c';
    map.addSource('items', { type: 'geojson', data });
    map.addLayer({ id: 'items-fill', type: 'fill', source: 'items', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-opacity': 0.15 } });
    map.addLayer({ id: 'items-line', type: 'line', source: 'items', filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': colour, 'line-width': 1.5 } });
    map.addLayer({ id: 'items-point', type: 'circle', source: 'items', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': colour, 'circle-radius': 4, 'circle-stroke-color': '#fff', 'circle-stroke-width': 1 } });
  });
}

// Without a map the table still says everything.
draw().catch(() => place.remove());
