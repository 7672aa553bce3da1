/** The bulletin of rates on one sheet of paper. */

import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, close, open } from './browser.mjs';
import { AS, fixture, openWith } from './ratepage.mjs';

after(close);

test('printed, it is one page: the answer, the funnel and all rows, the sample label, nothing of the screen', async () => {
  const { page, done } = await open(`#campaign=all&rates=township&compare=7001&compare=7003&lang=en&theme=dark&token=${ADMIN}`, {
    ready: '[data-figure="pair"]', prepare: (p) => p.addInitScript(() => Object.assign(window, { printed: 0, print: () => { /** @type {any} */ (window).printed += 1; } })) });
  const [answer, pair] = [await page.textContent('[data-figure="sentence"]'), await page.textContent('[data-figure="pair"]')];
  const names = await page.$$eval('table.compared tbody a', (all) => all.map((a) => a.textContent ?? '-'));
  await page.click('#print');
  await page.waitForFunction(() => /** @type {any} */ (window).printed === 1);
  await page.emulateMedia({ media: 'print' });
  for (const [lie, paper] of Object.entries({ upright: { width: 718, height: 1047 }, wide: { width: 1047, height: 718 } })) {
    await page.setViewportSize(paper);
    const sheet = page.locator(`.sheet.bulletin.${lie}`);
    const text = await sheet.innerText();
    for (const part of [answer ?? '-', pair ?? '-', en.sample, ...names]) assert.ok(text.includes(part), `${lie}: ${part}`);
    assert.equal(await sheet.locator('.funnel .point').count(), names.length);
    assert.equal(await sheet.locator('a, button, input').count(), 0);
    const seen = await page.$$eval('body > *', (all) => all.filter((e) => e.checkVisibility({ visibilityProperty: true })).map((e) => e.className));
    assert.deepEqual(seen, [`sheet bulletin ${lie}`]);
    const over = await sheet.evaluate((e) => [e.scrollWidth - e.clientWidth, e.getBoundingClientRect().height - innerHeight, ...[...e.querySelectorAll('td:last-child')].map((td) => td.getBoundingClientRect().right - innerWidth)]);
    assert.ok(over.every((n) => n <= 1), `${lie}: ${over}`);
  }
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await page.locator('.sheet').count(), 0);
  for (const paper of [{ format: 'A4' }, { format: 'A4', landscape: true }, { format: 'Letter' }, { format: 'Letter', landscape: true }]) {
    assert.equal((await page.pdf(paper)).toString('latin1').match(/\/Type ?\/Page\b/g)?.length, 1, JSON.stringify(paper));
  }
  await done();
});

test('printed for a campaign, the upright page has every area week by week as well, and is one page', async () => {
  const { page, done } = await open(`#campaign=1&rates=township${AS}`, { ready: '.multiples', prepare: (p) => p.addInitScript(() => Object.assign(window, { printed: 0, print: () => { /** @type {any} */ (window).printed += 1; } })) });
  const drawn = await page.locator('[data-weeks]').count();
  await page.click('#print');
  await page.waitForFunction(() => /** @type {any} */ (window).printed === 1);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 718, height: 1047 });
  const sheet = page.locator('.sheet.bulletin.upright');
  assert.equal(await sheet.locator('.growing .growth').count(), drawn);
  const over = await sheet.evaluate((e) => [e.scrollWidth - e.clientWidth, e.getBoundingClientRect().height - innerHeight]);
  assert.ok(over.every((n) => n <= 1), String(over));
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await done();
});

test('where there is no room for all, the bulletin lists what stands out and says how many it leaves out', async () => {
  const many = { ...fixture, areas: Array.from({ length: 60 }, (_, i) => ({ ...fixture.areas[i % 10 === 0 ? 0 : 2], code: `M${i}`, name: `Area ${i}`, eligible: 100 + i * 30 })) };
  const { page, done } = await openWith(many);
  assert.equal(await page.locator('table.compared tbody tr').count(), 30);
  await page.click('[data-key="more"]');
  assert.equal(await page.locator('table.compared tbody tr').count(), 60);
  await page.click('[data-key="row-M59"]');
  await page.waitForSelector('[data-choice="M59"]');
  assert.equal(await page.locator('table.compared tbody tr').count(), 60, 'choosing one leaves the table as it is');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  assert.equal(await page.locator('.bulletin.upright tbody tr').count(), 6);
  assert.ok((await page.textContent('.bulletin.upright .body'))?.includes(en['rates.bulletin.more'].replace('{n}', '54')));
  await done();
});
