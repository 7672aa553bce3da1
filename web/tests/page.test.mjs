import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { VectorTile } from '@mapbox/vector-tile';
import Pbf from 'pbf';
import { ADMIN, URL_, ask, close, mapDrawn, open, shown } from './browser.mjs';

after(close);

/** @param {any} coverage */
const countyOf = (coverage) => coverage.areas.find((/** @type {any} */ a) => a.level === 'county');
/** @param {any} coverage */
const gridsOf = (coverage) => coverage.areas.filter((/** @type {any} */ a) => a.level === 'grid');

test('the page loads without an error and asks nobody but its own service', async () => {
  const { page, errors, requests, done } = await open();
  await mapDrawn(page);
  assert.deepEqual(errors, []); // a break of the content security policy would be one
  assert.ok(requests.some((url) => url.includes('/tiles/areas/')), 'tiles were asked for');
  assert.ok(requests.some((url) => url.includes('/glyphs/')), 'glyphs were asked for');
  for (const url of requests) assert.ok(url.startsWith(URL_) || url.startsWith('blob:') || url.startsWith('data:'), url);
  const own = requests.filter((url) => url.startsWith(URL_) && !/glyphs|icon/.test(url)); // the browser asks for its icon by itself
  assert.deepEqual(own.filter((url, i) => own.indexOf(url) !== i), [], 'asked for twice');
  await done();
});

test('who sees figures as they are is shown the campaign that runs, and the sentence says so', async () => {
  const { campaigns } = await ask('/api/campaigns');
  const [last] = campaigns.filter((/** @type {any} */ one) => one.phase === 'running').toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.from.localeCompare(a.from));
  const { page, done } = await open(`#lang=en&theme=light&token=${ADMIN}`);
  const { eligible, unvisited } = countyOf(await ask(`/api/coverage?campaign=${last.id}`, ADMIN));
  assert.equal(await page.inputValue('#campaign'), String(last.id));
  assert.equal(await shown(page, '[data-figure="unvisited"]'), unvisited);
  assert.equal(await page.textContent('[data-figure="sentence"]'), `of ${eligible.toLocaleString('en-GB')} households not yet reached in this campaign`);
  assert.match(page.url(), new RegExp(`campaign=${last.id}(&|$)`));
  await page.selectOption('#campaign', '');
  await page.waitForFunction(() => document.querySelector('[data-figure="sentence"]')?.textContent?.endsWith('not yet reached'));
  assert.match(page.url(), /campaign=all/);
  await done();
});

test('the figures are those of the service', async () => {
  const { page, done } = await open();
  const coverage = await ask('/api/coverage');
  const county = countyOf(coverage);
  assert.equal(await shown(page, '[data-figure="unvisited"]'), county.unvisited);
  assert.equal(await shown(page, '[data-figure="reached"]'), county.visited);
  const words = (await page.textContent('[data-figure="sentence"]')) ?? '';
  assert.ok(words.includes(county.eligible.toLocaleString('en-GB')), words);
  const told = gridsOf(coverage).filter((/** @type {any} */ g) => !g.held_back);
  const half = told.filter((/** @type {any} */ g) => g.rate !== null && g.rate < 0.5).length;
  assert.match((await page.textContent('[data-figure="half"]')) ?? '', new RegExp(`^${half} of ${told.length} `));
  await done();
});

test('the table begins with the grid that has most unvisited households', async () => {
  const { page, done } = await open();
  const [first] = gridsOf(await ask('/api/coverage')).filter((/** @type {any} */ g) => !g.held_back).toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.unvisited - a.unvisited || a.code.localeCompare(b.code));
  assert.equal(await page.getAttribute('table.areas tbody tr', 'data-code'), first.code);
  assert.equal(await shown(page, 'table.areas tbody tr .need'), first.unvisited);
  await done();
});

test('the legend counts every grid once', async () => {
  const { page, done } = await open();
  const counts = await page.$$eval('.classes [data-count]', (all) => all.map((b) => Number(b.getAttribute('data-count'))));
  assert.equal(counts.reduce((sum, n) => sum + n, 0), gridsOf(await ask('/api/coverage')).length);
  await done();
});

test('a click on the first row takes the map there and selects the grid', async () => {
  const { page, done } = await open();
  const code = await page.getAttribute('table.areas tbody tr', 'data-code');
  await page.click('table.areas tbody tr a');
  const { bbox } = await ask(`/api/areas/${code}`);
  await page.waitForFunction(({ area, box: [w, s, e, n] }) => {
    const [, , lat, lng] = (/map=([\d.]+)\/([-\d.]+)\/([-\d.]+)/.exec(location.hash) ?? []).map(Number);
    return location.hash.includes(`area=${area}`) && lng > w && lng < e && lat > s && lat < n;
  }, { area: code, box: bbox });
  assert.ok((await page.textContent('.heading p'))?.includes(String(code)));
  await page.goBack();
  await page.waitForFunction(() => !location.hash.includes('area='));
  await done();
});

test('a link shows a colleague the same place, grid, language and theme', async () => {
  const [grid] = gridsOf(await ask('/api/coverage'));
  const { page, done } = await open(`#map=14.50/47.14000/9.52000&area=${grid.code}&lang=zh&theme=dark`);
  assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN');
  assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
  assert.ok((await page.textContent('.heading p'))?.includes(grid.code));
  assert.match(page.url(), /map=14\.50\/47\.14000\/9\.52000/);
  await done();
});

