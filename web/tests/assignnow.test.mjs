/** Who of a team calls on whom now: told, given by hand, taken back, and seen at once by who looks at it. */

import assert from 'node:assert/strict';
import test, { after, before, beforeEach } from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, ask, close, mapDrawn, open, send, shown } from './browser.mjs';

after(close);

/** @typedef {import('playwright-core').Page} Page */
const PHONE = { width: 360, height: 740 };
const [FROM, NAMES, TEAM] = ['2026-01-01', ['quan', 'rong'], 'page-now'];
const NOW = `#teams=now&team=${TEAM}&campaign=2&lang=en&theme=light&token=${ADMIN}`;
const ANSWERED = { ready: '[data-figure="without"]' };
/** @type {any} */
const JSON_ = { 'Content-Type': 'application/json' };
const now = () => ask(`/api/teams/${TEAM}/assignment`, ADMIN);
/** @param {string | null} member @param {string[]} households */
const give = (member, households) => send('POST', `/api/teams/${TEAM}/assignment`, { ...(member && { member }), households }, ADMIN, JSON_);
/** Whose each of some households is. @param {string[]} codes */
const whose = async (codes) => (await now()).households.filter((/** @type {any} */ one) => codes.includes(one.code)).map((/** @type {any} */ one) => one.member);
/** @param {Page} page @param {string} code */
async function name(page, code) {
  await page.fill('[data-key="name-one"]', code);
  await page.press('[data-key="name-one"]', 'Enter');
}

/** @type {string[]} */
let codes = [];
before(async () => {
  for (const user of NAMES) await send('POST', '/api/users', { name: user, role: 'member', areas: [] }, ADMIN, JSON_);
  const { areas } = await ask('/api/coverage?level=grid', ADMIN);
  const area = areas.findLast((/** @type {any} */ one) => one.eligible > 40 && one.eligible < 300).code;
  await send('PUT', `/api/teams/${TEAM}`, { name: 'Now team', members: NAMES.map((user) => ({ user, from: FROM })), areas: [{ area, from: FROM }] }, ADMIN, JSON_);
  codes = (await now()).households.map((/** @type {any} */ one) => one.code);
});
beforeEach(async () => { await give(null, codes); });

test('nothing assigned yet is said; households that are named go to a member, and back to whoever had them', async () => {
  await give('rong', [codes[0]]);
  await give(null, [codes[0]]);
  const { page, errors, done } = await open(`#teams=list&campaign=2&lang=en&theme=light&token=${ADMIN}`, { ready: `[data-key="now-${TEAM}"]` });
  await page.click(`[data-key="now-${TEAM}"]`);
  await page.waitForSelector('[data-figure="without"]');
  assert.match(page.url(), /teams=now/);
  assert.equal(await page.textContent('[data-figure="sentence"]'), en['assign.now.nothing']);
  assert.equal(await shown(page, '[data-figure="without"]'), codes.length);
  await give('rong', [codes[1]]);
  await page.waitForFunction((n) => document.querySelector('[data-figure="without"]')?.textContent === String(n), codes.length - 1, { timeout: 10_000 });
  await name(page, 'nowhere');
  assert.equal(await page.textContent('[data-figure="unknown"]'), en['assign.now.unknown']);
  for (const code of codes.slice(0, 3)) await name(page, code);
  assert.equal(await shown(page, '[data-figure="chosen"]'), 3);
  assert.ok(await page.isDisabled('[data-key="give"]'), 'to whom was not said');
  await page.selectOption('[data-key="give-to"]', '=quan');
  await page.click('[data-key="give"]');
  await page.waitForSelector('[data-key="undo"]');
  assert.equal(await page.textContent('[data-figure="given"]'), en['assign.now.given'].replace('{n}', '3').replace('{who}', 'quan'));
  assert.deepEqual(await whose(codes.slice(0, 3)), ['quan', 'quan', 'quan']);
  assert.equal(await shown(page, '[data-member="quan"] [data-cell="households"]'), 3);
  await page.click('[data-key="undo"]');
  await page.waitForFunction(() => !document.querySelector('[data-key="undo"]'));
  assert.deepEqual(await whose(codes.slice(0, 3)), [null, 'rong', null], 'each has who it had before');
  assert.deepEqual(errors, []);
  await done();
});

test('all of a member are chosen at once, and taken from them', async () => {
  await give('quan', codes.slice(0, 5));
  const { page, done } = await open(NOW, ANSWERED);
  await page.click('[data-key="member-quan"]');
  await page.click('[data-key="all-theirs"]');
  assert.equal(await shown(page, '[data-figure="chosen"]'), 5);
  await page.selectOption('[data-key="give-to"]', '-');
  await page.click('[data-key="give"]');
  await page.waitForSelector('[data-figure="given"]');
  assert.equal(await page.textContent('[data-figure="given"]'), en['assign.now.taken'].replace('{n}', '5'));
  assert.ok((await now()).households.every((/** @type {any} */ one) => one.member === null));
  await done();
});

