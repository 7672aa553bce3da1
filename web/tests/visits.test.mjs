/** What a visit says beside its outcome, the way back, and what the view of a household tells of its visits. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { after } from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, ask, close, open, send } from './browser.mjs';

after(close);

/** @typedef {import('playwright-core').Page} Page */
const PHONE = { width: 390, height: 844, ready: '.walk' };
const TODAY = `#today=yes&campaign=2&lang=en&theme=light&token=${MEMBER}`;
const JSON_ = { 'Content-Type': 'application/json' };
/** A household of the member's list that nobody opened yet. @param {Page} page @param {number} place */
const codeAt = async (page, place) => /** @type {string} */ (await page.locator('.walk > li').nth(place).getAttribute('data-row'));
/** @param {string} code @param {string} [token] @returns {Promise<any[]>} the last one first */
const visitsOf = async (code, token = MEMBER) => (await ask(`/api/households/${code}`, token)).visits.toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.at.localeCompare(a.at));
/** @param {object} more @param {string} token @returns {Promise<any>} */
async function log(more, token) {
  const visit = { id: randomUUID(), campaign: 2, at: new Date().toISOString(), outcome: 'visited', ...more };
  const [{ result, reason }] = (await (await send('POST', '/api/visits', visit, token, JSON_)).json()).results;
  assert.equal(result, 'stored', reason);
  return visit;
}

test('two taps say nothing more; "More" opens what else a visit says, above the outcomes, and all of it is logged together', async () => {
  const { page, errors, done } = await open(TODAY, PHONE);
  await page.context().grantPermissions(['geolocation']);
  const { households } = await ask(`/api/worklist?campaign=2&limit=30`, MEMBER);
  const code = await codeAt(page, 2);
  const { lon, lat } = await ask(`/api/households/${code}`, MEMBER);
  assert.ok(households.length > 3);
  await page.context().setGeolocation({ longitude: lon + 0.0002, latitude: lat, accuracy: 14 });
  /** @type {any[]} */
  const sent = [];
  await page.route('**/api/visits', (route) => { sent.push(...[route.request().postDataJSON()].flat()); return route.continue(); });
  await page.click(`[data-row="${code}"] .stop`);
  assert.equal(await page.locator('.visit-form').count(), 0);
  await page.click('[data-key="visit-more"]');
  const [form, often] = await Promise.all(['.visit-form', '.outcomes .often'].map(async (part) => (await page.locator(part).boundingBox())?.y ?? 0));
  assert.ok(form < often, 'what is tapped last stands last');
  assert.equal(await page.inputValue('#visit-minutes'), '', 'nobody is told how long it took');
  await page.fill('#visit-needs', 'a ramp\nfirewood');
  await page.click('[data-key="minutes-more"]');
  await page.click('[data-key="minutes-more"]');
  await page.click('[data-key="minutes-less"]');
  await page.fill('#visit-note', 'call in the evening');
  await page.click('[data-key="visit-place"]');
  await page.waitForSelector('p[data-figure="fix"]');
  assert.equal(await page.textContent('[data-figure="fix"]'), en['visit.place.known'].replace('{m}', '14 m'));
  await page.click(`[data-row="${code}"] [data-outcome="visited"]`);
  await page.waitForSelector(`[data-row="${code}"][data-state="stored"]`);
  assert.deepEqual(Object.keys(sent[0]).sort(), ['at', 'campaign', 'household', 'id', 'minutes', 'needs', 'note', 'outcome', 'position']);
  assert.deepEqual([sent[0].needs, sent[0].minutes, sent[0].note, sent[0].position.accuracy_m], ['a ramp\nfirewood', 5, 'call in the evening', 14]);
  const [stored] = await visitsOf(code);
  assert.deepEqual([stored.id, stored.minutes, stored.needs, stored.far], [sent[0].id, 5, 'a ramp\nfirewood', undefined]);
  assert.equal(await page.locator('[data-flag]').count(), 0);

  const other = await codeAt(page, 3);
  await page.click(`[data-row="${other}"] .stop`);
  await page.click(`[data-row="${other}"] [data-outcome="not_home"]`);
  await page.waitForSelector(`[data-row="${other}"][data-state="stored"]`);
  assert.deepEqual(Object.keys(sent[1]).sort(), ['at', 'campaign', 'household', 'id', 'outcome'], 'nothing of the one before');
  assert.deepEqual(errors, []);
  await page.context().clearPermissions();
  await done();
});

