/** Two plans beside each other on the map, under one camera; and a plan that is stopped and worked out again. */

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, ask, close, mapDrawn, open, planReady, send } from './browser.mjs';

after(close);

const ANALYST = process.env.MELONMAP_TOKEN_ANALYST ?? '';
const AS = `&lang=en&theme=light&token=${ADMIN}`;
const SECOND = '#map-beside .maplibregl-canvas';
/** @typedef {import('playwright-core').Page} Page */

/** Two plans of one place, by different rules. @type {[number, number]} */
let both;
/** A lawful place of the first plan. @type {[number, number]} */
let lawful;

/** @param {string} name @param {string} rules @param {string} within */
const found = async (name, rules, within) => (await (await send('POST', '/api/plans', { name, rules, within, reason: 'test' }, ADMIN, { 'Content-Type': 'application/json' })).json()).id;

/** @param {Page} page */
const besideDrawn = (page) => page.waitForSelector('#map-beside[aria-busy="false"]', { timeout: 30_000 });
/** @param {Page} page @param {string} aim */
async function middle(page, aim) {
  const box = await page.locator(aim).boundingBox();
  assert.ok(box);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
/** Where the address says that the map is. @param {Page} page */
const place = (page) => /map=([\d.]+)\/([-\d.]+)\/([-\d.]+)/.exec(page.url())?.slice(1).map(Number) ?? [];

/** Pulls a map with the mouse. @param {Page} page @param {string} aim @param {number} by  pixels */
async function pull(page, aim, by) {
  const { x, y } = await middle(page, aim);
  const was = page.url();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + by, y + by / 2, { steps: 6 });
  await page.waitForTimeout(120); // a hand that rests: the map does not glide on
  await page.mouse.up();
  await page.waitForFunction((url) => location.href !== url, was);
}

/** Where the middle of a map is, as a click on it is understood. @param {Page} page @param {string} aim */
async function clicked(page, aim) {
  const { x, y } = await middle(page, aim);
  await page.mouse.click(x, y);
  await page.waitForFunction(() => location.hash.includes('why='));
  const at = /why=([-\d.]+),([-\d.]+)/.exec(page.url())?.slice(1).map(Number) ?? [];
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !location.hash.includes('why='));
  return at;
}

const REACH = 110; // pixels around the middle of a map, where nothing stands over it
/** How many points of a map have the colours of lawful places. @param {Page} page @param {string} aim */
async function inked(page, aim) {
  const { x, y } = await middle(page, aim);
  const shot = (await page.screenshot({ clip: { x: x - REACH, y: y - REACH, width: 2 * REACH, height: 2 * REACH } })).toString('base64');
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const to = /** @type {CanvasRenderingContext2D} */ (Object.assign(document.createElement('canvas'), { width: image.width, height: image.height }).getContext('2d'));
    to.drawImage(image, 0, 0);
    const { data: points } = to.getImageData(0, 0, image.width, image.height);
    let n = 0;
    for (let i = 0; i < points.length; i += 4) if (points[i + 2] - points[i] > 45 && points[i] < 150) n += 1;
    return n;
  }, shot);
}

before(async () => {
  const towns = (await ask('/api/coverage?level=township')).areas;
  const sized = await Promise.all(towns.map(async (/** @type {any} */ one) => ({ ...one, area: (await ask(`/api/areas/${one.code}`)).area_m2 })));
  const town = sized.toSorted((a, b) => a.area - b.area)[0].code;
  both = [await found('By the Californian text', 'us-ca-monrovia', town), await found('By the text of Hebi', 'cn-hebi-2012', town)];
  for (const id of both) assert.equal((await planReady(id)).state, 'ready');
  const { features } = await ask(`/api/plans/${both[0]}/legal`, ADMIN);
  const ring = features.toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.properties.stalls - a.properties.stalls)[0].geometry.coordinates.flat(2);
  const numbers = ring.flat();
  lawful = [numbers[0], numbers[1]];
});

const near = (/** @type {number} */ zoom = 15) => `map=${zoom.toFixed(2)}/${lawful[1].toFixed(5)}/${lawful[0].toFixed(5)}`;

