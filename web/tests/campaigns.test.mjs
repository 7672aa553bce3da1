/** Campaigns: the calendar, whom each is to reach, what waits for a decision; founding, changing and closing one. */

import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { areaFilter, between, calendar, coming, inputOf, newForm, plus, running } from '../campaignfigures.js';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, ALL, MEMBER, ask, close, figure, mapDrawn, open, send, shown } from './browser.mjs';

after(close);

/** @typedef {import('playwright-core').Page} Page */
const PHONE = { width: 360, height: 780 };
/** @param {string | null} token @param {string} [more] */
const campaigns = (token, more = '&campaign=2&lang=en&theme=light') => `#campaigns=yes${more}${token ? `&token=${token}` : ''}`;
/** @param {number} id @param {string} from @param {string} to @param {import('../types.js').CampaignPhase} phase @returns {import('../types.js').Campaign} */
const one = (id, from, to, phase) => ({ id, name: `Stage ${id}`, theme: '', from, to, revisit_days: null, need_days: 7, phase });
const JSON_ = { 'Content-Type': 'application/json' };
/** @param {object} body @returns {Promise<any>} */
const found = async (body) => (await send('POST', '/api/campaigns', body, ADMIN, JSON_)).json();
const today = () => new Date().toISOString().slice(0, 10);

// ---- what is worked out ----

test('the axis holds all campaigns and today, in the order of time', () => {
  const all = [one(1, '2026-10-12', '2026-11-01', 'ended'), one(2, '2026-10-26', '2026-11-22', 'running'), one(3, '2026-12-01', '2026-12-10', 'planned')];
  const { today: now, ticks, bars } = calendar(all, '2026-11-15');
  assert.ok(bars.every(({ from, to, before, after }) => from > 0 && from < to && to < 1 && !before && !after));
  assert.ok(bars[0].from < bars[1].from && bars[1].from < bars[0].to, 'two that overlap do so on the axis');
  assert.ok(bars[1].from < now && now < bars[1].to && bars[2].from > now);
  assert.ok(ticks.length >= 2 && ticks.length <= 7 && ticks.every(({ at }, i) => i === 0 || at > ticks[i - 1].at));
  const days = (bars[0].to - bars[0].from) / (bars[2].to - bars[2].from);
  assert.ok(Math.abs(days - 21 / 10) < 1e-9, 'a day is as long in every bar');
});

test('one without an end leaves room for the others: the axis stops, and the bar says so', () => {
  const { bars, ticks } = calendar([one(1, '2000-01-01', '2999-12-31', 'running'), one(2, '2026-11-01', '2026-11-30', 'running')], '2026-11-15');
  assert.ok(bars[0].before && bars[0].after && bars[0].from === 0 && bars[0].to === 1);
  assert.ok(bars[1].to - bars[1].from > 0.02 && !bars[1].before && !bars[1].after);
  assert.ok(ticks.every(({ month }) => month) && ticks.length <= 8, JSON.stringify(ticks));
});

test('those that run are said by their end, and of those to come the next', () => {
  const all = [one(1, '2026-01-01', '2026-12-31', 'running'), one(2, '2026-01-01', '2026-11-20', 'running'), one(3, '2027-02-01', '2027-03-01', 'planned'), one(4, '2027-01-01', '2027-03-01', 'planned'), one(5, '2026-01-01', '2026-12-31', 'closed')];
  assert.deepEqual(running(all).map(({ id }) => id), [2, 1]);
  assert.equal(coming(all)?.id, 4);
  assert.equal(coming(all.slice(0, 2)), null);
  assert.deepEqual([between('2026-02-27', '2026-03-01'), plus('2028-02-28', 2)], [2, '2028-03-01']);
});

