/** The page follows what changes: bundled, and over a line that broke. */

import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import test, { after } from 'node:test';
import { ADMIN, URL_, ask, close, mapDrawn, open, shown, visit } from './browser.mjs';

after(close);

/** @param {import('playwright-core').Page} page @param {number} n */
const unvisited = (page, n) => page.waitForFunction((n) => Number(document.querySelector('[data-figure="unvisited"]')?.textContent?.replace(/\D/g, '')) === n, n, { timeout: 15_000, polling: 50 });

/** A line to the service that can be cut and mended: whatever is open breaks, and nothing new gets through meanwhile. */
async function line() {
  const { hostname, port } = new URL(URL_);
  /** @type {Set<import('node:net').Socket>} */
  const open = new Set();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [from, to] of [[near, far], [far, near]]) {
      open.add(from);
      from.on('error', () => from.destroy()).on('close', () => { open.delete(from); to.destroy(); }).pipe(to);
    }
  });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', () => ready(undefined)); });
  const cut = () => { whole = false; open.forEach((socket) => socket.destroy()); };
  return {
    origin: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
    cut,
    mend: () => { whole = true; },
    end: () => { cut(); server.close(); },
  };
}

/** The next households that nobody reached, and a page of all visits around the first of them. @param {number} count @param {string} [origin] */
async function watched(count, origin = URL_) {
  const { households } = await ask(`/api/unvisited?limit=${count}`, ADMIN);
  const opened = await open(`#map=17.50/${households[0].lat}/${households[0].lon}&campaign=all&lang=en&theme=light&token=${ADMIN}`, { origin });
  await opened.page.waitForSelector('[data-live="open"]');
  await mapDrawn(opened.page);
  return { ...opened, codes: /** @type {string[]} */ (households.map((/** @type {{code: string}} */ h) => h.code)) };
}

test('what changed while the line was cut is caught up from the last event, tile by tile', async (t) => {
  const { origin, cut, mend, end } = await line();
  t.after(end); // whatever becomes of it: a line that is open keeps the process
  const { page, requests, done, codes: [first, second] } = await watched(2, origin);
  const before = await shown(page, '[data-figure="unvisited"]');
  await visit(first);
  await unvisited(page, before - 1);
  cut();
  await page.waitForSelector('[data-live="lost"]', { timeout: 15_000 });
  await visit(second);
  assert.equal(await shown(page, '[data-figure="unvisited"]'), before - 1);
  const known = requests.length;
  const again = page.waitForRequest((request) => new URL(request.url()).pathname === '/live');
  const tile = page.waitForRequest((request) => request.url().includes('/tiles/households/'));
  // Where something failed meanwhile the page said so, and reads everything again; else the base map stays.
  const troubled = await page.isVisible('#notice');
  mend();
  assert.match((await (await again).allHeaders())['last-event-id'] ?? '', /^\d+$/);
  await unvisited(page, before - 2);
  await tile;
  await mapDrawn(page);
  // A tile that comes into sight for the first time, as bars come and go, is no reading again.
  const read = new Set(requests.slice(0, known));
  const ground = requests.slice(known).filter((url) => url.includes('/tiles/context/') && /\/\d+\/\d+\/\d+/.test(url) && read.has(url));
  if (!troubled) assert.deepEqual(ground, [], 'the base map did not change and is not read again');
  await done();
});

test('many changes at once are few refreshes', async () => {
  const { page, requests, done, codes } = await watched(30);
  const before = await shown(page, '[data-figure="unvisited"]');
  const known = requests.length;
  await Promise.all(codes.map((code) => visit(code)));
  await unvisited(page, before - codes.length);
  const asked = requests.slice(known).filter((url) => new URL(url).pathname === '/api/coverage').length;
  assert.ok(asked >= 1 && asked <= codes.length / 2, `${asked} questions after ${codes.length} changes`);
  await done();
});