test('two plans stand on two maps, each with its own places, and closing removes the second map', async () => {
  const { page, errors, requests, done } = await open(`#plan=${both[0]}&beside=${both[1]}&${near()}${AS}`, { width: 1280, height: 720, ready: '[data-part="beside"]' });
  await mapDrawn(page);
  assert.equal(await page.locator('.maplibregl-canvas').count(), 1, 'no second map before somebody asks');
  assert.ok(!requests.some((url) => url.includes(`/api/plans/${both[1]}/tiles/`)));
  await page.click('[data-key="split"]');
  await page.waitForSelector(SECOND);
  await mapDrawn(page);
  await besideDrawn(page);
  assert.match(page.url(), /maps=two/);
  for (const id of both) assert.ok(requests.some((url) => url.includes(`/api/plans/${id}/tiles/`)), `tiles of plan ${id}`);
  for (const aim of ['#aim', '#aim-beside']) assert.ok(await inked(page, aim) > 20, `lawful places at ${aim}`);
  const plans = await Promise.all(both.map((id) => ask(`/api/plans/${id}`, ADMIN)));
  for (const [i, box] of ['#caption', '#caption-beside'].entries()) {
    const said = (await page.textContent(box)) ?? '';
    assert.ok(said.includes(plans[i].name) && said.includes(plans[i].stalls.toLocaleString('en-GB')), said);
  }
  const counts = await page.$$eval('[data-legend="assumed"] b', (all) => all.map((b) => Number(b.getAttribute('data-count'))));
  assert.deepEqual(counts, plans.map(({ assumed }) => assumed.streets), 'the legend counts both');
  await page.click('[data-key="beside-close"]');
  await page.waitForSelector(SECOND, { state: 'detached' });
  assert.doesNotMatch(page.url(), /maps=/);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-key')), 'split', 'focus goes back to where it came from');
  const whole = await page.locator('#map').boundingBox();
  assert.equal(whole?.width, 1280);
  assert.deepEqual(errors, []);
  await done();
});

for (const [width, height] of [[1280, 720], [900, 640], [390, 844]]) {
  test(`at ${width} pixels a link restores both maps, and each follows the other`, async () => {
    const { page, errors, done } = await open(`#plan=${both[0]}&beside=${both[1]}&maps=two&${near()}${AS}`, { width, height, ready: SECOND });
    await mapDrawn(page);
    await besideDrawn(page);
    const alike = (/** @type {number[]} */ a, /** @type {number[]} */ b, /** @type {string} */ text) => assert.ok(Math.hypot(a[0] - b[0], a[1] - b[1]) < 2e-4, `${text}: ${a} and ${b}`);
    const [boxA, boxB] = [await page.locator('#map').boundingBox(), await page.locator('#map-beside').boundingBox()];
    assert.ok(boxA && boxB && (boxA.x + boxA.width <= boxB.x + 1 || boxA.y + boxA.height <= boxB.y + 1), 'they do not cover each other');
    for (const [pulled, other] of [['#aim', '#aim-beside'], ['#aim-beside', '#aim']]) {
      const before = place(page);
      await pull(page, pulled, 80);
      await page.waitForTimeout(200);
      const [, lat, lon] = place(page);
      assert.ok(Math.hypot(lon - before[2], lat - before[1]) > 5e-4, `the address follows ${pulled}`);
      alike(await clicked(page, other), [lon, lat], `${other} follows`);
      alike(await clicked(page, pulled), [lon, lat], `${pulled} stays`);
    }
    const covers = await page.evaluate(() => {
      const box = (/** @type {string} */ id) => /** @type {Element} */ (document.querySelector(id)).getBoundingClientRect();
      const seen = ['#caption', '#caption-beside', '#legend', '#attribution', '#panel', '.zoom'].map((id) => ({ id, at: box(id) }));
      return seen.flatMap((a, i) => seen.slice(i + 1).filter((b) => a.at.left < b.at.right && b.at.left < a.at.right && a.at.top < b.at.bottom && b.at.top < a.at.bottom).map((b) => `${a.id} ${b.id}`));
    });
    assert.deepEqual(covers, [], 'nothing on the maps covers anything else');
    assert.deepEqual(errors, []);
    await done();
  });
}

