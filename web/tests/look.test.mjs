import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, ALL, ask, close, mapDrawn, open } from './browser.mjs';

after(close);

/** Every text a person can read or hear. @param {import('playwright-core').Page} page */
const texts = (page) => page.evaluate(() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    if (!n.parentElement?.closest('noscript, script, .maplibregl-map, #language')) found.push((n.textContent ?? '').trim());
  }
  for (const e of document.querySelectorAll('[aria-label], [placeholder], [title]')) {
    if (e.closest('#language')) continue;
    for (const a of ['aria-label', 'placeholder', 'title']) if (e.getAttribute(a)) found.push(e.getAttribute(a) ?? '');
  }
  return found.filter(Boolean);
});

test('the language switch changes every text', async () => {
  const { page, done } = await open(`${ALL}&token=${ADMIN}`);
  const before = await texts(page);
  assert.ok(before.includes(en['table.most']));
  await page.click('#language');
  await page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
  const english = new Set(Object.values(en).filter((text) => /[a-z]{3}/.test(text)));
  assert.deepEqual((await texts(page)).filter((text) => english.has(text)), []);
  assert.match((await page.textContent('[data-figure="sentence"]')) ?? '', /户尚未走访/);
  assert.match(page.url(), /lang=zh/);
  assert.match(await page.title(), /西瓜地图/);
  await done();
});

test('the dark theme is dark, in the page, the legend and the address', async () => {
  const { page, done } = await open();
  const pale = await page.$eval('.classes li:last-child i', (i) => getComputedStyle(i).backgroundColor);
  await page.click('#theme');
  await page.waitForFunction(() => /theme=dark/.test(location.hash));
  const [r, g, b] = (await page.$eval('.panel', (p) => getComputedStyle(p).backgroundColor)).match(/\d+/g)?.map(Number) ?? [];
  assert.ok(r + g + b < 150, `${r} ${g} ${b}`);
  await page.waitForFunction((was) => getComputedStyle(/** @type {Element} */ (document.querySelector('.classes li:last-child i'))).backgroundColor !== was, pale);
  await done();
});

for (const [width, height] of [[360, 740], [390, 844]]) {
  test(`at ${width} pixels nothing scrolls sideways and the panel is a sheet at the bottom`, async () => {
    const { page, done } = await open(ALL, { width, height });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    const wide = await page.$$eval('body *', (all) => all.filter((e) => !e.closest('.maplibregl-map, .skips, [hidden], dialog') && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className || e.tagName));
    assert.deepEqual(wide, []);
    const sheet = await page.locator('#panel').boundingBox();
    assert.ok(sheet && sheet.x === 0 && sheet.width === width && sheet.y > height / 3 && Math.abs(sheet.y + sheet.height - height) < 2, JSON.stringify(sheet));
    await page.click('#handle');
    await page.waitForFunction((y) => (document.querySelector('#panel')?.getBoundingClientRect().y ?? 999) < y - 100, sheet.y);
    await done();
  });
}

test('the keyboard alone opens a grid, walks the list and comes back', async () => {
  const { page, done } = await open();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-skip')), 'panel-content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'panel-content');
  for (let i = 0; i < 4 && !(await page.evaluate(() => document.activeElement?.matches('tbody a'))); i += 1) await page.keyboard.press('Tab');
  const rows = await page.$$eval('tbody tr', (all) => all.map((tr) => tr.getAttribute('data-code')));
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-area')), rows[1]);
  await page.keyboard.press('Enter');
  await page.waitForFunction((code) => location.hash.includes(`area=${code}`), rows[1]);
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !location.hash.includes('area='));
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'search');
  await done();
});

test('the keyboard moves the map and opens the grid in its middle', async () => {
  const { page, done } = await open();
  await mapDrawn(page);
  const hash = await page.evaluate(() => location.hash);
  await page.focus('.maplibregl-canvas');
  assert.notEqual(await page.getAttribute('.maplibregl-canvas', 'aria-label'), 'Map');
  await page.keyboard.press('+');
  await page.waitForFunction((was) => location.hash !== was, hash);
  await mapDrawn(page);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash.includes('area='));
  await done();
});

test('everything that can be pressed has a name and shows focus', async () => {
  const { page, done } = await open(`#lang=en&theme=light&token=${ADMIN}`);
  const nameless = await page.$$eval('button, a, input, select', (all) => all
    .filter((e) => !(e.textContent?.trim() || e.getAttribute('aria-label') || e.closest('label')))
    .map((e) => e.outerHTML.slice(0, 90)));
  assert.deepEqual(nameless, []);
  await page.focus('#search');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => getComputedStyle(/** @type {Element} */ (document.activeElement)).outlineStyle), 'solid');
  await done();
});

test('a service that fails gets words and a next step, and the page goes on when it is back', async () => {
  const { page, done } = await open(ALL, { prepare: (p) => p.route('**/api/**', (route) => route.fulfill({ status: 503, body: 'no' })), ready: '.trouble' });
  assert.ok((await page.textContent('.trouble'))?.includes(en['trouble.failed']));
  await page.unroute('**/api/**');
  await page.click('.trouble button');
  await page.waitForSelector('[data-figure="unvisited"]');
  await done();
});

test('offline is said, the last figures stay, and it goes away with the network', async () => {
  const { page, done } = await open();
  const before = await page.textContent('[data-figure="unvisited"]');
  await page.context().setOffline(true);
  await page.waitForSelector('#notice:not([hidden])');
  assert.ok((await page.textContent('#notice'))?.includes(en['trouble.offline']));
  assert.equal(await page.textContent('[data-figure="unvisited"]'), before);
  await page.context().setOffline(false);
  await page.waitForSelector('#notice', { state: 'hidden' });
  await done();
});

test('a code that is nowhere is said to be so', async () => {
  const { page, done } = await open('#lang=en&theme=light&area=no-such-code', { ready: '.trouble' });
  assert.ok((await page.textContent('.trouble'))?.includes('no-such-code'));
  await page.click('.back');
  await page.waitForSelector('[data-figure="unvisited"]');
  await done();
});

test('a grid shows its figures by outcome', async () => {
  const { areas } = await ask('/api/coverage?level=grid', ADMIN);
  const grid = areas.find((/** @type {any} */ a) => a.visited > 0);
  const { page, done } = await open(`#campaign=all&area=${grid.code}&lang=en&theme=light&token=${ADMIN}`);
  for (const [outcome, n] of Object.entries(grid.by_outcome)) {
    if (n) assert.equal(Number((await page.textContent(`[data-outcome="${outcome}"]`))?.replace(/\D/g, '')), n, outcome);
  }
  await done();
});
