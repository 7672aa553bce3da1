/** What is kept for the walk: the page's files, tiles, a line of each household, and the cards that open of it. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, MEMBER, ask, figure } from './browser.mjs';
import { visitsOf } from './phone.mjs';
import { areas, cut, keeps, log, mend, opened, rows, walker, way } from './walker.mjs';

test('every file that the page loads is kept, and a token leaves nothing on the device', async () => {
  const { page } = await walker('member', areas, { map: true });
  await page.click('[data-key="task-households"]');
  await page.waitForSelector('#map[aria-busy="false"]', { timeout: 30_000 });
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const kept = await page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.includes(':shell:')) ?? '';
    return (await (await caches.open(name)).keys()).map(({ url }) => url);
  });
  const files = loaded.map((url) => url.split(/[?#]/)[0]).filter((url) => /\/(web|styles|glyphs)\//.test(url));
  assert.ok(files.length > 40, String(files.length));
  assert.deepEqual(files.filter((url) => !kept.includes(url) && !url.includes('/glyphs/')), []);
  assert.ok(kept.includes(`${way.url}/`), 'the page itself');
  await page.click('#account');
  await page.click('#sign-out');
  await page.waitForSelector('#account[data-role="public"]');
  await opened(page, `token=${MEMBER}`);
  await page.waitForSelector('.walk > li');
  await page.waitForSelector('#map[aria-busy="false"]', { timeout: 30_000 });
  assert.deepEqual((await keeps(page)).caches, []);
});

test('a newer page is loaded beside the old one, and taken when somebody says so', async () => {
  const { page } = await walker('member', areas);
  const shells = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.includes(':shell:')));
  const [old] = await shells();
  way.newer = true;
  await page.reload();
  await page.waitForSelector('[data-offline="update"]', { timeout: 30_000 });
  assert.equal((await shells()).length, 2);
  await Promise.all([page.waitForEvent('load'), page.click('[data-key="reload"]')]);
  await page.waitForSelector('.walk > li');
  assert.equal(await page.locator('[data-offline="update"]').count(), 0);
  const now = await shells();
  assert.ok(now.length === 1 && now[0] !== old && now[0].endsWith(':newer'), now.join());
});

test('how much is kept for the walk is said, and is what lies on the device', async () => {
  const { page } = await walker('member', areas);
  const said = await page.textContent('[data-kept="whole"]');
  const tiles = Number(await page.getAttribute('[data-kept]', 'data-tiles'));
  assert.equal(figure(/([\d,]+) tiles/.exec(said ?? '')?.[1] ?? ''), tiles);
  const kept = await page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.includes(':kept:')) ?? '';
    return (await (await caches.open(name)).keys()).map(({ url }) => url);
  });
  assert.equal(kept.filter((url) => /\/tiles\/\w+\/\d/.test(url)).length, tiles);
  assert.ok(tiles > 40 && tiles <= 600, String(tiles));
  assert.ok(!kept.some((url) => url.includes('/api/households/')), 'no card with needs and contact');
});

test('of each household of the own areas a line is kept, without what they confide, and said so', async () => {
  const { page } = await walker('member', areas);
  const kept = await page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.includes(':kept:')) ?? '';
    return (await (await caches.open(name)).match(new URL('kept/households', document.baseURI).href))?.json();
  });
  const { features, numberMatched } = await ask(`/ogc/collections/households/items?f=json&limit=10000&filter=${encodeURIComponent(`area IN (${areas.map((code) => `'${code}'`).join(',')})`)}`, ADMIN);
  assert.equal(kept.of, numberMatched);
  assert.deepEqual(Object.keys(kept.lines).sort(), features.map((/** @type {any} */ { id }) => id).sort());
  assert.deepEqual([...new Set(Object.values(kept.lines).flatMap((line) => Object.keys(/** @type {any} */ (line))))].sort(), ['address', 'area', 'called_at', 'code', 'lat', 'lon', 'outcome', 'persons', 'status']);
  assert.equal(figure(/([\d,]+) households/.exec(await page.textContent('[data-kept]') ?? '')?.[1] ?? ''), numberMatched);
  const line = await page.evaluate(async () => (await import(/** @type {any} */ (new URL('web/keptlines.js', document.baseURI).href))).lineOf({ id: 'A', geometry: { coordinates: [9, 47] }, properties: { status: 'occupied', needs: 'a ramp', contact: '079', sealed: true, by: 'li' } }));
  assert.deepEqual(line, { code: 'A', lon: 9, lat: 47, status: 'occupied', area: null, outcome: null, called_at: null, address: null, persons: null }, 'whatever an answer holds');
});

test('a card opens without network from what is kept, says what is not, and is whole again with network', async () => {
  const { name, device, page } = await walker('member', areas);
  const [code] = await rows(page);
  const whole = await ask(`/api/households/${code}`, ADMIN);
  const elsewhere = (await ask('/ogc/collections/households/items?f=json&limit=500', ADMIN)).features.find((/** @type {any} */ { properties }) => !areas.includes(properties.area)).id;
  await cut(device);
  await log(page, code, 'not_home');
  await page.click(`[data-row="${code}"] .stop`);
  await page.click(`[data-row="${code}"] [data-key="card"]`);
  await page.waitForSelector(`[data-card="kept"][data-household="${code}"]`);
  const text = await page.innerText('[data-card="kept"]');
  for (const part of [whole.address ?? code, en['card.kept.confided'], en['card.kept.waits'], String(whole.persons)]) assert.ok(text.includes(part), `${text}: ${part}`);
  for (const part of [whole.needs, whole.contact].filter(Boolean)) assert.ok(!text.includes(part.split('\n')[0]), 'what they confide is not there');
  assert.ok(await page.isHidden('#notice'));
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  await page.click('[data-card="kept"] [data-key^="card-undo-"]');
  await page.waitForFunction(() => !document.querySelector('[data-card="kept"] .visits'));
  await page.evaluate((one) => { location.hash = `#household=${one}&campaign=2&lang=en&theme=light`; }, elsewhere);
  await page.waitForSelector(`[data-card="unkept"][data-household="${elsewhere}"]`);
  assert.equal(await page.textContent('[data-card="unkept"] .said'), en['card.unkept']);
  await page.evaluate((one) => { location.hash = `#household=${one}&campaign=2&lang=en&theme=light`; }, code);
  await page.waitForSelector(`[data-card="kept"][data-household="${code}"]`);
  await mend(device);
  await page.waitForSelector(`.card[data-household="${code}"]:not([data-card])`, { timeout: 30_000 });
  assert.deepEqual(await visitsOf(name), [], 'what was undone on the card was not sent');
  assert.deepEqual(device.errors, []);
});

test('a tap on the map opens a card without network, and so does a page that begins there', async () => {
  const { device, page } = await walker('member', areas, { map: true });
  const [code] = await rows(page);
  const { lon, lat } = await ask(`/api/households/${code}`, ADMIN);
  await page.evaluate(([x, y]) => { location.hash = `#map=17/${y}/${x}&campaign=2&lang=en&theme=light`; }, [lon, lat]);
  await page.waitForSelector('#map[aria-busy="false"]', { timeout: 30_000 });
  await cut(device);
  await page.focus('.maplibregl-canvas');
  await page.keyboard.press('Enter'); // what is in the middle of what can be seen
  await page.waitForSelector('[data-card="kept"]', { timeout: 20_000 });
  await page.goto('about:blank');
  await page.goto(`${way.url}/#household=${code}&campaign=2&lang=en&theme=light`);
  await page.waitForSelector(`[data-card="kept"][data-household="${code}"]`, { timeout: 20_000 });
});
