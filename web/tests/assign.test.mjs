/** Assignment: teams, a plan of who calls on whom before and after, taken and taken back. */

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, URL_, ask, close, figure, mapDrawn, open, send } from './browser.mjs';

after(close);

/** @typedef {import('playwright-core').Page} Page */
const PHONE = { width: 360, height: 740 };
const [FROM, NAMES, TEAM] = ['2026-01-01', ['lan', 'mei', 'ning'], 'page-team'];
const PLAN = `#teams=plan&team=${TEAM}&campaign=2&lang=en&theme=light&token=${ADMIN}`;
const LIST = `#teams=list&campaign=2&lang=en&theme=light&token=${ADMIN}`;
/** @type {any} */
const JSON_ = { 'Content-Type': 'application/json' };
const now = () => ask(`/api/teams/${TEAM}/assignment`, ADMIN);
/** Answers the service's plans in its place. @param {any} body @param {number} [status] */
const answering = (body, status = 200) => (/** @type {Page} */ page) => page.route('**/assignment/plan', (route) => route.fulfill({ status, json: body }));
const load = (/** @type {number} */ households, /** @type {number} */ walk) => ({ households, minutes: households * 20, walk_m: walk, needs: households > 1 ? 1 : 0, left: 0 });
/** A plan of three households and two members. @param {object} [more] */
const plan = (more = {}) => ({
  plan: 'a'.repeat(64), team: TEAM, on: '2026-11-23', campaign: 2, area: null, terms: { threshold_m: 300, tolerance: 0.1, call_minutes: 15, need_minutes: 20, metres_a_minute: 70 },
  total: 3, moves: 1, new: 0, gain_m: 412, spread: { before: 2, after: 1.1 }, over_least: 0.002,
  members: [{ user: 'lan', share: 1, allowed_minutes: [20, 40], before: load(2, 31_000), after: load(1, 12_000) }, { user: 'mei', share: 1, allowed_minutes: [20, 40], before: load(1, 9_000), after: load(2, 19_000) }],
  households: [
    { code: 'T1', lon: 9.52, lat: 47.14, from: 'lan', to: 'lan', why: 'stays' },
    { code: 'T2', lon: 9.53, lat: 47.15, from: 'lan', to: 'mei', why: 'nearer', gain_m: 412 },
    { code: 'T3', lon: 9.54, lat: 47.16, from: 'mei', to: 'mei', why: 'stays' },
  ], ...more,
});

/** @type {string} */
let area;
before(async () => {
  for (const name of NAMES) await send('POST', '/api/users', { name, role: 'member', areas: [] }, ADMIN, JSON_);
  const { areas } = await ask('/api/coverage?level=grid', ADMIN);
  area = areas.find((/** @type {any} */ one) => one.eligible > 150 && one.eligible < 600).code;
  await send('PUT', `/api/teams/${TEAM}`, { name: 'Page team', members: NAMES.map((user) => ({ user, from: FROM })), areas: [{ area, from: FROM }] }, ADMIN, JSON_);
});

test('a team is founded by a form that says at the field what is wrong', async () => {
  const { page, errors, done } = await open(LIST, { ...PHONE, ready: '[data-team]' });
  await page.click('[data-key="team-new"]');
  await page.fill('[data-key="team-name"]', 'By hand');
  await page.fill('[data-key="team-code"]', 'page-by-hand');
  await page.fill('[data-key="member-0"]', 'nobody-here');
  await page.selectOption('[data-key="area-0"]', area);
  await page.click('[data-key="team-save"]');
  assert.match((await page.textContent('[data-wrong="members"]')) ?? '', /nobody-here/);
  assert.equal(await page.inputValue('[data-key="team-name"]'), 'By hand', 'what was typed stays');
  await page.fill('[data-key="member-0"]', 'lan');
  await page.click('[data-key="member-add"]');
  await page.fill('[data-key="member-1"]', 'mei');
  await page.click('[data-key="team-save"]');
  await page.waitForSelector('[data-team="page-by-hand"]');
  const { teams } = await ask('/api/teams', ADMIN);
  const team = teams.find((/** @type {any} */ one) => one.code === 'page-by-hand');
  assert.deepEqual([team.members.map((/** @type {any} */ one) => one.user), team.areas[0].area], [['lan', 'mei'], area]);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width);
  assert.deepEqual(errors.filter((text) => !text.includes('400')), []);
  await done();
});

