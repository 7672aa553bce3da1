/** Rates beside one another: which differ for real, two of them in words. */

import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { axes, higherFirst } from '../ratefigures.js';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, PLANNER, ask, close, mapDrawn, open, shown, visit } from './browser.mjs';
import { ANSWERED, AS, byName, fixture, openWith, percent, rates, rowCodes } from './ratepage.mjs';

after(close);

test('the answer, the rows and the points are what the service says', async () => {
  const { campaigns } = await ask('/api/campaigns');
  const campaign = campaigns.findLast((/** @type {any} */ one) => one.phase === 'running').id;
  const { page, errors, done } = await open(`#campaign=${campaign}&rates=township${AS}`, ANSWERED);
  const found = await rates(`level=township&campaign=${campaign}`);
  const of = (/** @type {string} */ position) => found.areas.filter((/** @type {any} */ a) => a.position === position).length;
  assert.equal(await shown(page, '[data-figure="real"]'), of('above_998') + of('below_998'));
  const said = (await page.textContent('[data-figure="sentence"]')) ?? '';
  assert.ok(said.includes(`of ${found.areas.length} townships`) && said.includes(percent(found.overall.rate)), said);
  assert.deepEqual(await rowCodes(page), byName(found.areas), 'by name');
  assert.deepEqual(await page.$$eval('.funnel a.point', (all) => all.map((a) => a.getAttribute('data-mark'))), byName(found.areas), 'points in the order of the table');
  for (const area of found.areas) {
    const row = page.locator(`tr[data-code="${area.code}"]`);
    const text = await row.innerText();
    for (const part of [area.name, percent(area.rate), `${area.visited.toLocaleString('en-GB')} of ${area.eligible.toLocaleString('en-GB')}`, `${area.rank.best}–${area.rank.worst} of ${found.areas.length}`, /** @type {any} */ (en)[`position.${area.position}`]]) assert.ok(text.includes(part), `${text}: ${part}`);
  }
  const { x } = axes(found);
  const placed = await page.$$eval('.funnel a.point', (all) => Object.fromEntries(all.map((a) => [a.getAttribute('data-mark'), [Number(a.getAttribute('data-x')), Number(a.getAttribute('data-y'))]])));
  /** Where the ticks of an axis stand, with what is written there. @param {string} anchor @param {string} at */
  const ticks = (anchor, at) => page.$$eval(`.funnel .tick[text-anchor="${anchor}"]`, (all, name) => all.map((one) => ({ value: Number((one.textContent ?? '').replace(/[^\d.]/g, '')), at: Number(one.getAttribute(name)) })), at);
  const [ups, alongs] = [await ticks('end', 'y'), await ticks('middle', 'x')];
  for (const area of found.areas) { // beside what the axes say
    const [[v0, v1], [u0, u1]] = [[ups[0], ups[ups.length - 1]], [alongs[0], alongs[alongs.length - 1]]];
    const place = x.log ? Math.log : (/** @type {number} */ n) => n;
    const [px, py] = placed[area.code];
    assert.ok(Math.abs(v0.at - 4 + ((area.rate * 100 - v0.value) / (v1.value - v0.value)) * (v1.at - v0.at) - py) < 0.5, `${area.name} stands at its rate`);
    assert.ok(Math.abs(u0.at + ((place(area.eligible) - place(u0.value)) / (place(u1.value) - place(u0.value))) * (u1.at - u0.at) - px) < 0.5, `${area.name} stands at its size`);
  }
  assert.deepEqual(errors, []);
  await done();
});

test('the map shows the areas that are compared, and no households', async () => {
  const { page, requests, done } = await open(`#campaign=all&rates=township&map=13.00/47.14000/9.52200${AS}`, ANSWERED);
  await mapDrawn(page);
  const tiles = (/** @type {RegExp} */ of) => requests.filter((url) => of.test(url));
  assert.ok(tiles(/tiles\/areas\/\d.*level=township/).length > 0);
  assert.deepEqual(tiles(/tiles\/areas\/\d.*level=grid/), []);
  assert.deepEqual(tiles(/tiles\/households\/\d/), []);
  await Promise.all([/tiles\/areas\/\d.*level=grid/, /tiles\/households\/\d/].map((of) => page.waitForRequest(of)).concat(/** @type {any} */ (page.click('[data-key="task-households"]'))));
  await done();
});

