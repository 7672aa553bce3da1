/** Whose visits wait on a device, and what is left of a person on it: signing out, a session that ended, a token. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, send } from './browser.mjs';
import { person, visitsOf } from './phone.mjs';
import { areas, cut, grid, keeps, log, mend, opened, rows, waiting, walker } from './walker.mjs';

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

test('a session that ended meanwhile keeps the queue; somebody else does not send it; the same person does', async () => {
  const { name, device, page } = await walker('coordinator', grid);
  const [code] = await rows(page);
  await cut(device);
  await log(page, code);
  await send('DELETE', `/api/users/${name}`, null, ADMIN);
  await mend(device);
  await page.waitForSelector('#account[data-role="public"]', { timeout: 30_000 });
  await page.waitForSelector('[data-offline="foreign"] [data-key="sign-again"]');
  assert.deepEqual((await keeps(page)).caches, [], 'what was kept for the walk is erased');
  assert.deepEqual(await visitsOf(name), []);
  const other = await person('coordinator', grid);
  await opened(page, `link=${other.link}`);
  await page.waitForSelector('#account[data-role="coordinator"]');
  await page.waitForSelector('[data-offline="foreign"]');
  assert.ok((await page.textContent('[data-offline="foreign"]'))?.includes(en['offline.foreign.one'].replace('{n}', '1')));
  assert.ok(!(await page.textContent('#offline'))?.includes(name), 'nobody is told whose they are');
  assert.deepEqual([...await visitsOf(name), ...await visitsOf(other.name)], []);
  const back = await person('coordinator', grid, name);
  await opened(page, `link=${back.link}`);
  await page.waitForFunction((who) => document.querySelector('#account-name')?.textContent?.includes(who), name);
  await page.waitForSelector('[data-offline="foreign"]', { state: 'detached' });
  // The queue is read once the page stands: nothing on it tells that it was not read yet.
  for (let tries = 0; tries < 100 && (await visitsOf(name)).length === 0; tries += 1) await new Promise((later) => { setTimeout(later, 200); });
  assert.deepEqual((await visitsOf(name)).map(({ household }) => household), [code]);
  assert.deepEqual(await visitsOf(other.name), []);
});

test('a tile of a person is in no cache after signing out', async () => {
  const { page } = await walker('member', areas);
  const read = (/** @type {RequestCache} */ cache) => page.evaluate(async (how) => {
    const answer = await fetch('tiles/households/7/67/44', { cache: how, mode: 'same-origin' }).catch(() => null); // no zoom of the walk: only the browser's own cache has it
    return answer === null ? 'nothing' : [answer.status, answer.headers.get('Cache-Control'), (await answer.arrayBuffer()).byteLength > 0].join();
  }, cache);
  const tile = await read('no-cache');
  assert.match(tile, /^200,private, no-cache,true$/);
  assert.equal(await read('only-if-cached'), tile, 'it is kept, to be asked about again');
  await page.evaluate(() => localStorage.setItem('other', 'stays'));
  await page.click('#account');
  await page.click('#sign-out');
  await page.waitForSelector('#account[data-role="public"]');
  await page.waitForFunction(() => localStorage.getItem('melonmap.left') === null, null, { timeout: 30_000 });
  assert.match(await read('only-if-cached'), /^(nothing|504.*)$/);
  assert.equal(await page.evaluate(() => localStorage.getItem('other')), 'stays', 'the choice of language and theme is nobody else’s business');
});
