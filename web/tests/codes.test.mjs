/** Codes that take households out of the count, by member: what stands out as a question, and no ranking. */

import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, ask, close, open, shown } from './browser.mjs';
import { percent } from './ratepage.mjs';

after(close);

const PHONE = { width: 360, height: 740 };
/** @param {string} [token] */
const at = (token = ADMIN) => `#campaign=1&rates=township&figure=codes&lang=en&theme=light&token=${token}`;
const ANSWERED = { ready: '[data-figure="signs"]' };
const sign = (/** @type {string} */ code, beyond = true) => ({ code, share: 0.2, overall: 0.03, beyond_scatter: beyond });
const member = (/** @type {string} */ name, /** @type {any[]} */ signs = []) => ({ member: name, households: 50, vacant: signs.length > 0 ? 10 : 1, demolished: 0, duplicate: 1, share: signs.length > 0 ? 0.22 : 0.04, signs });
/** @param {any[]} members @param {string} [ready] */
const openWith = (members, ready = '[data-figure="signs"]') => open(at(), { ready, prepare: (page) => page.route('**/api/codes?*', (route) => route.fulfill({ json: { campaign: 1, as_of: '2026-11-23T00:00:00Z', definition: '', members } })) });
/** @param {import('playwright-core').Page} page */
const names = (page) => page.$$eval('table.coded tbody tr', (all) => all.map((row) => row.getAttribute('data-member')));

test('what the service says stands there by name, and what stands out is a question', async () => {
  const { page, errors, done } = await open(at(), ANSWERED);
  const { members } = await ask('/api/codes?campaign=1', ADMIN);
  const marked = members.filter((/** @type {any} */ one) => one.signs.length > 0);
  assert.ok(marked.length > 0 && marked.length < members.length / 2, 'the demo has one who writes another code than the others');
  assert.equal(await shown(page, '[data-figure="signs"]'), marked.length);
  assert.ok((await page.textContent('[data-figure="sentence"]'))?.includes(`of ${members.length} members`));
  assert.equal(await page.textContent('[data-figure="rest"]'), en['codes.rest']);
  const order = members.map((/** @type {any} */ one) => one.member).toSorted(new Intl.Collator('en', { numeric: true }).compare);
  if (order.length > 40) await page.click('[data-key="more"]');
  assert.deepEqual(await names(page), order);
  for (const { member: name, households, share, signs } of marked) {
    const text = await page.locator(`tr[data-member="${name}"]`).innerText();
    const alone = signs.filter((/** @type {any} */ one) => one.code !== 'any');
    for (const part of [String(households), percent(share), ...(alone.length > 0 ? alone : signs).map((/** @type {any} */ one) => `for ${percent(one.share)}`), '?']) assert.ok(text.includes(part), `${text}: ${part}`);
  }
  assert.equal(await page.locator('.ask-mark').count(), marked.length);
  assert.equal(await page.locator('.sorts').count(), 0, 'there is no other order than by name');
  assert.deepEqual(errors, []);
  await done();
});

test('nothing that stands out is said first, a weaker sign is worded as such, and nobody yet is said too', async () => {
  const quiet = await openWith([member('Wu'), member('An')]);
  assert.equal(await quiet.page.textContent('[data-figure="sentence"]'), en['codes.answer.none'].replace('{all}', '2'));
  assert.equal(await shown(quiet.page, '[data-figure="signs"]'), 0);
  assert.deepEqual(await names(quiet.page), ['An', 'Wu']);
  await quiet.done();
  const some = await openWith([member('An', [sign('any'), sign('vacant', false)]), member('Bo', [sign('any')]), member('Cy')]);
  const asked = (/** @type {string} */ name) => some.page.$$eval(`tr[data-member="${name}"] .question`, (all) => all.map((one) => one.textContent));
  const filled = (/** @type {string} */ text, /** @type {string} */ code) => text.replace('{code}', code).replace('{share}', '20%').replace('{overall}', '3%');
  assert.deepEqual(await asked('An'), [filled(en['codes.question.scatter'], 'Vacant')], 'what one code says is not said twice');
  assert.deepEqual(await asked('Bo'), [filled(en['codes.question'], en['codes.any'])]);
  assert.deepEqual(await asked('Cy'), []);
  await some.done();
  const nobody = await openWith([], '[data-figure="empty"]');
  assert.equal(await nobody.page.textContent('[data-figure="empty"]'), en['codes.empty']);
  await nobody.done();
});

test('the ground narrows it down; who may not see codes has no way to them, and a link says why', async () => {
  const { page, done } = await open(at(), ANSWERED);
  assert.equal(await page.locator('#rates-level').count(), 0, 'members have no level');
  await page.selectOption('#rates-within', '7001');
  const { members } = await ask('/api/codes?campaign=1&within=7001', ADMIN);
  await page.waitForFunction((n) => document.querySelectorAll('table.coded tbody tr').length === n, members.length);
  assert.match(page.url(), /within=7001/);
  await done();
  const analyst = process.env.MELONMAP_TOKEN_ANALYST ?? '';
  const without = await open(`#campaign=1&rates=township&lang=en&theme=light&token=${analyst}`, { ready: '[data-figure="real"]' });
  assert.deepEqual(await without.page.$$eval('.figures-of a', (all) => all.map((one) => one.getAttribute('data-key'))), ['figure-coverage', 'figure-satisfaction']);
  await without.done();
  for (const token of [analyst, MEMBER]) {
    const refused = await open(at(token), { ready: '.trouble' });
    assert.ok((await refused.page.textContent('.trouble'))?.includes(en['trouble.refused']));
    assert.deepEqual(refused.requests.filter((url) => url.includes('/api/codes')), []);
    await refused.done();
  }
});

test('in both languages, in the dark and on a phone nothing is cut off sideways', async () => {
  for (const [lang, theme] of [['en', 'light'], ['zh', 'dark']]) {
    const { page, done } = await open(at().replace('lang=en&theme=light', `lang=${lang}&theme=${theme}`), { ...PHONE, ...ANSWERED });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width);
    assert.ok(await page.$eval('#panel-content', (box) => [...box.querySelectorAll('table.coded td')].every((one) => one.getBoundingClientRect().right <= box.getBoundingClientRect().right + 0.5)), lang);
    if (lang === 'zh') assert.ok((await page.textContent('#panel-content'))?.includes(zh['codes.rest']));
    await done();
  }
});