test('each kind has its own shape and words, in plot, table and legend; areas without households are told apart', async () => {
  const { page, done } = await openWith(fixture);
  assert.equal(await shown(page, '[data-figure="real"]'), 2);
  assert.equal(await page.textContent('[data-figure="sentence"]'), 'of 5 townships differ for real from the whole (50%): 1 above, 1 below');
  const rest = (await page.textContent('[data-figure="rest"]')) ?? '';
  assert.ok(rest.includes('2 may differ') && rest.includes(en['rates.rest.one']) && rest.includes('2 have no household'), rest);
  assert.equal(await page.textContent('[data-figure="chance"]'), en['rates.chance'].replace('{level}', 'townships').replace('{n}', '3').replace('{all}', '5'));
  const looks = await page.$$eval('.funnel a.point .shape', (all) => all.map((path) => `${path.getAttribute('d')} ${getComputedStyle(path).fill} ${getComputedStyle(path).stroke}`));
  assert.equal(new Set(looks).size, 5);
  assert.equal(new Set(await page.$$eval('.funnel a.point .shape', (all) => all.map((path) => path.getAttribute('d')))).size, 3, 'above, below and neither differ by shape alone');
  assert.deepEqual(await page.$$eval('ol.judged [data-count]', (all) => all.map((b) => Number(b.getAttribute('data-count')))), [1, 1, 1, 1, 1, 2]);
  assert.ok(await page.isDisabled('tr[data-code="B1"] input'));
  assert.equal(await page.textContent('tr[data-code="B1"] .judged'), en['position.none']);
  await page.click('[data-key="sort-verdict"]');
  assert.deepEqual(await rowCodes(page), ['A4', 'A0', 'A3', 'A1', 'A2', 'B1', 'B2']);
  await page.click('[data-key="sort-size"]');
  assert.equal((await rowCodes(page))[0], 'A4');
  assert.equal(await page.locator('.sorts button').count(), 3, 'there is no order by rate');
  await done();
});

test('a row lights its point and the map, and the map its row', async () => {
  const { page, done } = await open(`#campaign=all&rates=township&map=11.00/47.14000/9.52200${AS}`, { ...ANSWERED, width: 1280, height: 800 });
  await mapDrawn(page);
  const clip = { x: 700, y: 100, width: 300, height: 600 };
  const before = await page.screenshot({ clip });
  const [code] = await rowCodes(page);
  await page.hover(`tr[data-code="${code}"] a`);
  await page.waitForSelector(`.funnel .point.lit[data-mark="${code}"]`);
  assert.ok((await page.textContent('.point-tip'))?.includes((await page.textContent(`tr[data-code="${code}"] a`)) ?? '-'));
  await mapDrawn(page);
  assert.notDeepEqual(await page.screenshot({ clip }), before, 'the map shows which one is meant');
  const aim = await page.locator('#aim').boundingBox();
  assert.ok(aim);
  await page.mouse.move(aim.x + aim.width / 2 - 4, aim.y + aim.height / 2 - 4);
  await page.mouse.move(aim.x + aim.width / 2, aim.y + aim.height / 2);
  await page.waitForFunction((was) => document.querySelector('tr.lit') && document.querySelector('tr.lit')?.getAttribute('data-code') !== was, code);
  assert.equal(await page.getAttribute('tr.lit', 'data-code'), await page.getAttribute('.funnel .point.lit', 'data-mark'));
  assert.equal(await page.$eval('#tip', (tip) => tip.querySelector('b')?.textContent), await page.textContent('tr.lit a'));
  await done();
});

test('a click on a row goes to the area on the map, and from there to its coverage and back', async () => {
  const { page, done } = await open(`#campaign=all&rates=township${AS}`, ANSWERED);
  await page.click('[data-key="row-7005"]');
  const { bbox } = await ask('/api/areas/7005');
  await page.waitForFunction(([w, s, e, n]) => {
    const [, , lat, lng] = (/map=([\d.]+)\/([-\d.]+)\/([-\d.]+)/.exec(location.hash) ?? []).map(Number);
    return location.hash.includes('area=7005') && location.hash.includes('rates=township') && lng > w && lng < e && lat > s && lat < n;
  }, bbox);
  const eligible = (await rates('level=township')).areas.find((/** @type {any} */ a) => a.code === '7005').eligible;
  await page.click('[data-choice="7005"] a');
  await page.waitForSelector('[data-figure="unvisited"]');
  assert.ok(!page.url().includes('rates='));
  assert.equal((await shown(page, '[data-figure="unvisited"]')) + (await shown(page, '[data-figure="reached"]')), eligible);
  await page.click('[data-key="rates-of"]');
  await page.waitForSelector('[data-choice="7005"]');
  await done();
});

