/** The list for today: whom to visit next, in the order of the walk, and a visit logged in two taps. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test, { after } from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, PLANNER, URL_, ask, close, figure, mapDrawn, open, send } from './browser.mjs';

after(close);

/** @typedef {import('playwright-core').Page} Page */
const PHONE = { width: 390, height: 844 };
/** @param {string} token @param {string} [more] */
const today = (token, more = '&campaign=2') => `#today=yes${more}&lang=en&theme=light&token=${token}`;
/** A household of a list. @param {object} reason @param {number} i */
const one = (reason, i) => ({ code: `T${i}`, lon: 9.52 + i / 1000, lat: 47.14, address: i === 0 ? 'Long Street 1' : null, status: 'occupied', area: null, reason, outcome: i === 0 ? 'partly' : null, called_at: i === 0 ? '2026-11-19T08:00:00Z' : null, leg_m: i * 41 });
/** @param {any} body @param {number} [status] */
const answering = (body, status = 200) => (/** @type {Page} */ page) => page.route('**/api/worklist?*', (route) => route.fulfill({ status, json: body }));
/** @param {Page} page */
const rows = (page) => page.$$eval('.walk > li', (all) => all.map((row) => row.getAttribute('data-row')));
/** @param {Page} page */
const waits = (page) => page.getAttribute('[data-waiting]', 'data-waiting').then(Number);
/** Two taps. @param {Page} page @param {string} code @param {string} outcome */
async function log(page, code, outcome) {
  await page.click(`[data-row="${code}"] .stop`);
  await page.click(`[data-row="${code}"] [data-outcome="${outcome}"]`);
  await page.waitForSelector(`[data-row="${code}"][data-state="stored"]`);
}

test('a member on a phone sees the own list in the order of the walk, with its reasons, and the answer first', async () => {
  const { page, errors, requests, done } = await open(today(MEMBER), { ...PHONE, ready: '.walk' });
  const given = requests.map((url) => new URL(url)).find(({ pathname }) => pathname === '/api/worklist');
  const list = await ask(`/api/worklist?${given?.searchParams}`, MEMBER);
  assert.deepEqual(await rows(page), list.households.map((/** @type {any} */ h) => h.code));
  assert.equal(figure(await page.textContent('[data-figure="listed"]')), list.households.length);
  assert.equal(await waits(page), list.waiting);
  assert.equal(await page.textContent('[data-figure="sentence"]'), en['today.answer'].replace('{waiting}', list.waiting.toLocaleString('en-GB')));
  assert.deepEqual(await page.$$eval('[data-reason]', (all) => all.map((e) => e.getAttribute('data-reason'))), list.households.map((/** @type {any} */ h) => h.reason.kind));
  assert.ok(await page.isVisible('[data-key="task-today"][aria-current="page"]'));
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width);
  await mapDrawn(page);
  assert.deepEqual(errors, []);
  await done();
});

test('two taps store a visit; the list keeps its order, and a new list has one fewer who wait', async () => {
  const { page, done } = await open(today(MEMBER), { ...PHONE, ready: '.walk' });
  const before = await rows(page);
  const waiting = await waits(page);
  const code = /** @type {string} */ (before[1]);
  await page.click(`[data-row="${code}"] .stop`);
  for (const box of await page.$$(`[data-row="${code}"] [data-outcome]`)) assert.ok(((await box.boundingBox())?.height ?? 0) >= 44);
  assert.deepEqual(await page.$$eval('[data-outcome]', (all) => all.map((e) => e.getAttribute('data-outcome'))), ['visited', 'partly', 'not_home']);
  await page.click('[data-key="outcomes-more"]');
  assert.equal(await page.locator('[data-outcome]').count(), 10);
  await page.click('[data-outcome="visited"]');
  await page.waitForSelector(`[data-row="${code}"][data-state="stored"]`);
  const [stored] = (await ask(`/api/households/${code}`, MEMBER)).visits.toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.at.localeCompare(a.at));
  assert.equal(stored.outcome, 'visited');
  assert.equal(stored.campaign, 2);
  assert.ok(Date.now() - Date.parse(stored.at) < 60_000);
  assert.deepEqual(await rows(page), before, 'nothing moves under the thumb');
  await page.click('[data-key="fresh"]');
  await page.waitForFunction((was) => Number(document.querySelector('[data-waiting]')?.getAttribute('data-waiting')) === was - 1, waiting);
  assert.ok(!(await rows(page)).includes(code));
  await done();
});

