/** Without network, in a browser as a person has it: a phone's width, a session by link, what is kept on the device. */

import assert from 'node:assert/strict';
import test, { after, afterEach, before } from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, MEMBER, ask, figure, send } from './browser.mjs';
import { empty, line, person, phone, pocket, visitsOf } from './phone.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {Awaited<ReturnType<typeof phone>>} Phone */
const VIEW = 'today=yes&campaign=2&lang=en&theme=light';

/** @type {import('./phone.mjs').Line} */
let way;
/** @type {string[]} folders to be removed */
const folders = [];
/** Two grids, and a township with more than enough who wait: not those of the sample member, whom other tests need. @type {string[]} */
let areas = [];
/** @type {string[]} */
let township = [];

before(async () => {
  way = await line();
  const most = async (/** @type {string} */ level) => (await ask(`/api/coverage?campaign=2&level=${level}`, ADMIN)).areas.toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.unvisited - a.unvisited);
  const own = (await ask('/api/me', MEMBER)).areas;
  const theirs = await Promise.all(own.map(async (/** @type {string} */ code) => (await ask(`/api/areas/${code}`)).parent));
  const [first, second] = (await most('township')).map((/** @type {any} */ { code }) => code).filter((/** @type {string} */ code) => !theirs.includes(code));
  township = [first];
  areas = (await most('grid')).filter((/** @type {any} */ { parent }) => parent === second).map((/** @type {any} */ { code }) => code).slice(0, 2);
});
/** What a test leaves open, whatever became of it. @type {Phone[]} */
let devices = [];
afterEach(async () => {
  await Promise.all(devices.map((device) => device.close()));
  devices = [];
  Object.assign(way, { lose: 0, newer: false });
  await way.cut();
  await way.mend();
});
after(async () => {
  await way.cut();
  await Promise.all(folders.map(empty));
});

/** A new phone on which somebody signs in by link and everything for the walk is kept. @param {'member' | 'coordinator'} role @param {string[]} of */
async function walker(role, of) {
  const folder = await pocket();
  folders.push(folder);
  const who = await person(role, of);
  const device = await phone(folder);
  devices.push(device);
  await device.page.goto(`${way.url}/#${VIEW}&link=${who.link}`);
  await ready(device.page);
  return { ...who, folder, device, page: device.page };
}

/** Until all is there that a walk needs. @param {Page} page */
async function ready(page) {
  await page.waitForSelector('.walk > li', { timeout: 20_000 });
  await page.waitForSelector('[data-kept="whole"]', { timeout: 60_000, state: 'attached' });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((later) => { setTimeout(later, 50); });
  });
}

/** Cuts the network, for the page and for the service worker. @param {Phone} device */
async function cut(device) {
  await device.context.setOffline(true);
  await way.cut();
  assert.equal(await device.page.evaluate(() => fetch('health/live').then(() => 'answered', () => 'nobody')), 'nobody');
}

/** @param {Phone} device */
async function mend(device) {
  await way.mend();
  await device.context.setOffline(false);
}

/** @param {Page} page @returns {Promise<string[]>} */
const rows = (page) => page.$$eval('.walk > li', (all) => all.map((row) => row.getAttribute('data-row') ?? ''));

/** Two taps. @param {Page} page @param {string} code @param {string} [outcome] @param {string} [becomes] */
async function log(page, code, outcome = 'visited', becomes = 'unsent') {
  await page.click(`[data-row="${code}"] .stop`);
  await page.click(`[data-row="${code}"] [data-outcome="${outcome}"]`);
  await page.waitForSelector(`[data-row="${code}"][data-state="${becomes}"]`);
}

/** The same for many, without waiting for the map to be still in between: taps as the page hears them. @param {Page} page @param {string[]} codes */
const logAll = (page, codes) => page.evaluate(async (all) => {
  for (const code of all) {
    const row = () => document.querySelector(`[data-row="${code}"]`);
    /** @type {HTMLElement | null | undefined} */ (row()?.querySelector('.stop'))?.click();
    /** @type {HTMLElement | null | undefined} */ (row()?.querySelector('[data-outcome="visited"]'))?.click();
    while (row()?.getAttribute('data-state') !== 'unsent') await new Promise((later) => { setTimeout(later, 2); });
  }
}, codes);