test('a position may be left out, and one that the browser keeps back does not keep the visit back', async () => {
  const { page, done } = await open(TODAY, PHONE);
  const code = await codeAt(page, 4);
  /** @type {any[]} */
  const sent = [];
  await page.route('**/api/visits', (route) => { sent.push(...[route.request().postDataJSON()].flat()); return route.continue(); });
  await page.click(`[data-row="${code}"] .stop`);
  await page.click('[data-key="visit-more"]');
  await page.click('[data-key="visit-place"]');
  await page.waitForSelector('p.said[data-figure="fix"]');
  assert.equal(await page.textContent('[data-figure="fix"]'), en['visit.place.refused']);
  await page.context().grantPermissions(['geolocation']);
  await page.context().setGeolocation({ longitude: 9.5, latitude: 47.2, accuracy: 20 });
  await page.click('[data-key="visit-place"]');
  await page.click('[data-key="visit-place-none"]');
  await page.click(`[data-row="${code}"] [data-outcome="not_home"]`);
  await page.waitForSelector(`[data-row="${code}"][data-state="stored"]`);
  assert.equal(sent[0].position, undefined);
  await page.context().clearPermissions();
  await done();
});

test('who seems to be far away is told so plainly, and the visit is logged', async () => {
  const { page, done } = await open(TODAY, PHONE);
  const code = await codeAt(page, 5);
  const { lon, lat } = await ask(`/api/households/${code}`, MEMBER);
  await page.context().grantPermissions(['geolocation']);
  await page.context().setGeolocation({ longitude: lon, latitude: lat + 0.045, accuracy: 10 });
  await page.click(`[data-row="${code}"] .stop`);
  await page.click('[data-key="visit-more"]');
  await page.click('[data-key="visit-place"]');
  await page.waitForSelector('p[data-figure="fix"]');
  await page.click(`[data-row="${code}"] [data-outcome="visited"]`);
  await page.waitForSelector('[data-flag="far"]');
  assert.equal(await page.textContent('[data-flag="far"]'), en['visit.flag.far'].replace('{length}', '5 km'));
  assert.equal((await visitsOf(code))[0].far, true);
  await page.context().clearPermissions();
  await done();
});

test('a visit that was logged by mistake is undone where it stands; without an answer that waits, and what is refused stays', async () => {
  const { page, done } = await open(TODAY, PHONE);
  const code = await codeAt(page, 6);
  await page.click(`[data-row="${code}"] .stop`);
  await page.click(`[data-row="${code}"] [data-outcome="visited"]`);
  await page.waitForSelector(`[data-row="${code}"][data-state="stored"]`);
  await page.route('**/withdrawal', (route) => route.fulfill({ status: 403, json: { detail: 'not yours' } }));
  await page.click(`[data-key="undo-${code}"]`);
  await page.waitForSelector('.afterwards .said');
  assert.equal((await visitsOf(code))[0].void, undefined);
  assert.equal(await page.getAttribute(`[data-row="${code}"]`, 'data-state'), 'stored');
  await page.waitForSelector('[data-offline="refused"]');
  await page.unroute('**/withdrawal');
  await page.route('**/withdrawal', (route) => route.fulfill({ status: 503, body: 'no' }));
  await page.click(`[data-key="undo-${code}"]`);
  await page.waitForSelector(`[data-row="${code}"] [data-undone="waits"]`);
  assert.equal((await visitsOf(code))[0].void, undefined);
  await page.unroute('**/withdrawal');
  await page.evaluate(() => /** @type {HTMLElement | null} */ (document.querySelector('[data-key="send-now"]'))?.click()); // it may have been sent by itself meanwhile
  await page.waitForFunction((row) => !['stored', 'sending'].includes(document.querySelector(`[data-row="${row}"]`)?.getAttribute('data-state') ?? ''), code);
  assert.equal((await visitsOf(code))[0].void, 'withdrawn');
  assert.equal(await page.locator(`[data-key="undo-${code}"]`).count(), 0);
  await done();
});