test('a form says what is written and nothing else; an area is a filter over its grids', () => {
  const rows = /** @type {any[]} */ ([{ code: 'C', level: 'county', parent: null }, { code: 'T', level: 'township', parent: 'C' }, { code: "G'1", level: 'grid', parent: 'T' }, { code: 'G2', level: 'grid', parent: 'T' }, { code: 'G3', level: 'grid', parent: 'U' }]);
  assert.equal(areaFilter(rows, 'T'), "area IN ('T', 'G''1', 'G2')");
  assert.equal(areaFilter(rows, ''), '');
  const form = { ...newForm(null, '2026-11-23'), name: ' Winter ' };
  assert.deepEqual(inputOf(form, rows), { name: 'Winter', theme: '', from: '2026-11-23', to: '2026-12-13', revisit_days: null, need_days: 7 });
  assert.deepEqual(inputOf({ ...form, kind: 'filter', filter: ' persons > 2 ' }, rows).target, { filter: 'persons > 2' });
  const known = newForm({ ...one(4, '2026-11-01', '2026-11-30', 'closed'), revisit_days: 14 }, '2026-11-23');
  assert.deepEqual([known.begun, inputOf(known, rows)], [true, { name: 'Stage 4', theme: '', from: '2026-11-01', to: '2026-11-30', revisit_days: 14, need_days: 7, closed: true }]);
});

// ---- on the page ----

test('the answer is what the service says: how many run, when they end, who is not reached', async () => {
  const { page, errors, done } = await open(campaigns(ADMIN), { ready: '[data-about]' });
  const all = (await ask('/api/campaigns')).campaigns;
  const now = all.filter((/** @type {any} */ c) => c.phase === 'running');
  assert.ok(now.length >= 1, 'the demo has one that runs');
  assert.equal(await shown(page, '[data-figure="running"]'), now.length);
  assert.deepEqual(await page.$$eval('[data-campaign]', (bars) => bars.map((bar) => [Number(bar.getAttribute('data-campaign')), bar.getAttribute('data-phase')])), all.toSorted((/** @type {any} */ a, /** @type {any} */ b) => a.from.localeCompare(b.from) || a.id - b.id).map((/** @type {any} */ c) => [c.id, c.phase]));
  const [row] = (await ask('/api/coverage?level=county&campaign=2', ADMIN)).areas;
  const running = '[data-running="2"]';
  await page.waitForFunction((one) => /\d,\d/.test(document.querySelector(one)?.textContent ?? ''), running); // figures come after the calendar
  const line = (await page.textContent(running)) ?? '';
  for (const part of [all[1].name, row.unvisited.toLocaleString('en-GB'), row.eligible.toLocaleString('en-GB')]) assert.ok(line.includes(part), `${line}: ${part}`);
  const target = await ask('/api/campaigns/2/target', ADMIN);
  assert.equal(figure(await page.textContent('[data-field="target"]')), target.households);
  assert.equal(await page.locator('[data-decision]').count(), target.decisions.length);
  await mapDrawn(page);
  assert.deepEqual(errors, []);
  await done();
});

test('a bar is chosen by pointer and by keyboard, and the address says which', async () => {
  const { page, done } = await open(campaigns(ADMIN), { ready: '[data-about="2"]' });
  await page.focus('[data-key="stage-2"]');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-about="1"]');
  assert.match(page.url(), /campaigns=yes/);
  assert.match(page.url(), /campaign=1(&|$)/);
  assert.equal(await page.inputValue('#campaign'), '1');
  await page.click('[data-key="stage-2"]');
  await page.waitForSelector('[data-about="2"]');
  await page.goBack();
  await page.waitForSelector('[data-about="1"]');
  await done();
});

test('households that came or went wait for a decision, which needs a reason and is listed', async () => {
  const { page, done } = await open(campaigns(ADMIN), { ...PHONE, ready: '[data-part="undecided"]' });
  const before = await ask('/api/campaigns/2/target', ADMIN);
  assert.ok(before.gone.total > 0 && before.new.total > 0, 'the demo has both');
  const [gone] = before.gone.households;
  assert.ok(await page.isDisabled('[data-key="decide-gone"]'));
  await page.click(`[data-list="gone"] label:has([data-key="tick-${gone}"])`);
  await page.click('[data-key="decide-gone"]');
  assert.equal(await page.textContent('#why-gone-said'), en['campaigns.reason.needed']);
  assert.equal(await page.getAttribute('#why-gone', 'aria-invalid'), 'true');
  await page.fill('#why-gone', 'pulled down');
  await page.click('[data-key="decide-gone"]');
  await page.waitForFunction((n) => document.querySelectorAll('[data-decision]').length === n, before.decisions.length + 1);
  await page.click('[data-key="tick-all-new"]');
  await page.fill('#why-new', 'moved in');
  await page.click('[data-key="decide-new"]');
  await page.waitForFunction((n) => document.querySelectorAll('[data-decision]').length === n, before.decisions.length + 2);
  const now = await ask('/api/campaigns/2/target', ADMIN);
  assert.equal(now.households, before.households - 1 + before.new.total);
  assert.ok(!now.gone.households.includes(gone) && now.new.total === 0);
  assert.deepEqual(now.decisions.slice(-2).map((/** @type {any} */ d) => [d.added, d.removed, d.reason]), [[0, 1, 'pulled down'], [before.new.total, 0, 'moved in']]);
  assert.ok((await page.textContent('[data-decision]'))?.includes('moved in'), 'the last one first');
  await done();
});

