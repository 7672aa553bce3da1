/** Visits without network, in a browser as a person has it: a phone's width, a session by link. What was logged is sent in order, once. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { en } from '../words.en.js';
import { rooted, visitsOf } from './phone.mjs';
import { VIEW, areas, cut, device as phoneAt, grid, log, logAll, mend, rows, sent, township, waiting, walker, way } from './walker.mjs';

test('a member signs in by link, logs a visit in two taps, loses the network, reloads, goes on, and nothing is lost', async () => {
  const { name, device, page } = await walker('member', areas, { map: true });
  const [first, second, third] = await rows(page);
  await log(page, first, 'visited', 'stored');
  await cut(device);
  await page.reload();
  await page.waitForSelector('.walk > li');
  assert.ok((await page.textContent('[data-offline="gone"]'))?.includes(en['offline.gone']));
  const list = await rows(page);
  assert.ok(!list.includes(first), 'whoever was visited has left the list');
  assert.deepEqual(list.slice(0, 2), [second, third], 'the walk goes on where it was');
  await log(page, second);
  await log(page, third, 'partly');
  await waiting(page, 2);
  await page.waitForSelector('#map[aria-busy="false"]', { timeout: 30_000 });
  assert.ok(await page.isHidden('#notice'), 'nothing is said to have failed');
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  await page.reload();
  await waiting(page, 2);
  await page.waitForSelector('[data-view="today"]');
  assert.deepEqual((await rows(page)).filter((code) => [first, second, third].includes(code)), []);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [first]);
  await mend(device);
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household, outcome }) => [household, outcome]), [[first, 'visited'], [second, 'visited'], [third, 'partly']]);
  assert.deepEqual(device.errors, []);
});

test('200 visits logged without network, the browser killed in between: all in the store, once each, in order', async () => {
  const { name, folder, device: before_, page: first } = await walker('coordinator', township);
  let device = before_;
  let page = first;
  /** @type {string[]} */
  const logged = [];
  await cut(device);
  /** @param {number} n */
  const go = async (n) => {
    while (logged.length < n) {
      const open = await page.$$eval('.walk > li:not(.done)', (all) => all.map((row) => row.getAttribute('data-row') ?? ''));
      if (open.length === 0) {
        await page.click('[data-key="fresh"]');
        await page.waitForSelector('.walk > li:not(.done)');
      }
      const now = open.slice(0, n - logged.length);
      await logAll(page, now);
      logged.push(...now);
    }
  };
  await go(120);
  await rooted(folder);
  await device.kill();
  device = await phoneAt(folder);
  ({ page } = device);
  await device.context.setOffline(true);
  await page.goto(`${way.url}/#${VIEW}`);
  await waiting(page, 120);
  await go(200);
  await waiting(page, 200);
  assert.deepEqual(await visitsOf(name), []);
  await mend(device);
  await sent(page);
  const stored = await visitsOf(name);
  assert.equal(stored.length, 200);
  assert.equal(new Set(stored.map(({ id }) => id)).size, 200);
  assert.deepEqual(stored.map(({ household }) => household), logged, 'in the order in which they were logged');
  assert.ok(stored.every(({ at }, i) => i === 0 || Date.parse(at) >= Date.parse(stored[i - 1].at)), 'each with the time at which it was logged');
  assert.deepEqual(device.errors, []);
});

test('an answer that is lost on its way doubles nothing', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const codes = (await rows(page)).slice(0, 3);
  await cut(device);
  for (const code of codes) await log(page, code);
  way.lose = 2;
  way.posted = 0;
  await mend(device);
  await sent(page);
  assert.equal(way.lose, 0, 'two answers were lost');
  assert.ok(way.posted >= 3, 'they were sent again');
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), codes);
});

test('two tabs share one queue, and one of them sends it', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const other = await device.context.newPage();
  await other.goto(`${way.url}/#${VIEW}`);
  await other.waitForSelector('.walk > li');
  await cut(device);
  const codes = (await rows(page)).slice(0, 4);
  for (const [i, code] of codes.entries()) await log(i % 2 === 0 ? page : other, code);
  await waiting(page, 4);
  await waiting(other, 4);
  way.posted = 0;
  await mend(device);
  await sent(page);
  await sent(other);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), codes);
  assert.equal(way.posted, 1, 'all in one request');
});

test('a visit that is refused is shown with its reason, until somebody dismisses it', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const [good, bad, last] = await rows(page);
  await cut(device);
  for (const code of [good, bad, last]) await log(page, code);
  await page.evaluate((household) => new Promise((done, failed) => { // as a household that is gone by the time the network is back
    indexedDB.databases().then(([{ name: base }]) => {
      const opened = indexedDB.open(/** @type {string} */ (base));
      opened.onerror = failed;
      opened.onsuccess = () => {
        const work = opened.result.transaction('visits', 'readwrite');
        const table = work.objectStore('visits');
        table.openCursor().onsuccess = ({ target }) => {
          const cursor = /** @type {any} */ (target).result;
          if (!cursor) return;
          if (cursor.value.household === household) cursor.update({ ...cursor.value, household: 'H-GONE' });
          cursor.continue();
        };
        work.oncomplete = () => { opened.result.close(); done(undefined); };
      };
    });
  }), bad);
  await mend(device);
  await page.waitForSelector('[data-offline="refused"]', { timeout: 30_000 });
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [good, last], 'the others are stored');
  await page.click('[data-key="refused"]');
  assert.match((await page.textContent('[data-refused]')) ?? '', /H-GONE.*Visited/);
  await page.reload();
  await page.waitForSelector('[data-offline="refused"]');
  await page.click('[data-key="refused"]');
  await page.click('[data-refused] [data-key^="drop-"]');
  await page.waitForSelector('[data-offline="refused"]', { state: 'detached' });
  await page.reload();
  await page.waitForSelector('.walk > li');
  assert.equal(await page.locator('[data-offline="refused"]').count(), 0);
});