/** @param {Page} page @param {number} n */
const waiting = (page, n) => page.waitForFunction((text) => document.querySelector('#offline')?.textContent?.includes(text), en[n === 1 ? 'offline.wait.one' : 'offline.wait'].replace('{n}', String(n)));
/** @param {Page} page */
const sent = (page) => page.waitForFunction(() => !document.querySelector('[data-offline="gone"], [data-offline="waiting"], [data-offline="sending"]'), null, { timeout: 60_000 });

/** Opens the page anew. @param {Page} page @param {string} by */
async function opened(page, by) {
  await page.goto('about:blank');
  await page.goto(`${way.url}/#${VIEW}&${by}`);
}

/** What the browser keeps of persons. @param {Page} page */
const keeps = (page) => page.evaluate(async () => {
  const names = await caches.keys();
  const bases = await indexedDB.databases();
  return { caches: names.filter((name) => name.includes(':kept:')), bases: bases.map(({ name }) => name), session: sessionStorage.length };
});

test('a member signs in by link, logs a visit in two taps, loses the network, reloads, goes on, and nothing is lost', async () => {
  const { name, device, page } = await walker('member', areas);
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
  await device.kill();
  device = await phone(folder);
  devices.push(device);
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
  assert.ok(stored.every(({ at }, i) => i === 0 || at >= stored[i - 1].at), 'each with the time at which it was logged');
  assert.deepEqual(device.errors, []);
});