test('another outcome corrects the one that is logged, and one that did not arrive is sent again as the same', async () => {
  const { page, done } = await open(today(MEMBER), { ...PHONE, ready: '.walk' });
  const code = /** @type {string} */ ((await rows(page))[0]);
  const count = async () => (await ask(`/api/households/${code}`, MEMBER)).visits.length;
  const before = await count();
  /** @type {string[]} */
  const ids = [];
  await page.route('**/api/visits', (route) => { ids.push(...route.request().postDataJSON().map((/** @type {any} */ one) => one.id)); return down ? route.abort() : route.continue(); });
  let down = true;
  await page.click(`[data-row="${code}"] .stop`);
  await page.click('[data-outcome="not_home"]');
  await page.waitForSelector(`[data-row="${code}"][data-state="unsent"]`);
  assert.equal(await count(), before);
  await page.waitForSelector('[data-key="send-now"]');
  down = false;
  await page.evaluate(() => /** @type {HTMLElement | null} */ (document.querySelector('[data-key="send-now"]'))?.click()); // it may have been sent by itself meanwhile
  await page.waitForSelector(`[data-row="${code}"][data-state="stored"]`);
  assert.equal(ids[0], ids[1]);
  assert.equal(await count(), before + 1);
  await log(page, code, 'partly');
  await page.waitForFunction((code) => /Partly/.test(document.querySelector(`[data-row="${code}"] [data-field="log"]`)?.textContent ?? ''), code);
  assert.equal(new Set(ids).size, 2);
  assert.equal(await count(), before + 2);
  const { visits } = await ask(`/api/households/${code}`, MEMBER);
  assert.deepEqual(ids.slice(1).map((id) => visits.find((/** @type {any} */ one) => one.id === id)).map(({ outcome, void: gone }) => [outcome, gone]), [['not_home', 'corrected'], ['partly', undefined]]);
  assert.equal(new Set(visits.filter((/** @type {any} */ one) => ids.includes(one.id)).map((/** @type {any} */ one) => one.at)).size, 1, 'it took place when it did');
  await done();
});

test('a household that somebody else calls on meanwhile is marked where it stands', async () => {
  const { page, done } = await open(today(MEMBER), { ...PHONE, ready: '.walk' });
  await page.waitForSelector('[data-live="open"]', { state: 'attached' });
  const before = await rows(page);
  const code = /** @type {string} */ (before.at(-1));
  await send('POST', '/api/visits', { id: randomUUID(), household: code, campaign: 2, at: new Date().toISOString(), outcome: 'not_home' }, ADMIN, { 'Content-Type': 'application/json' });
  await page.waitForSelector(`[data-row="${code}"][data-state="seen"]`, { timeout: 15_000 });
  assert.deepEqual(await rows(page), before);
  await done();
});

test('the list can be taken along as GPX, and printed as a plain table', async () => {
  const { page, done } = await open(today(MEMBER), { ...PHONE, ready: '.walk' });
  const codes = await rows(page);
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-key="gpx"]')]);
  assert.equal(file.suggestedFilename(), 'worklist.gpx');
  const text = await readFile(/** @type {string} */ (await file.path()), 'utf8');
  assert.equal(text.match(/<wpt /g)?.length, codes.length);
  await page.evaluate(() => { window.print = () => {}; });
  await page.click('#print');
  assert.equal(await page.locator('.worksheet tbody tr').count(), codes.length);
  await done();
});