test('the view of a household says what each visit says, and which stand no more', async () => {
  const { households: [{ code }] } = await ask('/api/worklist?campaign=2&limit=1', MEMBER);
  const first = await log({ household: code, minutes: 12, needs: 'a ramp\na lamp' }, ADMIN);
  const wrong = await log({ household: code, outcome: 'refused' }, ADMIN);
  await send('POST', `/api/visits/${wrong.id}/withdrawal`, { reason: 'the wrong door' }, ADMIN, JSON_);
  const { page, errors, done } = await open(`#household=${code}&campaign=all&lang=en&theme=light&token=${ADMIN}`, { ready: '.visits' });
  const row = (/** @type {any} */ visit) => page.locator(`[data-visit="${visit.id}"]`);
  const text = await row(first).innerText();
  for (const part of ['Visited', '12 min', 'a ramp', 'a lamp', 'sample admin']) assert.ok(text.includes(part), `${text}: ${part}`);
  assert.equal(await row(wrong).locator('s').innerText(), 'Refused');
  assert.equal(await row(wrong).locator('[data-field="void"]').innerText(), en['visit.void.withdrawn']);
  assert.equal(await row(wrong).locator('.mending').count(), 0, 'what stands no more is not mended');
  await page.click('#language');
  await page.waitForFunction((said) => document.querySelector('[data-field="void"]')?.textContent === said, zh['visit.void.withdrawn']);
  assert.deepEqual(errors, []);
  await done();
});

test('who may corrects a visit, and withdraws one with a reason; a member mends the own ones alone', async () => {
  const { households: [, { code }] } = await ask('/api/worklist?campaign=2&limit=2', MEMBER);
  const visit = await log({ household: code, minutes: 30, needs: 'a ramp' }, ADMIN);
  const own = await log({ household: code, outcome: 'not_home' }, MEMBER);
  const member = await open(`#household=${code}&campaign=all&lang=en&theme=light&token=${MEMBER}`, { width: 390, height: 844, ready: '.visits' });
  assert.equal(await member.page.locator(`[data-key="correct-${visit.id}"]`).count(), 0);
  assert.equal(await member.page.locator(`[data-key="correct-${own.id}"]`).count(), 1);
  await member.done();

  const { page, done } = await open(`#household=${code}&campaign=all&lang=en&theme=light&token=${ADMIN}`, { ready: '.visits' });
  await page.click(`[data-key="correct-${visit.id}"]`);
  assert.deepEqual([await page.inputValue('#correct-outcome'), await page.inputValue('#correct-minutes'), await page.inputValue('#correct-needs')], ['visited', '30', 'a ramp']);
  await page.selectOption('#correct-outcome', 'partly');
  await page.fill('#correct-minutes', '20');
  await page.click('[data-key="correct-save"]');
  await page.waitForSelector(`[data-visit="${visit.id}"][data-void="corrected"]`);
  const right = (await visitsOf(code, ADMIN)).find(({ id, void: gone, outcome }) => id !== visit.id && !gone && outcome === 'partly');
  assert.deepEqual([right.minutes, right.needs, right.by, Date.parse(right.at)], [20, 'a ramp', 'sample admin', Date.parse(visit.at)]);

  await page.click(`[data-key="withdraw-${right.id}"]`);
  await page.click('#ask-no');
  await page.click(`[data-key="withdraw-${right.id}"]`);
  await page.fill('#ask-reason', 'nobody was there');
  await page.click('#ask-yes');
  await page.waitForSelector(`[data-visit="${right.id}"][data-void="withdrawn"]`);
  await done();
});
