/** A browser that cannot keep what it is given: the person is told, nothing is shown as kept that is not, and nothing is lost. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { en } from '../words.en.js';
import { visitsOf } from './phone.mjs';
import { VIEW, cut, grid, log, mend, rows, sent, told, undo, waiting, walker, way } from './walker.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @param {Page} page @param {boolean} now */
const broken = (page, now) => page.waitForSelector('[data-offline="broken"]', { state: now ? 'visible' : 'detached', timeout: 20_000 });
/** How a row begins whose visit is in the open page alone. */
const LOOSE = en['today.loose'].split(':')[0];
const UNSENT = en['today.unsent'].split(':')[0];
/** The visits that lie in the browser's store. @param {Page} page @returns {Promise<string[]>} their households */
const stored = (page) => page.evaluate(async () => {
  const found = (await indexedDB.databases()).find(({ name }) => name?.endsWith(':visits'));
  if (!found) return [];
  return new Promise((done, failed) => {
    const opened = indexedDB.open(/** @type {string} */ (found.name));
    opened.onerror = failed;
    opened.onsuccess = () => {
      const asked = opened.result.transaction('visits').objectStore('visits').getAll();
      asked.onsuccess = () => { opened.result.close(); done(asked.result.map(({ household }) => household)); };
    };
  });
});

/** As a device that is full: what is written is taken back as a whole, while `full` is set. */
function filled() {
  const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (...given) {
    const asked = add.apply(this, /** @type {any} */ (given));
    if (/** @type {any} */ (globalThis).full) {
      Object.defineProperty(this.transaction, 'error', { value: new DOMException('no room', 'QuotaExceededError') });
      this.transaction.abort();
    }
    return asked;
  };
}

test('where the store does not open, the visit is in the page, said to be, undone or sent with network', async () => {
  const { name, device, page } = await walker('coordinator', grid, {
    prepare: (one) => one.addInitScript(() => { IDBFactory.prototype.open = () => { throw new DOMException('refused', 'SecurityError'); }; }),
  });
  const [first, second] = await rows(page);
  await cut(device);
  await log(page, first);
  await log(page, second);
  await broken(page, true);
  assert.equal(await page.textContent('[data-offline="broken"] [role="alert"]'), en['offline.broken']);
  for (const code of [first, second]) assert.ok((await told(page, code))?.startsWith(LOOSE), 'it is not said to be kept');
  await undo(page, second);
  await waiting(page, 1);
  await mend(device);
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [first]);
});

test('where the device is full, tiles give way to a visit', async () => {
  const { name, device, page } = await walker('coordinator', grid, {
    async prepare(one) {
      await one.addInitScript(filled);
      await one.addInitScript(() => {
        const drop = Cache.prototype.delete;
        Cache.prototype.delete = function (...given) { /** @type {any} */ (globalThis).full = false; return drop.apply(this, given); };
      });
    },
  });
  const tiles = () => page.getAttribute('[data-kept]', 'data-tiles').then(Number);
  const before = await tiles();
  const [code] = await rows(page);
  await cut(device);
  await page.evaluate(() => { /** @type {any} */ (globalThis).full = true; });
  await log(page, code);
  assert.ok((await told(page, code))?.startsWith(UNSENT));
  assert.deepEqual(await stored(page), [code]);
  assert.equal(await page.locator('[data-offline="broken"]').count(), 0);
  await page.waitForSelector('[data-kept="full"]', { state: 'attached' });
  assert.equal(await tiles(), before - 40);
  await page.reload();
  await waiting(page, 1);
  await mend(device);
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [code]);
});