test('reasons are told with their days, in both languages', async () => {
  const reasons = [{ kind: 'left_to_do', days: 4 }, { kind: 'left_to_do', days: 0 }, { kind: 'overdue', days: 1 }, { kind: 'due_soon', days: 2 }, { kind: 'due_soon', days: 0 }, { kind: 'not_reached' }, { kind: 'on_the_way', metres: 30 }];
  const body = { campaign: 2, as_of: '2026-11-23T00:00:00Z', waiting: 91, length_m: 1240, households: reasons.map(one) };
  const { page, done } = await open(today(MEMBER), { ...PHONE, ready: '.walk', prepare: answering(body) });
  const told = () => page.$$eval('[data-field="reason"]', (all) => all.map((e) => e.textContent));
  assert.deepEqual(await told(), ['Something left to do, 4 days ago', 'Something left to do, since today', 'Due 1 day ago', 'Due in 2 days', 'Due today', 'Nobody reached yet', 'On the way, 30 m']);
  assert.equal(await page.textContent('[data-figure="length"]'), '1.2 km on foot, as the crow flies');
  await page.click('#language');
  await page.waitForFunction((text) => document.querySelector('[data-key="task-today"]')?.textContent === text, zh['task.today']);
  assert.deepEqual((await told()).slice(0, 3), ['4 天前留有待办事项', '今天留有待办事项', '已逾期 1 天']);
  await done();
});

test('a number on the map opens its row', async () => {
  const body = { campaign: 2, as_of: '2026-11-23T00:00:00Z', waiting: 1, length_m: 0, households: [one({ kind: 'not_reached' }, 0)] };
  const { page, done } = await open(today(MEMBER, '&campaign=2&map=16/47.14/9.52'), { width: 960, height: 600, ready: '.walk', prepare: answering(body) });
  await mapDrawn(page);
  await page.focus('.maplibregl-canvas');
  await page.keyboard.press('Enter'); // what is in the middle of what can be seen
  await page.waitForSelector('[data-row="T0"].open');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.walk > li').count(), 1, 'the map leads nowhere else meanwhile');
  await done();
});

test('from where a person stands, if the browser may say so; a refusal is told', async () => {
  const { page, requests, done } = await open(today(MEMBER), { ...PHONE, ready: '.walk' });
  await page.click('[data-key="here"]');
  await page.waitForSelector('[data-figure="here"]');
  await page.context().grantPermissions(['geolocation']);
  await page.context().setGeolocation({ longitude: 9.5, latitude: 47.2 });
  await page.click('[data-key="here"]');
  await page.waitForSelector('[data-key="here"][aria-pressed="true"]');
  await page.waitForFunction(() => document.querySelector('.walk')?.getAttribute('aria-busy') === 'false');
  assert.ok(requests.some((url) => new URL(url).searchParams.get('near') === '9.500000,47.200000'));
  await page.context().clearPermissions();
  await done();
});

test('nobody who waits, too many, no answer: each says what to do next', async () => {
  const none = await open(today(MEMBER), { ...PHONE, ready: '[data-figure="empty"]', prepare: answering({ campaign: 2, as_of: '2026-11-23T00:00:00Z', waiting: 0, length_m: 0, households: [] }) });
  assert.ok(await none.page.isVisible('#today-area'));
  await none.done();
  const large = await open(today(ADMIN), { ...PHONE, ready: '.trouble', prepare: answering({ status: 400, detail: 'area', field: 'area' }, 400) });
  assert.equal(await large.page.textContent('.trouble .said'), en['today.large']);
  await large.page.unroute('**/api/worklist?*');
  const { areas: [{ code }] } = await ask('/api/coverage?level=grid', ADMIN);
  await large.page.selectOption('#today-area', code);
  await large.page.waitForSelector('.walk, [data-figure="empty"]');
  assert.match(large.page.url(), new RegExp(`area=${code}`));
  await large.done();
  const failed = await open(today(MEMBER), { ...PHONE, ready: '.trouble', prepare: answering({}, 503) });
  await failed.page.unroute('**/api/worklist?*');
  await failed.page.click('[data-key="again"]');
  await failed.page.waitForSelector('.walk');
  await failed.done();
});

test('who may not visit has no tab and no list', async () => {
  const { page, requests, done } = await open(today(PLANNER), { ...PHONE, ready: '.trouble' });
  assert.deepEqual(requests.filter((url) => new URL(url).pathname === '/api/worklist'), []);
  await page.goto(`${URL_}/#campaign=2&lang=en&theme=light`);
  await page.waitForSelector('[data-key="task-plans"]');
  assert.equal(await page.locator('[data-key="task-today"]').count(), 0);
  await done();
});