test('the map has each household in the colour of who calls there, the chosen ones in a ring, and a tap chooses', async () => {
  await give('quan', codes.slice(0, 9));
  const { page, done } = await open(NOW, { ...ANSWERED, width: 1280, height: 800 });
  await mapDrawn(page);
  const counts = await page.$$eval('.assign-key [data-count]', (all) => all.map((one) => Number(one.getAttribute('data-count'))));
  assert.deepEqual(counts, [9, 0]);
  await name(page, codes[0]); // the map goes there
  await mapDrawn(page);
  const chosen = await shown(page, '[data-figure="chosen"]');
  const map = await page.locator('#aim').boundingBox();
  assert.ok(map);
  await page.waitForTimeout(1_200); // it flies
  await mapDrawn(page);
  await page.mouse.click(map.x + map.width / 2, map.y + map.height / 2);
  await page.waitForSelector('[data-figure="chosen"]', { state: 'detached' });
  assert.equal(chosen, 1);
  await page.mouse.click(map.x + map.width / 2, map.y + map.height / 2);
  await page.waitForSelector('[data-figure="chosen"]');
  await done();
});

test('a refusal is said, and what was chosen stays', async () => {
  const { page, done } = await open(NOW, { ...ANSWERED, prepare: (p) => p.route(`**/api/teams/${TEAM}/assignment`, (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 400, json: { detail: 'not in team today', field: 'member' } }) : route.continue())) });
  await name(page, codes[0]);
  await page.selectOption('[data-key="give-to"]', '=quan');
  await page.click('[data-key="give"]');
  await page.waitForSelector('[data-figure="given"][role="alert"]');
  assert.ok((await page.textContent('[data-figure="given"]'))?.includes('not in team today'));
  assert.equal(await shown(page, '[data-figure="chosen"]'), 1);
  await done();
  const missing = await open(NOW.replace(TEAM, 'nowhere'), { ready: '.trouble' });
  assert.ok((await missing.page.textContent('.trouble'))?.includes(en['assign.team.missing']));
  await missing.done();
  const refused = await open(NOW.replace(ADMIN, MEMBER), { ready: '.trouble' });
  assert.ok((await refused.page.textContent('.trouble'))?.includes(en['trouble.refused']));
  await refused.done();
});

test('who has the list for today open sees at once that households were given to others', async () => {
  await give('quan', codes.slice(0, 12));
  const list = `#today=yes&campaign=all&member=quan&lang=en&theme=light&token=${ADMIN}`;
  const { page, done } = await open(list, { ready: '.walk' });
  const rows = () => page.$$eval('.walk > li', (all) => all.map((row) => row.getAttribute('data-row') ?? ''));
  const [first] = await rows();
  const gone = codes.slice(0, 12).filter((code) => code !== first);
  await give('rong', gone);
  await page.waitForFunction((some) => ![...document.querySelectorAll('.walk > li')].some((row) => some.includes(row.getAttribute('data-row') ?? '')), gone, { timeout: 15_000 });
  await page.click(`[data-row="${(await rows())[0]}"] .stop`);
  await give('quan', gone.slice(0, 2));
  await page.waitForSelector('[data-figure="given"]', { timeout: 15_000 });
  assert.equal(await page.textContent('[data-figure="given"]'), en['today.given'], 'a list in use stays as it is');
  await page.click('[data-key="fresh"]');
  await page.waitForSelector('[data-figure="given"]', { state: 'detached' });
  await done();
});

test('a list that somebody has begun with is not taken away by a new one that comes later', async () => {
  await give('quan', codes.slice(0, 12));
  const { page, done } = await open(`#today=yes&campaign=all&member=quan&lang=en&theme=light&token=${ADMIN}`, { ready: '.walk' });
  const row = await page.getAttribute('.walk > li', 'data-row');
  /** @type {(value?: unknown) => void} */
  let release = () => {};
  const begun = new Promise((on) => { release = on; });
  const held = page.waitForRequest(/api\/worklist/);
  await page.route(/api\/worklist/, async (route) => { await begun; await route.continue(); });
  await give('rong', codes.slice(6, 12));
  await held; // the new list is on its way
  await page.click(`[data-row="${row}"] .stop`);
  release();
  await page.waitForSelector('[data-figure="given"]');
  assert.equal(await page.locator(`[data-row="${row}"] [data-outcome]`).count() > 0, true, 'the row stays open');
  await done();
});

test('a plan that is looked at is told to be out of date when somebody gives households meanwhile', async () => {
  const { page, done } = await open(NOW.replace('teams=now', 'teams=plan'), { ready: '[data-figure="moves"]' });
  await give('quan', codes.slice(0, 4));
  await page.waitForSelector('[data-figure="old"]', { timeout: 10_000 });
  await page.click('[data-key="replan"]');
  await page.waitForSelector('[data-key="take"]');
  await done();
});

test('in both languages, in the dark and on a phone nothing is cut off sideways', async () => {
  await give('quan', codes.slice(0, 4));
  for (const [lang, theme] of [['en', 'light'], ['zh', 'dark']]) {
    const { page, done } = await open(NOW.replace('lang=en&theme=light', `lang=${lang}&theme=${theme}`), { ...PHONE, ...ANSWERED });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width);
    await name(page, codes[0]);
    assert.ok(await page.$eval('#panel-content', (box) => [...box.querySelectorAll('button, input, select')].every((one) => one.getBoundingClientRect().right <= box.getBoundingClientRect().right + 0.5)), lang);
    if (lang === 'zh') assert.ok((await page.textContent('#panel-content'))?.includes(zh['assign.now.hand']));
    await done();
  }
});
