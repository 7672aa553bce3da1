/** The ledger: out as a workbook, back in, and what a person decides of it. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { after } from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, PLANNER, ask, close, figure, open, send } from './browser.mjs';

after(close);

/** @typedef {import('playwright-core').Page} Page */
const PHONE = { width: 360, height: 780 };
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** @param {string} token @param {string} [more] */
const ledger = (token, more = '&lang=en') => `#ledger=yes&campaign=2&theme=light${more}&token=${token}`;
const READY = { ready: '[data-view="ledger"] [data-key="file"]' };
/** @param {Page} page @param {Buffer} buffer @param {string} [name] */
const bring = (page, buffer, name = 'ledger.xlsx') => page.setInputFiles('[data-key="file"]', { name, mimeType: XLSX, buffer });
/** The member's own households. @returns {Promise<any[]>} */
const mine = async () => (await ask('/ogc/collections/households/items?limit=8&f=json', MEMBER)).features.map((/** @type {any} */ one) => ({ code: one.id, ...one.properties }));
/** @param {string} code */
const persons = async (code) => (await ask(`/api/households/${code}`, MEMBER)).persons;
/** @param {any} one @param {number} row @param {string | null} to */
const line = ({ code, address, persons: now }, row, to) => ({ row, code, address, fields: [{ field: 'persons', cell: `F${row}`, map: now === null ? null : String(now), ledger: to, before: now === null ? null : String(now) }] });
const NONE = { rows: 0, unchanged: 0, changed: 0, conflicts: 0, unmatched: 0, problems: 0, newer: 0, missing: 0, ignored: 0, formulas: 0 };
const ORIGIN = { map: 'Liechtenstein', area: '7001', campaign: 2, seq: 1, at: '2026-11-23T08:00:00Z', households: 4, sample: true };
/** @param {any} body @param {number} [status] */
const checked = (body, status = 200) => (/** @type {Page} */ page) => page.route('**/api/ledger/check', (route) => route.fulfill({ status, json: body }));
const report = (/** @type {any} */ more) => ({ sheet: 'Ledger', origin: ORIGIN, seq: 9, columns: [{ column: 'N', header: 'Signed', field: null }], hidden: { rows: 0, columns: [], sheets: [] }, changes: [], conflicts: [], unmatched: [], problems: [], ...more, counts: { ...NONE, ...more.counts } });

test('a ledger is downloaded, and the same file brought back says that nothing differs', async () => {
  const [area] = (await ask('/api/me', MEMBER)).areas;
  const { page, errors, done } = await open(ledger(MEMBER, `&area=${area}&lang=en`), READY);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-key="out"]')]);
  const file = await readFile(await download.path());
  assert.equal(file.subarray(0, 2).toString(), 'PK');
  await bring(page, file, download.suggestedFilename());
  await page.waitForSelector('[data-figure="nothing"]', { timeout: 30_000 });
  assert.equal(await page.textContent('[data-figure="nothing"]'), en['ledger.nothing']);
  assert.ok(figure(await page.textContent('[data-figure="rows"]')) > 0);
  assert.equal(await page.locator('[data-key="take"]').count(), 0);
  assert.deepEqual(errors, []);
  await done();
});

test('what is ticked is stored, what is not stays, and what was taken out or clashes is never ticked by itself', async () => {
  const [a, b, c, d] = await mine();
  const other = (/** @type {any} */ one, /** @type {number} */ more) => String((one.persons ?? 0) + more);
  const clash = line(c, 6, other(c, 2));
  clash.fields[0].before = 'something else';
  const candidate = { code: d.code, address: d.address, area: 'Vaduz 001', score: 0.83, fields: line(d, 9, other(d, 3)).fields };
  const body = report({
    counts: { rows: 5, changed: 2, conflicts: 1, unmatched: 1, problems: 1, ignored: 3, missing: 1 },
    changes: [line(a, 4, other(a, 1)), line(b, 5, null)], conflicts: [clash],
    unmatched: [{ row: 9, code: 'X9', address: 'Long Str. 1', candidates: [candidate], not_looked_for: false }],
    problems: [{ cell: 'F7', column: 'F', field: 'persons', value: 'drei', kind: 'not_persons', expected: { least: 0, most: 999 }, reason: 'expected a whole number from 0 to 999', read_only: false }],
  });
  const { page, done } = await open(ledger(MEMBER), { ...READY, prepare: checked(body) });
  await bring(page, Buffer.from('PK'));
  await page.waitForSelector('[data-figure="rows"]');
  assert.deepEqual(await page.$$eval('[data-count]', (all) => all.map((one) => one.textContent)), ['2 changed', '1 problem', '1 conflict', '1 without a match']);
  assert.ok(await page.isChecked(`[data-key="tick-${a.code}"]`));
  assert.ok(!(await page.isChecked(`[data-key="tick-${b.code}"]`)), 'a value that was taken out');
  assert.ok(await page.isChecked(`[data-key="clash-${c.code}/persons-map"]`), 'the map’s stays');
  assert.ok(await page.isChecked('[data-key="match-9-none"]'), 'nobody is matched by itself');
  assert.match(await page.textContent('[data-cell="F7"]') ?? '', /F7.*drei.*whole number/);
  assert.match(await page.textContent('.ledger-notes') ?? '', /N Signed/);
  assert.equal(await page.textContent('[data-key="take"]'), 'Take 1 change');
  await page.check(`[data-key="clash-${c.code}/persons-ledger"]`);
  await page.check(`[data-key="match-9-${d.code}"]`);
  assert.equal(await page.textContent('[data-key="take"]'), 'Take 3 changes');
  await page.click('[data-key="take"]');
  await page.waitForSelector('[data-figure="stored"]');
  assert.equal(await page.textContent('[data-figure="stored"]'), '3 households stored.');
  assert.deepEqual(await Promise.all([a, b, c, d].map(({ code }) => persons(code))), [(a.persons ?? 0) + 1, b.persons, (c.persons ?? 0) + 2, (d.persons ?? 0) + 3]);
  assert.equal(await page.locator('[data-key="take"]').count(), 0, 'nothing is left that is ticked');
  await done();
});