test('where there is no room to be made, the visit is in the page; once there is, it is kept, in its order', async () => {
  const { name, device, page } = await walker('coordinator', grid, {
    prepare: (one) => one.addInitScript(filled),
  });
  const [first, second, third, fourth] = await rows(page);
  await cut(device);
  await log(page, first);
  await page.evaluate(() => { /** @type {any} */ (globalThis).full = true; });
  await log(page, second);
  await log(page, third);
  await broken(page, true);
  assert.ok((await told(page, first))?.startsWith(UNSENT));
  for (const code of [second, third]) assert.ok((await told(page, code))?.startsWith(LOOSE));
  await page.evaluate(() => { /** @type {any} */ (globalThis).full = false; });
  await log(page, fourth);
  await broken(page, false);
  assert.ok((await told(page, second))?.startsWith(UNSENT));
  assert.deepEqual(await stored(page), [first, second, third, fourth]);
  await page.reload();
  await waiting(page, 4);
  await mend(device);
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [first, second, third, fourth]);
});

test('a store that is deleted behind two tabs is written anew, once', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const other = await device.context.newPage();
  await other.goto(`${way.url}/#${VIEW}`);
  await other.waitForSelector('.walk > li');
  const [first, second] = await rows(page);
  await cut(device);
  await log(page, first);
  await log(page, second);
  await waiting(other, 2);
  await page.evaluate(async () => {
    for (const { name: base } of await indexedDB.databases()) await new Promise((done) => { indexedDB.deleteDatabase(/** @type {string} */ (base)).onsuccess = () => done(undefined); });
  });
  for (let tries = 0; tries < 100 && (await stored(page)).length < 2; tries += 1) await new Promise((later) => { setTimeout(later, 50); });
  assert.deepEqual(await stored(page), [first, second]);
  await page.reload();
  await waiting(page, 2);
  await mend(device);
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [first, second]);
});

test('a store that an older page holds open is waited for, and nothing is said to be kept meanwhile', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const older = await device.context.newPage();
  await older.goto(`${way.url}/health/live`);
  await older.evaluate((base) => new Promise((done) => { // as a page that does not let go
    const asked = indexedDB.open(base, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('visits', { keyPath: 'seq', autoIncrement: true });
    asked.onsuccess = () => { /** @type {any} */ (globalThis).held = asked.result; done(undefined); };
  }), 'melonmap:/:visits');
  const [first, second] = await rows(page);
  await cut(device);
  await log(page, first);
  await broken(page, true);
  assert.ok((await told(page, first))?.startsWith(LOOSE));
  await log(page, second);
  await older.close();
  await broken(page, false);
  assert.deepEqual(await stored(page), [first, second]);
  await mend(device);
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [first, second]);
});

test('where the device has no room for the map, keeping ahead stops, says how far it got, and the walk goes on', async () => {
  const { name, device, page } = await walker('coordinator', grid, {
    prepare: (one) => one.addInitScript(() => {
      const put = Cache.prototype.put;
      let tiles = 0;
      Cache.prototype.put = function (request, answer) {
        if (/\/tiles\/\w+\/\d/.test(String(request)) && ++tiles > 25) throw new DOMException('no room', 'QuotaExceededError');
        return put.call(this, request, answer);
      };
    }),
    until: async (one) => {
      await one.waitForSelector('[data-kept="full"]', { timeout: 60_000, state: 'attached' });
      await one.evaluate(async () => {
        await navigator.serviceWorker.ready;
        while (!navigator.serviceWorker.controller) await new Promise((later) => { setTimeout(later, 50); });
      });
    },
  });
  const said = await page.textContent('[data-kept="full"]') ?? '';
  const lie = await page.evaluate(async () => {
    const name_ = (await caches.keys()).find((one) => one.includes(':kept:')) ?? '';
    return (await (await caches.open(name_)).keys()).filter(({ url }) => /\/tiles\/\w+\/\d/.test(url)).length;
  });
  assert.equal(lie, 25);
  assert.match(said, /^The device has no more room: [\d,]+ households and 25 of \d+ tiles/);
  await page.waitForSelector('.walk > li');
  const [code] = await rows(page);
  await cut(device);
  await page.reload();
  await page.waitForSelector('.walk > li');
  await log(page, code);
  await page.click(`[data-row="${code}"] .stop`);
  await page.click(`[data-row="${code}"] [data-key="card"]`);
  await page.waitForSelector('[data-card="kept"]');
  await mend(device);
  await sent(page);
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [code]);
});
