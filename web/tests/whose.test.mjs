/** Whose list for today it is: who says who calls on whom looks at the list of any member, and takes it along. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { after, before } from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, ask, close, open, send } from './browser.mjs';

after(close);

const PHONE = { width: 360, height: 740 };
/** @param {string} [more] @param {string} [token] */
const today = (more = '', token = ADMIN) => `#today=yes&campaign=2&area=7001${more}&lang=en&theme=light&token=${token}`;
/** @param {import('playwright-core').Page} page */
const rows = (page) => page.$$eval('.walk > li', (all) => all.map((row) => row.getAttribute('data-row')));

/** Two members of teams of the first township. @type {string[]} */
let members = [];
before(async () => {
  const team = (await ask('/api/teams', ADMIN)).teams.find((/** @type {any} */ one) => one.code === 'sample-7001-1');
  members = team.members.filter((/** @type {any} */ one) => one.active).map((/** @type {any} */ one) => one.user);
  assert.ok(members.length >= 2);
  // A few households of the list are the other one's alone.
  const list = await ask(`/api/worklist?campaign=2&area=7001&limit=30&member=${encodeURIComponent(members[0])}`, ADMIN);
  const codes = list.households.map((/** @type {any} */ one) => one.code);
  for (const [member, some] of [[members[0], codes.slice(0, 4)], [members[1], codes.slice(4, 12)]]) {
    await send('POST', `/api/teams/${encodeURIComponent(team.code)}/assignment`, { member, households: some }, ADMIN, { 'Content-Type': 'application/json' });
  }
});

test('a member is chosen by name, the address keeps it, and the list, the head, the paper and the files are theirs', async () => {
  const { page, errors, requests, done } = await open(today(), { ready: '[data-key="today-member"]', prepare: (p) => p.addInitScript(() => Object.assign(window, { print: () => {} })) });
  await page.selectOption('[data-key="today-member"]', members[1]);
  await page.waitForFunction((who) => document.querySelector('h1')?.textContent === who, en['today.ask.of'].replace('{who}', members[1]));
  await page.waitForSelector('.walk');
  assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('member'), members[1]);
  const asked = requests.map((url) => new URL(url)).findLast(({ pathname, searchParams }) => pathname === '/api/worklist' && searchParams.get('limit') === '30');
  assert.equal(asked?.searchParams.get('member'), members[1]);
  const list = await ask(`/api/worklist?${asked?.searchParams}`, ADMIN);
  assert.deepEqual(await rows(page), list.households.map((/** @type {any} */ one) => one.code));
  for (const kind of ['gpx', 'xlsx']) {
    const [request, download] = await Promise.all([page.waitForRequest(new RegExp(`/api/worklist\\?.*f=${kind}`)), page.waitForEvent('download'), page.click(`[data-key="${kind}"]`)]);
    assert.equal(new URL(request.url()).searchParams.get('member'), members[1], kind);
    assert.equal(download.suggestedFilename(), `worklist.${kind}`);
    const file = await readFile(await download.path());
    if (kind === 'gpx') assert.ok(list.households.every((/** @type {any} */ one) => file.includes(one.code)));
    else assert.equal(file.subarray(0, 2).toString(), 'PK');
  }
  await page.click('#print');
  await page.waitForSelector('.sheet.worksheet', { state: 'attached' });
  assert.ok((await page.textContent('.sheet.worksheet header'))?.includes(members[1]), 'the paper says whose it is');
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.reload();
  await page.waitForFunction((who) => /** @type {HTMLSelectElement | null} */ (document.querySelector('[data-key="today-member"]'))?.value === who, members[1]);
  await page.selectOption('[data-key="today-member"]', '');
  await page.waitForFunction((text) => document.querySelector('h1')?.textContent === text, en['today.ask']);
  assert.doesNotMatch(page.url(), /member=/);
  assert.deepEqual(errors, []);
  await done();
});

test('a name that has no list is said, and the way back leads to the own one', async () => {
  const { page, done } = await open(today('&member=nobody-here'), { ready: '[data-key="own"]' });
  assert.ok((await page.textContent('.trouble'))?.includes(en['today.nobody'].replace('{who}', 'nobody-here')));
  await page.click('[data-key="own"]');
  await page.waitForSelector('.walk');
  await done();
});

test('a member has the own list and no field, and nobody reads teams for them', async () => {
  const { page, requests, done } = await open(`#today=yes&campaign=2&lang=en&theme=light&token=${MEMBER}`, { ready: '.walk' });
  assert.equal(await page.locator('[data-key="today-member"]').count(), 0);
  assert.deepEqual(requests.filter((url) => url.includes('/api/teams')), []);
  await done();
});

test('on a phone, in the dark and in Chinese the head still says whose list it is, and nothing is cut off', async () => {
  const { page, done } = await open(today(`&member=${encodeURIComponent(members[1])}`).replace('lang=en&theme=light', 'lang=zh&theme=dark'), { ...PHONE, ready: '.walk' });
  assert.equal(await page.textContent('h1'), zh['today.ask.of'].replace('{who}', members[1]));
  assert.ok(((await page.locator('h1').boundingBox())?.height ?? 0) > 15, 'it is seen');
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width);
  await page.locator('[data-key="today-member"]').scrollIntoViewIfNeeded();
  const field = await page.locator('[data-key="today-member"]').boundingBox();
  assert.ok(field && field.height >= 44 && field.x + field.width <= PHONE.width);
  await done();
});