test('what is wrong with a cell is said in Chinese on the Chinese page, with what was expected; a kind that the page does not know in the service’s words', async () => {
  const described = JSON.parse(await readFile(new URL('../../tests/openapi.json', import.meta.url), 'utf8')).components.schemas;
  const expected = { first_row: 3, digits: 15, least: 0, most: 999, longest: 2000, words: described.status.enum };
  const problems = described.ledger_fault.enum.map((/** @type {string} */ kind, /** @type {number} */ i) => ({ cell: `F${i + 4}`, column: 'F', field: 'persons', value: 'drei', kind, expected, reason: 'in English', read_only: false }));
  problems.push({ cell: 'F99', column: 'F', field: 'persons', value: '', kind: 'of_next_year', reason: 'in English', read_only: false });
  const prepare = checked(report({ counts: { rows: 20, problems: problems.length }, problems }));
  const { page, errors, done } = await open(ledger(MEMBER, '&lang=zh'), { ...PHONE, ...READY, prepare });
  await bring(page, Buffer.from('PK'));
  await page.waitForSelector('[data-cell="F99"]');
  assert.equal(await page.textContent('[data-count="problems"]'), zh['ledger.problems'].replace('{n}', String(problems.length)));
  /** @type {(string | null)[]} */
  const said = await page.$$eval('.ledger-list.problems li > span:last-child', (all) => all.map((one) => one.textContent));
  assert.equal(said.length, problems.length);
  for (const text of said.slice(0, -1)) {
    assert.match(text ?? '', /[\u4e00-\u9fff]/);
    assert.doesNotMatch(text ?? '', /[{}]|in English|undefined/);
  }
  const of = (/** @type {string} */ kind) => said[problems.findIndex((/** @type {{kind: string}} */ one) => one.kind === kind)];
  assert.equal(of('not_persons'), '应为 0 至 999 的整数。');
  assert.equal(of('not_status'), `应为下列之一：${described.status.enum.map((/** @type {string} */ one) => /** @type {Record<string, string>} */ (zh)[`status.${one}`]).join('、')}。`);
  assert.equal(said.at(-1), 'in English');
  assert.equal(await page.getAttribute('[data-cell="F99"] > span:last-child', 'lang'), 'en');
  assert.deepEqual(errors, []);
  await done();
});

test('what the map says otherwise by then is not overwritten, and the row says so', async () => {
  const [a] = (await mine()).slice(4);
  const { page, done } = await open(ledger(MEMBER), { ...READY, prepare: checked(report({ counts: { rows: 1, changed: 1 }, changes: [line(a, 4, '11')] })) });
  await bring(page, Buffer.from('PK'));
  await page.waitForSelector(`[data-key="tick-${a.code}"]`);
  const from = a.persons === null ? null : String(a.persons);
  await send('POST', '/api/ledger/apply', { rows: [{ code: a.code, fields: [{ field: 'persons', from, to: '12' }] }] }, ADMIN, { 'Content-Type': 'application/json' });
  await page.click('[data-key="take"]');
  await page.waitForSelector(`[data-row="${a.code}"] .pressing`);
  assert.equal(await page.textContent(`[data-row="${a.code}"] .pressing`), en['ledger.conflict']);
  assert.equal(await persons(a.code), 12);
  await done();
});