test('who has been in a team since before today stays in the form, and may be given a last day', async () => {
  const { page, done } = await open(LIST, { ready: '[data-team]' });
  await page.click(`[data-key="edit-${TEAM}"]`);
  await page.waitForSelector('[data-key="member-0"]');
  assert.equal(await page.getAttribute('[data-key="member-0"]', 'readonly'), '');
  assert.equal(await page.locator('[data-key="member-0-drop"]').count(), 0);
  assert.equal(await page.isEditable('[data-key="member-0-to"]'), true);
  await page.click('[data-key="cancel"]');
  await page.waitForSelector('[data-team]');
  await done();
});

test('a plan is shown with its answer first, taken once somebody is sure, and taken back', async () => {
  const { page, errors, done } = await open(PLAN.replace('campaign=2', 'campaign=all'), { ready: '.loads' });
  const { total, households } = await now();
  assert.ok(households.every((/** @type {any} */ one) => one.member === null), 'nothing is written by a plan');
  assert.equal(figure(await page.textContent('[data-figure="moves"]')), total);
  assert.equal(await page.textContent('[data-figure="sentence"]'), en['assign.answer.first']);
  const counts = await page.$$eval('[data-cell="households"] b', (all) => all.map((e) => Number(e.textContent)));
  assert.equal(counts.reduce((a, b) => a + b), total);
  assert.deepEqual(await page.$$eval('[data-member]', (all) => all.map((e) => e.getAttribute('data-member'))), NAMES);
  await page.click('[data-key="take"]');
  await page.click('#ask-no');
  assert.equal((await now()).without, total, 'not yet');
  await page.click('[data-key="take"]');
  await page.click('#ask-yes');
  await page.waitForSelector('[data-figure="taken"]');
  const taken = await now();
  assert.deepEqual([taken.without, taken.members.map((/** @type {any} */ one) => one.households)], [0, counts]);
  await page.click('[data-key="undo"]');
  await page.click('#ask-yes');
  await page.waitForSelector('[data-figure="undone"]');
  assert.equal((await now()).without, total);
  await mapDrawn(page);
  assert.deepEqual(errors, []);
  await done();
});

test('the threshold says in words what it does, and the plan follows it', async () => {
  const { page, requests, done } = await open(PLAN, { ready: '.loads' });
  assert.match((await page.textContent('[data-figure="threshold"]')) ?? '', /300 m/);
  const asked = () => requests.filter((url) => url.endsWith('/assignment/plan')).length;
  const first = asked();
  await page.focus('[data-key="threshold"]');
  const [sent] = await Promise.all([page.waitForRequest('**/assignment/plan'), page.keyboard.press('ArrowRight')]);
  assert.equal(sent.postDataJSON().threshold_m, 500);
  await page.waitForFunction(() => document.querySelector('[data-figure="threshold"]')?.textContent?.includes('500 m'));
  assert.equal(asked(), first + 1);
  await page.click('[data-key="part-time-head"]');
  const [less] = await Promise.all([page.waitForRequest('**/assignment/plan'), page.selectOption('[data-key="share-mei"]', '0.5')]);
  assert.deepEqual(less.postDataJSON().shares, [{ user: 'mei', share: 0.5 }]);
  await done();
});