test('a campaign is founded with its count shown before, refused at its field, changed, closed and opened again', async () => {
  const { page, errors, done } = await open(campaigns(ADMIN), { ready: '[data-about]' });
  const all = (await ask('/api/campaigns')).campaigns.length;
  await page.click('[data-key="found"]');
  const { numberMatched } = await ask('/ogc/collections/households/items?f=json&limit=1&filter=eligible%20%3D%20true', ADMIN);
  await page.waitForSelector(`[data-count="${numberMatched}"]`);
  assert.deepEqual([await page.inputValue('#campaign-from'), await page.inputValue('#campaign-to')], [today(), plus(today(), 20)]);
  await page.click('[data-key="target-area"]');
  assert.ok(await page.isDisabled('[data-key="save"]'), 'no area, nobody');
  await page.selectOption('#campaign-area', '7001');
  const grids = (await ask('/api/coverage?within=7001&level=grid', ADMIN)).areas;
  const eligible = grids.reduce((/** @type {number} */ sum, /** @type {any} */ row) => sum + row.eligible, 0);
  await page.waitForSelector(`[data-count="${eligible}"]`);
  await page.fill('#campaign-name', 'Heating 供暖');
  await page.fill('#campaign-to', plus(today(), -3));
  await page.click('[data-key="save"]');
  await page.waitForSelector('#campaign-to-said');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'campaign-to');
  assert.equal((await ask('/api/campaigns')).campaigns.length, all, 'nothing was founded');
  await page.fill('#campaign-to', plus(today(), 30));
  await page.click('[data-key="save"]');
  await page.waitForSelector(`[data-about="${all + 1}"]`);
  const target = await ask(`/api/campaigns/${all + 1}/target`, ADMIN);
  assert.equal(target.households, eligible);

  await page.click('[data-key="change"]');
  assert.ok(await page.isDisabled('#campaign-from'), 'it has begun');
  await page.fill('#campaign-theme', 'Warm rooms');
  await page.fill('#campaign-need_days', '');
  await page.click('[data-key="save"]');
  await page.waitForSelector('[data-about]');
  const changed = (await ask('/api/campaigns')).campaigns.at(-1);
  assert.deepEqual([changed.theme, changed.need_days, changed.to], ['Warm rooms', null, plus(today(), 30)]);

  await page.click('[data-key="close"]');
  await page.click('#ask-no');
  assert.equal((await ask('/api/campaigns')).campaigns.at(-1).phase, 'running');
  await page.click('[data-key="close"]');
  await page.click('#ask-yes');
  await page.waitForSelector(`[data-campaign="${all + 1}"][data-phase="closed"]`);
  await page.click('[data-key="reopen"]');
  await page.click('#ask-yes');
  await page.waitForSelector(`[data-campaign="${all + 1}"][data-phase="running"]`);
  assert.deepEqual(errors.filter((text) => !text.includes('400')), []);
  await done();
  await send('PUT', `/api/campaigns/${all + 1}`, { ...changed, id: undefined, phase: undefined, closed: true }, ADMIN, JSON_);
});

