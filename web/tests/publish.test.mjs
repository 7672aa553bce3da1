import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, ask, close, figure, mapDrawn, open, visit } from './browser.mjs';

after(close);

const PUBLIC = '#lang=en&theme=light';

test('without a sign-in the figures are those of the last edition, by their date, and nothing claims to be live', async () => {
  const [last] = (await ask('/api/editions')).editions;
  const county = (await ask('/api/coverage?level=county')).areas[0];
  const { page, errors, done } = await open(PUBLIC);
  assert.equal(await page.inputValue('#campaign'), String(last.campaign));
  assert.equal(figure(await page.textContent('[data-figure="unvisited"]')), county.unvisited);
  assert.equal(figure(await page.textContent('[data-figure="rest"]')), county.unvisited);
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(last.at));
  assert.equal(await page.textContent('[data-figure="published"]'), en['published.on'].replace('{day}', day));
  assert.equal(await page.locator('[data-live="open"]').count(), 0);
  assert.equal(await page.locator('#campaign option[value=""]').count(), 0, 'all visits are not published');
  assert.equal(await page.locator('[data-key="outcomes"]').count(), 0, 'outcomes are not published');
  assert.equal(await page.locator('[data-key="publish"]').count(), 0);
  assert.deepEqual(errors, []);
  await done();
});

test('what is held back has a class of its own in the legend, a word in the table and one at its place', async () => {
  const grids = (await ask('/api/coverage?level=grid')).areas;
  const held = grids.filter((/** @type {any} */ grid) => grid.held_back);
  assert.ok(held.length > 0 && held.length < grids.length);
  const { page, done } = await open(PUBLIC);
  await mapDrawn(page);
  assert.equal(await page.getAttribute('.classes .held [data-count]', 'data-count'), String(held.length));
  await page.click('[data-key="more"]');
  assert.equal(await page.locator('table.areas td.held').count(), held.length);
  await done();
  const one = await open(`${PUBLIC}&area=${held[0].code}`);
  assert.equal(await one.page.textContent('[data-figure="held"]'), en['held.answer']);
  assert.equal(await one.page.locator('[data-figure="unvisited"]').count(), 0);
  await one.done();
});

test('an edition is looked at, published, and then on every open page', async () => {
  const { households } = await ask('/api/unvisited?limit=40&campaign=2', ADMIN);
  for (const { code } of households) await visit(code, 2);
  const before = (await ask('/api/editions')).editions[0];
  const reader = await open(PUBLIC);
  const writer = await open(`${PUBLIC}&token=${ADMIN}`);
  await writer.page.waitForSelector('[data-key="publish-head"]');
  await writer.page.click('[data-key="publish-head"]');
  await writer.page.click('[data-key="publish-look"]');
  await writer.page.waitForSelector('[data-figure="preview"]');
  assert.equal((await ask('/api/editions')).editions[0].number, before.number, 'to look publishes nothing');
  const asked = reader.page.waitForResponse((answer) => answer.url().includes('/api/coverage'));
  await writer.page.click('[data-key="publish-do"]');
  await writer.page.waitForSelector('.publish .said');
  assert.equal(await writer.page.textContent('.publish .said'), en['publish.done']);
  assert.equal((await ask('/api/editions')).editions[0].number, before.number + 1);
  assert.equal((await (await asked).json()).edition, before.number + 1);
  await Promise.all([reader.done(), writer.done()]);
});