test('an answer that is lost on its way doubles nothing', async () => {
  const { name, device, page } = await walker('coordinator', township);
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
  const { name, device, page } = await walker('coordinator', township);
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

test('signing out asks about what waits, and erases all that is kept', async () => {
  const { name, device, page } = await walker('member', areas);
  assert.equal((await keeps(page)).caches.length, 1);
  const [code] = await rows(page);
  await cut(device);
  await log(page, code, 'not_home');
  await page.click('#account');
  await page.click('#sign-out');
  await page.waitForSelector('#ask[open]');
  assert.equal(await page.textContent('#ask-title'), en['offline.leave.one'].replace('{n}', '1'));
  await page.click('#ask-no');
  await waiting(page, 1);
  assert.equal(await page.getAttribute('#account', 'data-role'), 'member');
  await page.click('#account');
  await page.click('#sign-out');
  await page.click('#ask-yes');
  await page.waitForSelector('#account[data-role="public"]');
  assert.deepEqual(await keeps(page), { caches: [], bases: [], session: 0 });
  assert.equal(await page.locator('.walk > li').count(), 0, 'nothing of it is left on the page');
  await page.reload();
  await page.waitForSelector('.trouble');
  assert.equal(await page.locator('.walk > li').count(), 0);
  await mend(device);
  await page.waitForSelector('#account[data-role="public"]');
  await page.waitForFunction(() => localStorage.getItem('melonmap.left') === null, null, { timeout: 30_000 }); // the session has ended on the service too
  await page.reload();
  await page.waitForSelector('.trouble, [data-figure]');
  assert.equal(await page.getAttribute('#account', 'data-role'), 'public');
  assert.deepEqual(await visitsOf(name), [], 'what was given up stays so');
  assert.deepEqual((await keeps(page)).caches, []);
});

test('with network, signing out sends what waits first', async () => {
  const { name, page } = await walker('member', areas);
  const [code] = await rows(page);
  await page.route('**/api/visits', (route) => route.abort()); // the worker is not between: it lets this through
  await log(page, code, 'not_home');
  await page.unroute('**/api/visits');
  await page.click('#account');
  await page.click('#sign-out');
  await page.waitForSelector('#account[data-role="public"]');
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [code]);
});

test('a visit that is refused is shown with its reason, until somebody dismisses it', async () => {
  const { name, device, page } = await walker('coordinator', township);
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

test('a session that ended meanwhile keeps the queue; somebody else does not send it; the same person does', async () => {
  const { name, device, page } = await walker('coordinator', township);
  const [code] = await rows(page);
  await cut(device);
  await log(page, code);
  await send('DELETE', `/api/users/${name}`, null, ADMIN);
  await mend(device);
  await page.waitForSelector('#account[data-role="public"]', { timeout: 30_000 });
  await page.waitForSelector('[data-offline="foreign"] [data-key="sign-again"]');
  assert.deepEqual((await keeps(page)).caches, [], 'what was kept for the walk is erased');
  assert.deepEqual(await visitsOf(name), []);
  const other = await person('coordinator', township);
  await opened(page, `link=${other.link}`);
  await page.waitForSelector('#account[data-role="coordinator"]');
  await page.waitForSelector('[data-offline="foreign"]');
  assert.ok((await page.textContent('[data-offline="foreign"]'))?.includes(en['offline.foreign.one'].replace('{n}', '1')));
  assert.ok(!(await page.textContent('#offline'))?.includes(name), 'nobody is told whose they are');
  assert.deepEqual([...await visitsOf(name), ...await visitsOf(other.name)], []);
  const back = await person('coordinator', township, name);
  await opened(page, `link=${back.link}`);
  await page.waitForFunction((who) => document.querySelector('#account-name')?.textContent?.includes(who), name);
  await page.waitForSelector('[data-offline="foreign"]', { state: 'detached' });
  // The queue is read once the page stands: nothing on it tells that it was not read yet.
  for (let tries = 0; tries < 100 && (await visitsOf(name)).length === 0; tries += 1) await new Promise((later) => { setTimeout(later, 200); });
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [code]);
  assert.deepEqual(await visitsOf(other.name), []);
});

test('every file that the page loads is kept, and a token leaves nothing on the device', async () => {
  const { page } = await walker('member', areas);
  await page.click('[data-key="task-households"]');
  await page.waitForSelector('#map[aria-busy="false"]', { timeout: 30_000 });
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const kept = await page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.includes(':shell:')) ?? '';
    return (await (await caches.open(name)).keys()).map(({ url }) => url);
  });
  const files = loaded.map((url) => url.split(/[?#]/)[0]).filter((url) => /\/(web|styles|glyphs)\//.test(url));
  assert.ok(files.length > 40, String(files.length));
  assert.deepEqual(files.filter((url) => !kept.includes(url) && !url.includes('/glyphs/')), []);
  assert.ok(kept.includes(`${way.url}/`), 'the page itself');
  await page.click('#account');
  await page.click('#sign-out');
  await page.waitForSelector('#account[data-role="public"]');
  await opened(page, `token=${MEMBER}`);
  await page.waitForSelector('.walk > li');
  await page.waitForSelector('#map[aria-busy="false"]', { timeout: 30_000 });
  assert.deepEqual((await keeps(page)).caches, []);
});

test('a newer page is loaded beside the old one, and taken when somebody says so', async () => {
  const { page } = await walker('member', areas);
  const shells = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.includes(':shell:')));
  const [old] = await shells();
  way.newer = true;
  await page.reload();
  await page.waitForSelector('[data-offline="update"]', { timeout: 30_000 });
  assert.equal((await shells()).length, 2);
  await Promise.all([page.waitForEvent('load'), page.click('[data-key="reload"]')]);
  await page.waitForSelector('.walk > li');
  assert.equal(await page.locator('[data-offline="update"]').count(), 0);
  const now = await shells();
  assert.ok(now.length === 1 && now[0] !== old && now[0].endsWith(':newer'), now.join());
});

test('how much is kept for the walk is said, and is what lies on the device', async () => {
  const { page } = await walker('member', areas);
  const said = await page.textContent('[data-kept="whole"]');
  const tiles = Number(await page.getAttribute('[data-kept]', 'data-tiles'));
  assert.equal(figure(/([\d,]+) tiles/.exec(said ?? '')?.[1] ?? ''), tiles);
  const kept = await page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.includes(':kept:')) ?? '';
    return (await (await caches.open(name)).keys()).map(({ url }) => url);
  });
  assert.equal(kept.filter((url) => /\/tiles\/\w+\/\d/.test(url)).length, tiles);
  assert.ok(tiles > 40 && tiles <= 600, String(tiles));
  assert.ok(!kept.some((url) => url.includes('/api/households/')), 'no card with needs and contact');
});