test('by keys alone: one stop in the plot, arrows through it in the order of the table, Enter chooses', async () => {
  const { page, done } = await open(`#campaign=all&rates=township${AS}`, ANSWERED);
  assert.equal(await page.locator('.funnel a[tabindex="0"]').count(), 1);
  const codes = await rowCodes(page);
  await page.focus('.funnel a[tabindex="0"]');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-mark')), codes[2]);
  const name = (await page.textContent(`tr[data-code="${codes[2]}"] a`)) ?? '-';
  assert.match((await page.getAttribute(`.point[data-mark="${codes[2]}"]`, 'aria-label')) ?? '', new RegExp(`^${name} · \\d+%.* · rank \\d+ to \\d+ of \\d+ · `));
  assert.ok(await page.isVisible('.point-tip'));
  await page.keyboard.press('Enter');
  await page.waitForSelector(`[data-choice="${codes[2]}"]`);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-mark')), codes[2], 'and stays where it is');
  await done();
});

test('two ticked areas are compared in words, which the address keeps; a third takes the place of the first', async () => {
  const { page, done } = await open(`#campaign=all&rates=township${AS}`, ANSWERED);
  await page.check('[data-key="compare-7001"]');
  await page.waitForSelector('.pair-of');
  assert.ok((await page.textContent('.pair-of'))?.includes('Vaduz'));
  await page.check('[data-key="compare-7003"]');
  /** @param {string} a @param {string} b */
  const expected = async (a, b) => {
    const found = higherFirst(await ask(`/api/rates/difference?a=${a}&b=${b}`, ADMIN));
    const n = (/** @type {number} */ share) => (share * 100).toFixed(1).replace('-', '−');
    const verdict = found.verdict === 'cannot_tell' ? 'they cannot be told apart.' : 'they differ by more than chance.';
    return `${found.a.name} is ${n(found.difference)} points higher than ${found.b.name}, between ${n(found.lower)} and ${n(found.upper)}: ${verdict}`;
  };
  await page.waitForSelector('[data-figure="pair"]');
  assert.equal(await page.textContent('[data-figure="pair"]'), await expected('7001', '7003'));
  assert.match(page.url(), /compare=7001&compare=7003/);
  await page.reload();
  await page.waitForSelector('[data-figure="pair"]');
  assert.ok(await page.isChecked('[data-key="compare-7001"]'));
  await page.check('[data-key="compare-7004"]');
  const next = await expected('7003', '7004');
  await page.waitForFunction((text) => document.querySelector('[data-figure="pair"]')?.textContent === text, next);
  assert.ok(!(await page.isChecked('[data-key="compare-7001"]')));
  await page.click('[data-key="compare-clear"]');
  await page.waitForSelector('.pair-of', { state: 'detached' });
  assert.doesNotMatch(page.url(), /compare=/);
  await done();
});

test('two that cannot be told apart are said to be so, with a true minus; a refusal is said too', async () => {
  const [a, b] = fixture.areas;
  const { page, done } = await open(`#campaign=all&rates=township&compare=A0&compare=A1${AS}`, { ready: '[data-figure="pair"]', prepare: async (p) => {
    await p.route('**/api/rates?*', (route) => route.fulfill({ json: fixture }));
    await p.route('**/api/rates/difference?*', (route) => route.fulfill({ json: { a, b, difference: 0.031, lower: -0.02, upper: 0.08, verdict: 'cannot_tell' } }));
  } });
  assert.equal(await page.textContent('[data-figure="pair"]'), 'Area 5 is 3.1 points higher than Area 4, between −2.0 and 8.0: they cannot be told apart.');
  await page.route('**/api/rates/difference?*', (route) => route.fulfill({ status: 400, json: { detail: 'no' } }));
  await page.check('[data-key="compare-A3"]');
  await page.waitForFunction((text) => document.querySelector('.pair-of')?.textContent?.includes(text), en['rates.compare.failed']);
  await done();
});

test('level, ground and campaign are chosen, and the address keeps them', async () => {
  const { campaigns } = await ask('/api/campaigns');
  const { page, done } = await open(`#campaign=all&rates=township${AS}`, ANSWERED);
  await page.selectOption('#rates-level', 'grid');
  await page.waitForFunction(() => /rates=grid/.test(location.hash) && document.querySelector('tr[data-code]'));
  await page.selectOption('#rates-within', '7001');
  const found = await rates('level=grid&within=7001');
  await page.waitForFunction((n) => document.querySelectorAll('table.compared tbody tr').length === n, found.areas.length);
  assert.match(page.url(), /within=7001/);
  await page.selectOption('#campaign', String(campaigns[0].id));
  const other = await rates(`level=grid&within=7001&campaign=${campaigns[0].id}`);
  await page.waitForFunction((n) => document.querySelector('.funnel-key')?.textContent?.includes(n), `the whole, ${percent(other.overall.rate)}`);
  await page.reload();
  await page.waitForSelector('[data-figure="real"]');
  assert.deepEqual([await page.inputValue('#rates-level'), await page.inputValue('#rates-within'), await page.inputValue('#campaign')], ['grid', '7001', String(campaigns[0].id)]);
  await page.selectOption('#rates-level', 'township');
  await page.waitForFunction(() => !location.hash.includes('within='));
  await done();
});