test('by keyboard the second map moves both, a place is asked of both plans, and Escape closes it', async () => {
  const { page, done } = await open(`#plan=${both[0]}&beside=${both[1]}&maps=two&${near(17)}${AS}`, { width: 1280, height: 720, ready: SECOND });
  await mapDrawn(page);
  await besideDrawn(page);
  const names = await page.$$eval('.maplibregl-canvas', (all) => all.map((canvas) => canvas.getAttribute('aria-label')));
  assert.match(names[0] ?? '', /^A, By the Californian text/);
  assert.match(names[1] ?? '', /^B, By the text of Hebi/);
  const before = place(page);
  await page.focus(SECOND);
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((lon) => Number(location.hash.match(/map=[\d.]+\/[-\d.]+\/([-\d.]+)/)?.[1]) > lon, before[2]);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('[data-part="why"][data-legal]').length === 2);
  const [lon, lat] = /why=([-\d.]+),([-\d.]+)/.exec(page.url())?.slice(1) ?? [];
  const legal = await page.$$eval('[data-part="why"]', (all) => all.map((card) => card.getAttribute('data-legal')));
  const asked = await Promise.all(both.map(async (id) => String((await ask(`/api/why?plan=${id}&lon=${lon}&lat=${lat}`, ADMIN)).legal)));
  assert.deepEqual(legal, asked);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !location.hash.includes('why='));
  await page.keyboard.press('Escape');
  await page.waitForSelector(SECOND, { state: 'detached' });
  await done();
});

test('what others draw in the second plan appears on its map, and a task has the one map to itself', async () => {
  const { page, requests, done } = await open(`#plan=${both[0]}&beside=${both[1]}&maps=two&${near(16)}${AS}`, { width: 1280, height: 720, ready: SECOND });
  await besideDrawn(page);
  await page.waitForSelector('[data-legend="assumed"] b:nth-of-type(2)');
  const before = requests.length;
  const [x, y] = lawful;
  const ring = [[x, y], [x + 0.002, y], [x + 0.002, y + 0.002], [x, y + 0.002], [x, y]];
  await send('POST', '/ogc/collections/zones/items', { type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { plan: both[1], class: 'forbidden', name: 'Roadworks', reason: 'test' } }, ADMIN);
  await page.waitForFunction(() => document.querySelectorAll('[data-legend="forbidden"] b')[1]?.getAttribute('data-count') === '1', null, { timeout: 20_000 });
  assert.ok(requests.slice(before).some((url) => url.includes(`/api/plans/${both[1]}/tiles/`)), 'its tiles are read again');
  assert.equal(await page.$eval('[data-legend="forbidden"] b', (b) => b.getAttribute('data-count')), '0', 'the first plan has none');
  const now = await planReady(both[1]);
  await page.waitForFunction((n) => document.querySelector('#caption-beside')?.textContent?.includes(n), now.stalls.toLocaleString('en-GB'), { timeout: 20_000 });
  await page.click('[data-key="task-draw"]');
  await page.waitForSelector(SECOND, { state: 'detached' });
  await page.click('.back');
  await page.waitForSelector(SECOND);
  await done();
});

test('a plan that lies elsewhere says so, and leads there', async () => {
  const { page, done } = await open(`#plan=${both[0]}&beside=${both[1]}&maps=two&map=15.00/${(lawful[1] + 1).toFixed(5)}/${lawful[0].toFixed(5)}${AS}`, { width: 1280, height: 720, ready: '#caption-beside .away' });
  assert.ok((await page.textContent('#caption-beside'))?.includes(en['beside.away']));
  await page.click('#caption-beside .away button');
  await page.waitForSelector('.caption .away', { state: 'detached' });
  await done();
});