test('a file that does not say when it was written has nothing ticked', async () => {
  const [a] = (await mine()).slice(5);
  const { page, done } = await open(ledger(MEMBER), { ...READY, prepare: checked(report({ origin: null, counts: { rows: 1, changed: 1 }, changes: [line(a, 4, '9')] })) });
  await bring(page, Buffer.from('PK'));
  await page.waitForSelector(`[data-key="tick-${a.code}"]`);
  assert.ok(!(await page.isChecked(`[data-key="tick-${a.code}"]`)));
  assert.match(await page.textContent('.ledger-notes') ?? '', new RegExp(en['ledger.origin.none'].slice(0, 40)));
  await page.click('[data-key="all"]');
  assert.equal(await page.textContent('[data-key="take"]'), 'Take 1 change');
  await done();
});

test('a file that is no ledger, one that is too large and a service that is away each say what to do', async () => {
  const { page, done } = await open(ledger(MEMBER), READY);
  await bring(page, Buffer.from('code,persons\n'));
  await page.waitForSelector('[data-figure="reason"]');
  assert.match(await page.textContent('[data-figure="reason"]') ?? '', /no zip archive/);
  await page.click('[data-key="other"]');
  await checked({ detail: 'too long' }, 413)(page);
  await bring(page, Buffer.from('PK'));
  await page.waitForFunction((text) => document.querySelector('.trouble .said')?.textContent === text, en['ledger.large']);
  await page.click('[data-key="other"]');
  await page.unroute('**/api/ledger/check');
  await page.route('**/api/ledger/check', (route) => route.abort());
  await bring(page, Buffer.from('PK'));
  await page.waitForSelector('.trouble [data-key="again"]');
  await done();
});

test('it fits a phone in both languages, and nobody has it who may not', async () => {
  const [a] = await mine();
  for (const [lang, words] of /** @type {const} */ ([['en', en], ['zh', zh]])) {
    const { page, errors, done } = await open(ledger(ADMIN, `&area=7001&lang=${lang}`), { ...PHONE, ...READY, prepare: checked(report({ counts: { rows: 1, changed: 1 }, changes: [line(a, 4, '9')] })) });
    assert.ok(await page.isVisible('[data-key="task-ledger"][aria-current="page"]'));
    assert.equal(await page.textContent('[data-key="out"]'), words['ledger.out']);
    await bring(page, Buffer.from('PK'));
    await page.waitForSelector('[data-key="take"]');
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width);
    assert.ok(await page.evaluate(() => { const panel = document.getElementById('panel-content'); return panel !== null && panel.scrollWidth <= panel.clientWidth; }), `${lang}: nothing is wider than the panel`);
    assert.deepEqual(errors, []);
    await done();
  }
  const { page, done } = await open(ledger(PLANNER), { ready: '.trouble' });
  assert.equal(await page.locator('[data-key="task-ledger"]').count(), 0);
  await done();
});

test('a layout is read off an office’s own workbook and kept when a person says so', async () => {
  const template = { area: '*', name: 'West', sheet: 'S', lang: 'en', title: [], columns: [{ field: 'code', header: 'Nr', width: 12 }, { field: 'blank', header: 'Home', width: 30 }] };
  /** @type {any} */
  let kept = null;
  const { page, done } = await open(ledger(ADMIN, '&area=7001&lang=en'), {
    ...READY,
    prepare: async (page) => {
      await page.route('**/api/ledger/layouts/read', (route) => route.fulfill({ json: { template, head: 1, sure: ['close', 'unknown'], columns: [] } }));
      await page.route('**/api/ledger/layouts/7001', (route) => { kept = route.request().postDataJSON(); return route.continue(); });
    },
  });
  await page.click('[data-key="layout-head"]');
  await page.setInputFiles('[data-key="layout-file"]', { name: 'own.xlsx', mimeType: XLSX, buffer: Buffer.from('PK') });
  await page.selectOption('[data-key="column-1"]', 'address');
  await page.click('[data-key="keep"]');
  await page.waitForSelector('[data-figure="kept"]');
  assert.deepEqual(kept.columns.map((/** @type {any} */ one) => one.field), ['code', 'address']);
  assert.equal((await ask('/api/ledger/layouts', ADMIN)).templates[0].area, '7001');
  await done();
});

test('a file that is no ledger is refused in the language of the page, with the words of the service below', async () => {
  const { page, done } = await open(ledger(MEMBER, '&lang=zh'), READY);
  await bring(page, Buffer.from('PK and no more'));
  await page.waitForSelector('[data-figure="reason"]');
  const said = await page.textContent('[role="alert"]');
  assert.ok(said?.includes(zh['ledger.refused']) && said.includes(zh['ledger.refused.file']), said ?? '');
  assert.match(await page.textContent('[data-figure="reason"]') ?? '', /no workbook/);
  await page.route('**/api/ledger/check', (route) => route.fulfill({ status: 400, contentType: 'application/problem+json', json: { field: 'header', detail: 'header …' } }));
  await page.click('[data-key="other"]');
  await bring(page, Buffer.from('PK'));
  await page.waitForFunction((text) => document.querySelector('[role="alert"]')?.textContent?.includes(text), zh['ledger.refused.header']);
  await done();
});