test('a filter is counted as it is written, and one that cannot be read is said so before anything is founded', async () => {
  const { page, done } = await open(campaigns(ADMIN), { ready: '[data-about]' });
  await page.click('[data-key="found"]');
  await page.click('[data-key="target-filter"]');
  await page.fill('#campaign-filter', 'persons >= 3');
  const { numberMatched } = await ask(`/ogc/collections/households/items?f=json&limit=1&filter=${encodeURIComponent('eligible = true AND (persons >= 3)')}`, ADMIN);
  await page.waitForSelector(`[data-count="${numberMatched}"]`);
  await page.fill('#campaign-filter', 'persons >=');
  await page.waitForSelector('#campaign-count.said');
  assert.equal(await page.getAttribute('#campaign-filter', 'aria-invalid'), 'true');
  await page.click('[data-key="leave"]');
  await page.waitForSelector('[data-about]');
  await done();
});

test('who may not found campaigns sees the calendar and what each is about, and no more', async () => {
  const { page, requests, done } = await open(campaigns(MEMBER), { ...PHONE, ready: '[data-about]' });
  assert.ok(await page.isVisible('[data-key="stage-2"]'));
  assert.equal(await page.locator('[data-key="found"], [data-key="change"], [data-key="close"], [data-part]').count(), 0);
  assert.deepEqual(requests.filter((url) => url.includes('/target')), []);
  await done();
  const anybody = await open(campaigns(null), { ready: '[data-about]' });
  assert.ok(await anybody.page.isVisible('[data-field="phase"]'));
  await anybody.done();
  const figures = await open(ALL);
  assert.equal(await figures.page.locator('[data-key="task-campaigns"]').count(), 0, 'whoever has no task sees no list of tasks');
  await figures.done();
});

test('what somebody else decides is shown without asking', async () => {
  const { page, done } = await open(campaigns(ADMIN), { ready: '[data-about]' });
  await page.waitForSelector('[data-live="open"]', { state: 'attached' });
  const all = (await ask('/api/campaigns')).campaigns.length;
  const { id } = await found({ name: 'Another 另一个', from: plus(today(), 40), to: plus(today(), 50) });
  assert.equal(id, all + 1);
  await page.waitForSelector(`[data-campaign="${id}"][data-phase="planned"]`, { timeout: 20_000 });
  await done();
});

test('no campaign, none that runs, no answer: each says what is next', async () => {
  /** @param {any[]} list */
  const answering = (list) => (/** @type {Page} */ page) => page.route('**/api/campaigns', (route) => route.fulfill({ json: { campaigns: list } }));
  const none = await open(campaigns(ADMIN), { ready: '[data-figure="none"]', prepare: answering([]) });
  assert.equal(await none.page.textContent('[data-figure="none"]'), en['campaigns.none']);
  assert.ok(await none.page.isVisible('[data-key="found"]'));
  await none.done();
  const later = await open(campaigns(MEMBER), { ready: '[data-figure="next"]', prepare: answering([one(1, '2999-01-01', '2999-02-01', 'planned')]) });
  assert.match((await later.page.textContent('[data-figure="next"]')) ?? '', /Stage 1, from 1 Jan 2999/);
  await later.done();
  const failed = await open(campaigns(ADMIN), { ready: '.trouble', prepare: (page) => page.route('**/api/campaigns/2/target', (route) => route.fulfill({ status: 503, body: 'no' })) });
  await failed.page.unroute('**/api/campaigns/2/target');
  await failed.page.click('[data-key="again"]');
  await failed.page.waitForSelector('[data-part="decisions"]');
  await failed.done();
});

test('in Chinese, dark, on a narrow phone, nothing is cut off', async () => {
  const { page, errors, done } = await open(campaigns(ADMIN, '&campaign=2&lang=zh&theme=dark'), { ...PHONE, ready: '[data-part="decisions"]' });
  assert.equal(await page.textContent('[data-key="task-campaigns"]'), zh['task.campaigns']);
  for (const state of ['list', 'form']) {
    if (state === 'form') { await page.click('#handle'); await page.click('[data-key="found"]'); await page.waitForSelector('#campaign-name'); }
    const [wide, panel, room] = await page.evaluate(() => { const content = /** @type {HTMLElement} */ (document.getElementById('panel-content')); return [document.documentElement.scrollWidth, content.scrollWidth, content.clientWidth]; });
    assert.ok(wide <= PHONE.width && panel <= room, `${state}: ${wide}, ${panel} of ${room}`);
  }
  assert.deepEqual(errors, []);
  await done();
});