test('two maps print as one sheet, without an error', async () => {
  const { page, errors, done } = await open(`#plan=${both[0]}&beside=${both[1]}&maps=two&${near()}${AS}`, { width: 1280, height: 720, ready: SECOND, prepare: (p) => p.addInitScript(() => { window.print = () => {}; }) });
  await mapDrawn(page);
  await page.click('#print');
  await page.waitForSelector('.sheet .plate canvas', { state: 'attached', timeout: 60_000 });
  await page.emulateMedia({ media: 'print' });
  for (const id of ['#map', '#map-beside', '#caption']) assert.equal(await page.locator(id).isVisible(), false, id);
  assert.deepEqual(errors, []);
  await done();
});

/** Answers for a plan in the state that the test says, and keeps what is sent. @param {Page} page @param {number} id @param {string[]} sent */
async function pretend(page, id, sent) {
  const whole = await ask(`/api/plans/${id}`, ADMIN);
  const { by_rule: _, stalls: _s, ...line } = whole;
  let state = 'running';
  const report = () => ({ status: 200, json: state === 'ready' ? whole : { ...line, state, progress: state === 'running' ? 0.4 : 0 } });
  await page.route(`**/api/plans/${id}`, (route) => route.fulfill(report()));
  await page.route(`**/api/plans/${id}/tiles/*/*/*`, (route) => (state === 'ready' ? route.continue() : route.fulfill({ status: state === 'running' ? 409 : 400, json: {} })));
  await page.route(`**/api/plans/${id}/run`, (route) => {
    sent.push(route.request().method());
    state = route.request().method() === 'DELETE' ? 'stopped' : 'running';
    return route.fulfill(report());
  });
  return (/** @type {string} */ next) => { state = next; };
}

test('who may draw stops a plan and has it worked out again', async () => {
  /** @type {string[]} */
  const sent = [];
  /** @type {(state: string) => void} */
  let become = () => {};
  const { page, done } = await open(`#plan=${both[0]}${AS}`, { ready: 'progress', prepare: async (p) => { become = await pretend(p, both[0], sent); } });
  await page.click('[data-key="stop"]');
  await page.waitForSelector('[data-part="stopped"]');
  assert.deepEqual(sent, ['DELETE']);
  assert.ok((await page.textContent('[data-part="stopped"]'))?.includes(en['plan.stopped']));
  assert.equal(await page.locator('progress').count(), 0);
  assert.equal(await page.locator('#notice').isVisible(), false, 'a plan without tiles is no trouble of the service');
  await page.click('[data-key="run"]');
  await page.waitForSelector('progress');
  assert.deepEqual(sent, ['DELETE', 'PUT']);
  become('ready');
  await page.waitForSelector('[data-figure="stalls"]');
  assert.equal(await page.locator('[data-part="stopped"]').count(), 0);
  await done();
});

test('who may not draw is told that a plan is stopped, and no more', async () => {
  /** @type {(state: string) => void} */
  let become = () => {};
  const { page, done } = await open(`#plan=${both[0]}&lang=en&theme=light&token=${ANALYST}`, { ready: 'progress', prepare: async (p) => { become = await pretend(p, both[0], []); } });
  assert.equal(await page.locator('[data-key="stop"]').count(), 0);
  become('stopped');
  await page.waitForSelector('[data-part="stopped"]');
  assert.equal(await page.locator('[data-key="run"]').count(), 0);
  become('ready'); // somebody else began it again: no event tells that
  await page.waitForSelector('[data-figure="stalls"]', { timeout: 15_000 });
  await done();
});

test('a change of a stopped plan begins it again by itself', async () => {
  /** @type {(state: string) => void} */
  let become = () => {};
  const { page, done } = await open(`#plan=${both[0]}${AS}`, { ready: 'progress', prepare: async (p) => { become = await pretend(p, both[0], []); } });
  become('stopped');
  await page.waitForSelector('[data-part="stopped"]');
  become('running');
  await send('POST', '/ogc/collections/spots/items', { type: 'Feature', geometry: { type: 'Point', coordinates: lawful }, properties: { plan: both[0], name: 'By the well', stalls: 2, reason: 'test' } }, ADMIN);
  await page.waitForSelector('progress', { timeout: 3000 }); // by the live event, sooner than the page looks by itself
  await done();
});