test('before and after stand beside one another in table and legend, and what changes hands is listed with its reason', async () => {
  const { page, done } = await open(PLAN, { ready: '.loads', prepare: answering(plan()) });
  assert.equal(await page.textContent('[data-figure="sentence"]'), 'of 3 households changes hands');
  assert.equal(await page.textContent('[data-figure="walk"]'), 'The longest walk falls from 31 km to 19 km.');
  assert.equal(await page.textContent('[data-member="lan"] [data-cell="households"]'), '21');
  const legend = () => page.$$eval('.assign-key [data-count]', (all) => all.map((e) => Number(e.getAttribute('data-count'))));
  assert.deepEqual(await legend(), [1, 2]);
  await page.click('[data-key="when-before"]');
  assert.deepEqual(await legend(), [2, 1]);
  assert.deepEqual(await page.$$eval('[data-move]', (all) => all.map((e) => e.getAttribute('data-move'))), ['T2']);
  assert.match((await page.textContent('[data-move="T2"]')) ?? '', /nearer by 410 m/);
  await page.click('[data-key="move-T2"]');
  await page.waitForSelector('[data-asked="T2"]');
  await page.click('[data-key="member-mei"]');
  assert.equal(await page.getAttribute('[data-key="legend-mei"]', 'aria-pressed'), 'true');
  await page.click('#language');
  await page.waitForFunction((text) => document.querySelector('[data-key="task-teams"]')?.textContent === text, zh['task.teams']);
  assert.match((await page.textContent('[data-move="T2"]')) ?? '', /近 410/);
  await done();
});

test('a household on the map says whose it is', async () => {
  const { page, done } = await open(PLAN.replace('#', '#map=17/47.15/9.53&'), { ready: '.loads', prepare: answering(plan({ households: plan().households.slice(1, 2), total: 1 })) });
  await mapDrawn(page);
  await page.focus('.maplibregl-canvas');
  await page.keyboard.press('Enter'); // what is in the middle of what can be seen
  await page.waitForSelector('[data-asked="T2"]');
  await done();
});

test('what is out of date, unfair, empty, unknown or unanswered says what to do next', async () => {
  const old = await open(PLAN, { ready: '.loads', prepare: async (page) => {
    await answering(plan())(page);
    await page.route('**/assignment', (route) => route.fulfill({ status: 409, json: { status: 409, detail: 'the plan is out of date' } }));
  } });
  await old.page.click('[data-key="take"]');
  await old.page.click('#ask-yes');
  await old.page.waitForSelector('[data-figure="old"]');
  const [again] = await Promise.all([old.page.waitForRequest('**/assignment/plan'), old.page.click('[data-key="replan"]')]);
  assert.equal(again.method(), 'POST');
  await old.done();
  const unfair = await open(PLAN, { ready: '.trouble', prepare: answering({ status: 400, field: 'tolerance', detail: 'tolerance' }, 400) });
  assert.equal(await unfair.page.textContent('.trouble .said'), en['assign.unbalanced']);
  await unfair.page.unroute('**/assignment/plan');
  await unfair.page.selectOption('[data-key="tolerance"]', '0.3');
  await unfair.page.waitForSelector('.loads');
  await unfair.done();
  const empty = await open(PLAN, { ready: '[data-figure="empty"]', prepare: answering(plan({ total: 0, households: [], moves: 0 })) });
  assert.equal(await empty.page.textContent('[data-figure="empty"]'), en['assign.empty']);
  await empty.done();
  const unknown = await open(PLAN.replace(TEAM, 'no-such-team'), { ready: '.trouble' });
  assert.equal(await unknown.page.textContent('.trouble .said'), en['assign.team.missing']);
  await unknown.done();
  const failed = await open(PLAN, { ready: '.trouble', prepare: answering({}, 503) });
  await failed.page.unroute('**/assignment/plan');
  await failed.page.click('[data-key="again"]');
  await failed.page.waitForSelector('.loads');
  await failed.done();
});

test('who has no say over teams has no tab, and nothing is asked for', async () => {
  const { page, requests, done } = await open(PLAN.replace(ADMIN, MEMBER), { ...PHONE, ready: '.trouble' });
  assert.deepEqual(requests.filter((url) => new URL(url).pathname.startsWith('/api/teams')), []);
  await page.goto(`${URL_}/#campaign=2&lang=en&theme=light`);
  await page.waitForSelector('[data-key="task-today"]');
  assert.equal(await page.locator('[data-key="task-teams"]').count(), 0);
  await done();
});
