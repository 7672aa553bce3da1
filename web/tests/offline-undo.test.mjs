/** What was logged is undone without network: out of the queue if it never left, else taken back behind it, in order. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, send } from './browser.mjs';
import { visitsOf } from './phone.mjs';
import { cut, device as phoneAt, grid, log, logAll, mend, opened, rows, sent, told, undo, VIEW, visitsTo, waiting, walker, way } from './walker.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @param {number} ms */
const rest = (ms) => new Promise((later) => { setTimeout(later, ms); });
/** Until nobody holds a visit of theirs any more. @param {Page} page */
const settled = (page) => page.waitForFunction((said) => !document.querySelector('#offline')?.textContent?.includes(said), en['offline.undo.one'].replace('{n}', '').trim(), { timeout: 30_000 });

test('a visit that never left the device is out of the queue, and stays out after a reload', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const [first, second] = await rows(page);
  await cut(device);
  await log(page, first);
  await log(page, second);
  await waiting(page, 2);
  await undo(page, first);
  await waiting(page, 1);
  assert.ok(['now', 'waiting'].includes(await page.getAttribute(`[data-row="${first}"]`, 'data-state') ?? ''), 'they are to be visited again');
  await page.reload();
  await waiting(page, 1);
  await page.waitForSelector(`[data-row="${first}"]`);
  assert.equal(await page.locator(`[data-row="${second}"]`).count(), 0);
  way.posted = 0;
  await mend(device);
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [second]);
  assert.equal(way.posted, 1);
  assert.deepEqual(await visitsTo(first).then((all) => all.filter(({ by }) => by === name)), [], 'the service never heard of it');
});

test('a visit that the service may have is taken back behind it, though the browser is killed in between', async () => {
  const { name, folder, device, page } = await walker('coordinator', grid);
  const [code, other] = await rows(page);
  await cut(device);
  await log(page, code);
  way.lose = Infinity; // a browser asks again by itself where a line that it used before breaks off
  await mend(device);
  while ((await visitsOf(name)).length === 0) await rest(20);
  await cut(device);
  way.lose = 0;
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [code], 'its answer was lost');
  await page.waitForSelector(`[data-row="${code}"][data-state="unsent"]`);
  await undo(page, code);
  await page.waitForSelector(`[data-row="${code}"] [data-undone="waits"]`);
  assert.match(await told(page, code) ?? '', /^Undone/);
  await log(page, other);
  await device.kill();
  const again = await phoneAt(folder);
  await again.context.setOffline(true);
  await again.page.goto(`${way.url}/#${VIEW}`);
  await again.page.waitForFunction((said) => document.querySelector('[data-offline="gone"]')?.textContent?.includes(said), en['offline.undo.one'].replace('{n}', '1'));
  await again.page.waitForSelector(`[data-row="${code}"]`); // whoever was not visited is to be visited
  await mend(again);
  const { secret } = await (await send('POST', `/api/users/${name}/link`, {}, ADMIN, { 'Content-Type': 'application/json' })).json();
  await opened(again.page, `link=${secret}`); // a browser that is killed may forget whom it had signed in
  await again.page.waitForFunction((who) => document.querySelector('#account-name')?.textContent?.includes(who), name);
  for (let tries = 0; tries < 300 && (await visitsOf(name)).every(({ household }) => household !== other); tries += 1) await rest(100); // the last in the order
  await settled(again.page);
  const own = (await visitsTo(code)).filter(({ by }) => by === name);
  assert.deepEqual(own.map((visit) => visit.void), ['withdrawn'], 'one visit, and it stands no more');
  assert.deepEqual((await visitsTo(other)).filter(({ by }) => by === name).map((visit) => visit.void), [undefined]);
  assert.equal(await again.page.locator('[data-offline="refused"]').count(), 0);
});

