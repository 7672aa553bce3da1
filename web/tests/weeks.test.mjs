/** How coverage grew week by week, beside the comparison of rates. */

import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { path, shares, top } from '../weekfigures.js';
import { en } from '../words.en.js';
import { ADMIN, ask, close, open } from './browser.mjs';
import { AS, byName, percent } from './ratepage.mjs';

after(close);

test('each area is drawn week by week on one scale, and the table says what the service says', async () => {
  const { page, errors, done } = await open(`#campaign=1&rates=township${AS}`, { ready: '.multiples' });
  const found = await ask('/api/coverage/weeks?campaign=1&level=township', ADMIN);
  assert.ok(found.weeks.length >= 2, 'the demo has weeks');
  assert.deepEqual(await page.$$eval('[data-weeks]', (all) => all.map((one) => one.getAttribute('data-weeks'))), byName(found.areas), 'in the order of the table');
  await page.click('[data-key="weeks-table-head"]');
  const cells = (/** @type {string} */ code) => page.$$eval(`[data-weeks-row="${code}"] td`, (all) => all.map((cell) => cell.textContent));
  for (const { code, eligible, reached } of [...found.areas, { code: '', ...found.overall }]) assert.deepEqual(await cells(code), reached.map((/** @type {number} */ n) => percent(n / eligible)));
  const most = top(found);
  for (const area of found.areas) {
    assert.equal(await page.getAttribute(`[data-weeks="${area.code}"] .own`, 'd'), path(shares(area), most));
    assert.equal(await page.getAttribute(`[data-weeks="${area.code}"] .whole`, 'd'), path(shares(found.overall), most));
  }
  await page.selectOption('#campaign', '');
  await page.waitForFunction(() => document.querySelector('[data-part="weeks"]') === null, null, { timeout: 10_000 }); // all visits have no weeks
  assert.deepEqual(errors, []);
  await done();
});

test('weeks that have not begun and weeks that cannot be read are said so, and the comparison stands', async () => {
  const body = { campaign: 1, as_of: '2026-11-23T00:00:00Z', level: 'township', weeks: [], overall: { eligible: 0, reached: [] }, areas: [] };
  const none = await open(`#campaign=1&rates=township${AS}`, { ready: '[data-figure="weeks-none"]', prepare: (p) => p.route('**/api/coverage/weeks?*', (route) => route.fulfill({ json: body })) });
  assert.equal(await none.page.textContent('[data-figure="weeks-none"]'), en['weeks.none']);
  await none.done();
  const failed = await open(`#campaign=1&rates=township${AS}`, { ready: '[data-key="weeks-again"]', prepare: (p) => p.route('**/api/coverage/weeks?*', (route) => route.fulfill({ status: 503, body: 'no' })) });
  assert.ok(await failed.page.isVisible('[data-figure="real"]'));
  await failed.page.unroute('**/api/coverage/weeks?*');
  await failed.page.click('[data-key="weeks-again"]');
  await failed.page.waitForSelector('.multiples');
  await failed.done();
});