test('a link to a grid alone takes the map there', async () => {
  const [grid] = gridsOf(await ask('/api/coverage'));
  const { page, done } = await open(`#area=${grid.code}&lang=en&theme=light`);
  const { bbox } = await ask(`/api/areas/${grid.code}`);
  await page.waitForFunction(([w, s, e, n]) => {
    const [, , lat, lng] = (/map=([\d.]+)\/([-\d.]+)\/([-\d.]+)/.exec(location.hash) ?? []).map(Number);
    return lng > w && lng < e && lat > s && lat < n;
  }, bbox);
  await done();
});

test('the search finds a township by name and by code', async () => {
  const town = (await ask('/api/coverage')).areas.find((/** @type {any} */ a) => a.level === 'township');
  const { page, done } = await open();
  for (const text of [town.name, town.code]) {
    await page.fill('#search', text);
    await page.waitForSelector(`#found li:has-text("${town.code}")`);
    await page.click(`#found li:has-text("${town.name}")`);
    await page.waitForFunction((c) => new RegExp(`area=${c}(&|$)`).test(location.hash), town.code);
    await page.waitForSelector(`h1:has-text("${town.name}")`);
    await page.click('#home');
    await page.waitForFunction(() => !location.hash.includes('area='));
  }
  await done();
});

test('the search says so when nothing fits', async () => {
  const { page, done } = await open();
  await page.fill('#search', 'zzzz no such place');
  await page.waitForSelector('#found [role="status"]');
  await done();
});

test('sample data says so, and the source is named on the map', async () => {
  const { page, done } = await open();
  const info = await ask('/api/info');
  assert.equal(await page.isVisible('#sample'), info.sample);
  assert.equal(await page.textContent('#attribution'), info.attribution.join(' · '));
  await done();
});

test('a campaign changes the figures', async () => {
  const { campaigns } = await ask('/api/campaigns');
  assert.ok(campaigns.length > 0, 'the demo has a campaign');
  const { page, done } = await open();
  await page.selectOption('#campaign', String(campaigns[0].id));
  const { unvisited } = countyOf(await ask(`/api/coverage?campaign=${campaigns[0].id}`));
  await page.waitForFunction((n) => Number(document.querySelector('[data-figure="unvisited"]')?.textContent?.replace(/\D/g, '')) === n, unvisited);
  assert.match(page.url(), new RegExp(`campaign=${campaigns[0].id}`));
  await done();
});

test('every TileJSON that the styles name is one, and its tiles decode', async () => {
  const { bbox } = await ask('/api/info');
  for (const layer of ['areas', 'context', 'households']) {
    const json = await ask(`/tiles/${layer}`, ADMIN);
    assert.equal(json.tilejson, '3.0.0');
    assert.ok(json.vector_layers.some((/** @type {any} */ l) => l.id === layer), layer);
    const [x, y] = place(11, (bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2);
    const tile = await decoded(layer, 11, x, y);
    assert.ok(Number(tile?.layers[layer]?.length) > 0, layer);
    assert.equal(tile?.layers[layer].extent, 4096);
  }
});

/** Column and row of the tile that holds a place. @param {number} z @param {number} lon @param {number} lat */
function place(z, lon, lat) {
  const sin = Math.sin(lat * (Math.PI / 180));
  return [Math.floor(2 ** z * (lon / 360 + 0.5)), Math.floor(2 ** z * (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)))];
}

/** A tile as the map reads it; null where it is empty. @param {string} layer @param {number} z @param {number} x @param {number} y */
async function decoded(layer, z, x, y) {
  const answer = await fetch(`${URL_}/tiles/${layer}/${z}/${x}/${y}`, { headers: { Authorization: `Bearer ${ADMIN}` } });
  assert.ok(answer.status === 200 || answer.status === 204, `${layer}/${z}/${x}/${y}: ${answer.status}`);
  return answer.status === 204 ? null : new VectorTile(new Pbf(new Uint8Array(await answer.arrayBuffer())));
}

test('at every zoom the tiles of the households hold each of them once, one by one or in a cell', async () => {
  const { numberMatched } = await ask('/ogc/collections/households/items?limit=1', ADMIN);
  const { bbox } = await ask('/api/info');
  const ends = { clustered: -1, alone: 99 };
  for (let z = 0; z <= 16; z += 1) {
    const [west, north] = place(z, bbox[0], bbox[3]);
    const [east, south] = place(z, bbox[2], bbox[1]);
    let count = 0;
    for (let x = west; x <= east; x += 1) {
      for (let y = north; y <= south; y += 1) {
        const layer = (await decoded('households', z, x, y))?.layers.households;
        for (let i = 0; i < (layer?.length ?? 0); i += 1) {
          const feature = /** @type {any} */ (layer).feature(i);
          const [[{ x: east_, y: south_ }]] = feature.loadGeometry();
          assert.ok(east_ >= 0 && east_ < 4096 && south_ >= 0 && south_ < 4096, 'no household stands in two tiles');
          count += feature.properties.clustered ? feature.properties.point_count : 1;
          if (feature.properties.clustered) ends.clustered = z;
          else ends.alone = Math.min(ends.alone, z);
        }
      }
    }
    assert.equal(count, numberMatched, `zoom ${z}`);
  }
  assert.ok(ends.clustered >= 8 && ends.clustered < 16 && ends.alone <= 14, JSON.stringify(ends));
});
