/** Other people's map libraries, with nothing of this page's, draw what the service serves. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { after } from 'node:test';
import { ADMIN, URL_, ask, close, open } from './browser.mjs';

after(close);

const HTML = '<!doctype html><style>#map { width: 640px; height: 480px }</style><div id="map"></div><script src="library.js"></script>';
const PAINT = '#ff00ff'; // a colour that nothing else here has
const STREETS = [9.515, 47.13, 9.53, 47.145]; // west, south, east, north: the middle of a town
const HOMES = [9.518, 47.136, 9.524, 47.141]; // so near that tiles hold each household, no cells

/** Opens an empty page with a library, at the service's origin: what it asks for is answered as for any page there. @param {string} library  in node_modules */
async function bare(library) {
  const script = await readFile(new URL(`../node_modules/${library}`, import.meta.url), 'utf8');
  const opened = await open('clients/page.html', {
    ready: '#map',
    prepare: async (page) => {
      await page.route(`${URL_}/clients/page.html`, (route) => route.fulfill({ contentType: 'text/html', body: HTML }));
      await page.route(`${URL_}/clients/library.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
    },
  });
  await opened.page.evaluate(() => {
    /** How many pixels of a picture have the colour. @param {HTMLCanvasElement} picture @param {number[]} rgb */
    const painted = (picture, [r, g, b]) => {
      const copy = document.createElement('canvas');
      copy.width = picture.width;
      copy.height = picture.height;
      const context = /** @type {CanvasRenderingContext2D} */ (copy.getContext('2d'));
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, copy.width, copy.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) count += Number(Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24 && data[i + 3] > 200);
      return count;
    };
    Object.assign(globalThis, { painted });
  });
  return opened;
}

/** @param {string} path @param {string | null} [token] @returns {Promise<Set<string>>} codes of the items there */
const codes = async (path, token = null) => new Set((await ask(path, token)).features.map((/** @type {any} */ one) => one.id));

for (const [layer, bounds] of /** @type {const} */ ([['areas', null], ['households', HOMES]])) {
  test(`OpenLayers draws the tiles of ${layer}`, async () => {
    const { page, errors, done } = await bare('ol/dist/ol.js');
    const { found, pixels } = await page.evaluate(async ({ layer, bounds, token, paint }) => {
      const { ol, painted } = /** @type {any} */ (globalThis);
      const headers = { Authorization: `Bearer ${token}` };
      const json = await (await fetch(`/tiles/${layer}`, { headers })).json();
      const source = new ol.source.VectorTile({ format: new ol.format.MVT(), url: json.tiles[0], maxZoom: json.maxzoom });
      source.setTileLoadFunction((/** @type {any} */ tile, /** @type {string} */ url) => tile.setLoader(async (/** @type {number[]} */ extent, /** @type {number} */ _resolution, /** @type {any} */ projection) => {
        const answer = await fetch(url, { headers });
        tile.setFeatures(tile.getFormat().readFeatures(await answer.arrayBuffer(), { extent, featureProjection: projection }));
      }));
      const fill = new ol.style.Fill({ color: paint });
      const style = new ol.style.Style({ fill, image: new ol.style.Circle({ radius: 5, fill }) });
      const shown = new ol.layer.VectorTile({ source, style });
      const map = new ol.Map({ target: 'map', layers: [shown], controls: [], view: new ol.View({ center: [0, 0], zoom: 1 }) });
      const extent = ol.proj.transformExtent(bounds ?? json.bounds, 'EPSG:4326', 'EPSG:3857');
      map.getView().fit(extent, bounds ? { minResolution: ol.tilegrid.createXYZ().getResolution(json.maxzoom) } : {});
      await new Promise((resolve) => map.once('rendercomplete', resolve));
      const features = shown.getFeaturesInExtent(extent);
      return { found: features.map((/** @type {any} */ one) => one.get('code')), pixels: painted(map.getViewport().querySelector('canvas'), [255, 0, 255]) };
    }, { layer, bounds, token: ADMIN, paint: PAINT });
    assert.deepEqual(errors, []);
    const known = await codes(`/ogc/collections/${layer}/items?limit=10000${bounds ? '&bbox=9.5,47.1,9.6,47.2' : ''}`, ADMIN);
    const seen = new Set(found.filter(Boolean));
    assert.ok(seen.size > 10, `${seen.size} features`);
    assert.deepEqual([...seen].filter((code) => !known.has(/** @type {string} */ (code))), []);
    assert.ok(pixels > 100, `${pixels} pixels`);
    await done();
  });
}

for (const [whose, path, collections, layer, bounds] of /** @type {const} */ ([
  ['a collection for everybody', '/ogc/collections/areas/tiles/WebMercatorQuad', null, 'areas', null],
  ['a collection for some', '/ogc/collections/households/tiles/WebMercatorQuad', null, 'households', HOMES],
  ['the whole map, of which some is chosen', '/ogc/tiles/WebMercatorQuad', ['households'], 'households', HOMES],
])) {
  test(`OpenLayers draws from the tileset of the OGC API alone: ${whose}`, async () => {
    const { page, errors, requests, done } = await bare('ol/dist/ol.js');
    await page.setExtraHTTPHeaders(layer === 'areas' ? {} : { authorization: `Bearer ${ADMIN}` });
    const { found, layers, pixels } = await page.evaluate(async ({ path, collections, bounds, paint }) => {
      const { ol, painted } = /** @type {any} */ (globalThis);
      const source = new ol.source.OGCVectorTile({ url: path, format: new ol.format.MVT(), ...(collections ? { collections } : {}) });
      if (source.getState() === 'loading') await new Promise((resolve) => source.once('change', resolve));
      if (source.getState() !== 'ready') throw new Error(`the tileset is ${source.getState()}`);
      const { boundingBox, tileMatrixSetLimits } = await (await fetch(path)).json();
      const fill = new ol.style.Fill({ color: paint });
      const style = new ol.style.Style({ fill, image: new ol.style.Circle({ radius: 5, fill }) });
      const shown = new ol.layer.VectorTile({ source, style });
      const map = new ol.Map({ target: 'map', layers: [shown], controls: [], view: new ol.View({ center: [0, 0], zoom: 1 }) });
      const extent = ol.proj.transformExtent(bounds ?? [...boundingBox.lowerLeft, ...boundingBox.upperRight], 'EPSG:4326', 'EPSG:3857');
      const deepest = ol.tilegrid.createXYZ().getResolution(Number(tileMatrixSetLimits.at(-1).tileMatrix));
      map.getView().fit(extent, bounds ? { minResolution: deepest } : {});
      await new Promise((resolve) => map.once('rendercomplete', resolve));
      const features = shown.getFeaturesInExtent(extent);
      return {
        found: features.map((/** @type {any} */ one) => one.get('code')),
        layers: features.map((/** @type {any} */ one) => one.get('layer')),
        pixels: painted(map.getViewport().querySelector('canvas'), [255, 0, 255]),
      };
    }, { path, collections, bounds, paint: PAINT });
    assert.deepEqual(errors, [], 'no tile beyond the limits was asked for');
    const tiles = requests.filter((url) => /WebMercatorQuad\/\d+\/\d+\/\d+/.test(url));
    assert.ok(tiles.length > 0 && tiles.every((url) => url.includes(path) && (!collections || url.endsWith(`?collections=${collections}`))), String(tiles));
    const known = await codes(`/ogc/collections/${layer}/items?limit=10000${bounds ? '&bbox=9.5,47.1,9.6,47.2' : ''}`, ADMIN);
    const seen = new Set(found.filter(Boolean));
    assert.ok(seen.size > 10, `${seen.size} features`);
    assert.deepEqual([...seen].filter((code) => !known.has(/** @type {string} */ (code))), []);
    assert.deepEqual([...new Set(layers)], [layer]);
    assert.ok(pixels > 100, `${pixels} pixels`);
    await done();
  });
}

test('OpenLayers draws the areas of the OGC API, all of them', async () => {
  const { page, errors, done } = await bare('ol/dist/ol.js');
  const { found, pixels } = await page.evaluate(async (paint) => {
    const { ol, painted } = /** @type {any} */ (globalThis);
    const source = new ol.source.Vector({ format: new ol.format.GeoJSON(), url: '/ogc/collections/areas/items?limit=1000' });
    const style = new ol.style.Style({ fill: new ol.style.Fill({ color: paint }) });
    const map = new ol.Map({ target: 'map', layers: [new ol.layer.Vector({ source, style })], controls: [], view: new ol.View({ center: [0, 0], zoom: 1 }) });
    await new Promise((resolve, reject) => {
      source.once('featuresloadend', resolve);
      source.once('featuresloaderror', () => reject(new Error('the areas were not loaded')));
    });
    map.getView().fit(source.getExtent());
    await new Promise((resolve) => map.once('rendercomplete', resolve));
    return { found: source.getFeatures().map((/** @type {any} */ one) => one.getId()), pixels: painted(map.getViewport().querySelector('canvas'), [255, 0, 255]) };
  }, PAINT);
  assert.deepEqual(errors, []);
  assert.deepEqual(new Set(found), await codes('/ogc/collections/areas/items?limit=1000'));
  assert.ok(pixels > 1000, `${pixels} pixels`);
  await done();
});

test('OpenLayers asks the OGC API for what it shows, in its own projection', async () => {
  const { page, errors, done } = await bare('ol/dist/ol.js');
  const { found, pixels, url } = await page.evaluate(async ({ bounds, paint }) => {
    const { ol, painted } = /** @type {any} */ (globalThis);
    const crs = 'http://www.opengis.net/def/crs/EPSG/0/3857';
    let asked = '';
    const source = new ol.source.Vector({
      format: new ol.format.GeoJSON({ dataProjection: 'EPSG:3857' }),
      strategy: ol.loadingstrategy.bbox,
      url: (/** @type {number[]} */ extent) => (asked = `/ogc/collections/context/items?${new URLSearchParams({ limit: '10000', bbox: extent.join(','), 'bbox-crs': crs, crs })}`),
    });
    const style = new ol.style.Style({ fill: new ol.style.Fill({ color: paint }), stroke: new ol.style.Stroke({ color: paint, width: 2 }) });
    const view = new ol.View({ center: [0, 0], zoom: 1 });
    view.fit(ol.proj.transformExtent(bounds, 'EPSG:4326', 'EPSG:3857'), { size: [640, 480] });
    const map = new ol.Map({ target: 'map', layers: [new ol.layer.Vector({ source, style })], controls: [], view });
    await new Promise((resolve) => map.once('rendercomplete', resolve));
    return { found: source.getFeatures().map((/** @type {any} */ one) => one.getId()), pixels: painted(map.getViewport().querySelector('canvas'), [255, 0, 255]), url: asked };
  }, { bounds: STREETS, paint: PAINT });
  assert.deepEqual(errors, []);
  assert.ok(found.length > 100, `${found.length} features`);
  assert.deepEqual(new Set(found), await codes(url));
  assert.ok(pixels > 1000, `${pixels} pixels`);
  await done();
});

test('MapLibre draws areas and households from nothing but their TileJSON', async () => {
  const { page, errors, done } = await bare('maplibre-gl/dist/maplibre-gl.js');
  const { areas, households, pixels } = await page.evaluate(async ({ bounds, token, paint }) => {
    const { maplibregl, painted } = /** @type {any} */ (globalThis);
    const map = new maplibregl.Map({
      container: 'map',
      bounds, // as west, south, east, north
      fadeDuration: 0,
      attributionControl: false,
      canvasContextAttributes: { preserveDrawingBuffer: true }, // so that its pixels can be read
      transformRequest: (/** @type {string} */ url) => ({ url, headers: { Authorization: `Bearer ${token}` } }),
      style: {
        version: 8,
        sources: { areas: { type: 'vector', url: `${location.origin}/tiles/areas` }, households: { type: 'vector', url: `${location.origin}/tiles/households` } },
        layers: [
          { id: 'areas', type: 'fill', source: 'areas', 'source-layer': 'areas', paint: { 'fill-color': '#00ff00' } },
          { id: 'households', type: 'circle', source: 'households', 'source-layer': 'households', paint: { 'circle-color': paint, 'circle-radius': 5 } },
        ],
      },
    });
    await new Promise((resolve) => map.once('idle', resolve));
    const of = (/** @type {string} */ layer) => map.queryRenderedFeatures({ layers: [layer] }).map((/** @type {any} */ one) => one.properties);
    return { areas: of('areas'), households: of('households'), pixels: [[0, 255, 0], [255, 0, 255]].map((rgb) => painted(map.getCanvas(), rgb)) };
  }, { bounds: STREETS, token: ADMIN, paint: PAINT });
  assert.deepEqual(errors, []);
  const known = await codes('/ogc/collections/areas/items?limit=1000');
  assert.ok(areas.length > 0 && areas.every((/** @type {any} */ one) => known.has(one.code)), JSON.stringify(areas.slice(0, 3)));
  assert.ok(households.length > 10, `${households.length} households or cells`);
  for (const count of pixels) assert.ok(count > 100, String(pixels));
  await done();
});