test('undone while visits are on their way, each is out or taken back, and none stands', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  await cut(device);
  const codes = (await rows(page)).slice(0, 16);
  await logAll(page, codes);
  await waiting(page, 16);
  await page.route('**/api/visits', async (route) => { await rest(400); await route.continue().catch(() => {}); });
  await mend(device);
  await page.waitForSelector('[data-state="sending"]', { timeout: 30_000 });
  const undone = codes.filter((_, i) => i % 2 === 0);
  await page.evaluate(async (all) => {
    for (const code of all) { // a row that is being sent has its button again once it is sent
      let button = null;
      while (!(button = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="undo-${code}"]`)))) await new Promise((later) => { setTimeout(later, 2); });
      button.click();
    }
  }, undone);
  await sent(page);
  await page.waitForFunction(() => !document.querySelector('[data-undone], [data-key^="undo-"]:disabled'), null, { timeout: 30_000 });
  for (const code of codes) {
    const standing = (await visitsTo(code)).filter((visit) => visit.by === name && visit.void === undefined).length;
    assert.equal(standing, undone.includes(code) ? 0 : 1, code);
  }
});

test('undone in another tab than it was logged in, both tabs agree and nothing is sent', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const other = await device.context.newPage();
  await other.goto(`${way.url}/#${VIEW}`);
  await other.waitForSelector('.walk > li');
  await cut(device);
  const [code, rest_] = await rows(page);
  await log(page, code);
  await log(page, rest_);
  await undo(other, code);
  await waiting(page, 1);
  await waiting(other, 1);
  await mend(device);
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [rest_]);
});

test('a correction gives way to what it corrected, whether it was sent or not', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const [early, late] = await rows(page);
  await log(page, late, 'visited', 'stored');
  await log(page, late, 'partly', 'stored');
  await page.waitForFunction((code) => /Partly/.test(document.querySelector(`[data-row="${code}"] [data-field="log"]`)?.textContent ?? ''), late);
  await cut(device);
  await log(page, early);
  await log(page, early, 'not_home');
  assert.ok((await told(page, early))?.includes(en['outcome.not_home']));
  await undo(page, early);
  await undo(page, late);
  for (const code of [early, late]) await page.waitForFunction((row) => /Visited/.test(document.querySelector(`[data-row="${row}"] [data-field="log"]`)?.textContent ?? ''), code);
  await mend(device);
  await sent(page);
  const standing = async (/** @type {string} */ code) => (await visitsTo(code)).filter((visit) => visit.by === name && visit.void === undefined).map(({ outcome }) => outcome);
  assert.deepEqual([await standing(early), await standing(late)], [['visited'], ['visited']]);
  assert.equal((await visitsTo(early)).filter(({ by }) => by === name).length, 1, 'the correction never left');
});

test('what is withdrawn or corrected on a card whose network is lost meanwhile is kept, and sent later', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const [gone, wrong] = await rows(page);
  await log(page, gone, 'visited', 'stored');
  await log(page, wrong, 'visited', 'stored');
  /** @param {string} code */
  const card = async (code) => {
    await page.evaluate((one) => { location.hash = `#household=${one}&campaign=2&lang=en&theme=light`; }, code);
    await page.waitForSelector(`[data-household="${code}"] .visits`);
    return (await visitsTo(code)).find(({ by }) => by === name)?.id ?? '';
  };
  const [first] = [await card(gone)];
  await cut(device);
  await page.click(`[data-key="withdraw-${first}"]`);
  await page.fill('#ask-reason', 'the wrong door');
  await page.click('#ask-yes');
  await page.waitForSelector(`[data-visit="${first}"] [data-field="later"]`, { timeout: 30_000 });
  await mend(device);
  await sent(page);
  await page.waitForSelector(`[data-visit="${first}"][data-void="withdrawn"]`, { timeout: 30_000 });
  const second = await card(wrong);
  await cut(device);
  await page.click(`[data-key="correct-${second}"]`);
  await page.selectOption('#correct-outcome', 'refused');
  await page.click('[data-key="correct-save"]');
  await page.waitForSelector(`[data-visit="${second}"] [data-field="later"]`, { timeout: 30_000 });
  await mend(device);
  await sent(page);
  await page.waitForSelector(`[data-visit="${second}"][data-void="corrected"]`, { timeout: 30_000 });
  assert.deepEqual((await visitsTo(wrong)).filter((visit) => visit.by === name && visit.void === undefined).map(({ outcome }) => outcome), ['refused']);
});