test('who may not compare rates sees no way to it, and a link says why', async () => {
  for (const token of ['', `&token=${MEMBER}`, `&token=${PLANNER}`]) {
    const { page, done } = await open(`#campaign=all&lang=en&theme=light${token}`);
    assert.equal(await page.locator('[data-key="task-rates"]').count(), 0);
    await done();
    const { page: linked, requests, done: end } = await open(`#campaign=all&rates=township&lang=en&theme=light${token}`, { ready: '.trouble' });
    assert.ok((await linked.textContent('.trouble'))?.includes(en['trouble.refused']));
    assert.deepEqual(requests.filter((url) => url.includes('/api/rates')), []);
    await end();
  }
  const { page, done } = await open(`#campaign=all${AS}`);
  await page.click('[data-key="task-rates"]');
  await page.waitForSelector('[data-figure="real"]');
  assert.equal(await page.getAttribute('[data-key="task-rates"]', 'aria-current'), 'page');
  assert.equal(await page.locator('.legend-households').count(), 0);
  await page.click('[data-key="task-households"]');
  await page.waitForSelector('[data-figure="unvisited"]');
  assert.equal(await page.locator('.legend-households').count(), 1, 'the map has its households back');
  await done();
});

test('nothing to compare, nobody to visit and a service that fails are said, each with a next step', async () => {
  const one = await open(`#campaign=all&rates=county${AS}`, { ready: '[data-figure="empty"]' });
  assert.equal(await one.page.textContent('[data-figure="empty"]'), en['rates.empty.one']);
  await one.done();
  const none = await openWith({ ...fixture, overall: { eligible: 0, visited: 0, rate: null }, dispersion: null, limits: [], areas: fixture.areas.slice(5) }, '', '[data-figure="empty"]');
  assert.equal(await none.page.textContent('[data-figure="empty"]'), en['answer.nobody']);
  await none.done();
  const { page, done } = await open(`#campaign=all&rates=township${AS}`, { ready: '.view[data-view="rates"] .trouble', prepare: (p) => p.route('**/api/rates?*', (route) => route.fulfill({ status: 503, body: 'no' })) });
  assert.ok((await page.textContent('.trouble'))?.includes(en['trouble.failed']));
  await page.unroute('**/api/rates?*');
  await page.click('[data-key="again"]');
  await page.waitForSelector('[data-figure="real"]');
  await done();
});

test('a visit that is answered moves the row while it is looked at', async () => {
  const { page, done } = await open(`#campaign=all&rates=township${AS}`, ANSWERED);
  await page.waitForSelector('[data-live="open"]');
  const { visited } = (await rates('level=township')).areas.find((/** @type {any} */ a) => a.code === '7002');
  const { households: [{ code }] } = await ask('/api/unvisited?area=7002&limit=1', ADMIN);
  await visit(code);
  await page.waitForFunction((n) => document.querySelector('tr[data-code="7002"] td.rate small')?.textContent?.startsWith(n), (visited + 1).toLocaleString('en-GB'), { timeout: 15_000 });
  await done();
});

test('in both languages, in the dark and on a phone nothing is cut off sideways', async () => {
  for (const [lang, theme, width] of /** @type {const} */ ([['zh', 'dark', 360], ['en', 'light', 390], ['zh', 'light', 1280]])) {
    const { page, errors, done } = await open(`#campaign=all&rates=township&compare=7001&compare=7003&lang=${lang}&theme=${theme}&token=${ADMIN}`, { ready: '[data-figure="pair"]', width, height: 780 });
    assert.equal(await page.textContent('h1'), (lang === 'zh' ? zh : en)['rates.ask'].replace('{level}', lang === 'zh' ? '乡镇' : 'townships'));
    assert.equal(await page.$eval('#panel-content', (content) => content.scrollWidth - content.clientWidth), 0);
    const wide = await page.$eval('.funnel', (plot) => plot.getBoundingClientRect().width / Number(plot.getAttribute('width')));
    assert.ok(wide > 0.95 && wide < 1.1, `letters of the plot keep their size: ${wide}`);
    assert.deepEqual(errors, []);
    await done();
  }
});
