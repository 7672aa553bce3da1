/** Satisfaction beside coverage: the answer, the intervals, what is said of few; and asking a household on its card. */

import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, ask, close, mapDrawn, open, visit } from './browser.mjs';
import { byName, percent } from './ratepage.mjs';

after(close);

/** @typedef {import('playwright-core').Page} Page */
const PHONE = { width: 360, height: 740 };
/** @param {string} [more] @param {string} [token] */
const at = (more = '', token = ADMIN) => `#campaign=1&rates=township&figure=satisfaction${more}&lang=en&theme=light&token=${token}`;
const ANSWERED = { ready: '[data-figure="satisfied"]' };
const found = (level = 'township') => ask(`/api/satisfaction?campaign=1&level=${level}`, ADMIN);
/** Households on which nobody ever called: whoever did may not ask them. @param {string} area @returns {Promise<string[]>} */
const uncalled = async (area) => (await ask(`/api/unvisited?area=${area}&limit=1000`, ADMIN)).households.filter((/** @type {any} */ { outcome }) => outcome === null).map((/** @type {any} */ { code }) => code);
/** @param {Page} page */
const rowCodes = (page) => page.$$eval('table.satisfied tbody tr', (all) => all.map((row) => row.getAttribute('data-code')));

/** What is told of so many answers. @param {number} satisfied @param {number} answered @param {number} [asked] */
const told = (satisfied, answered, asked = answered + 4) => ({
  asked, answered, no_answer: asked === 0 ? null : (asked - answered) / asked, rate: answered === 0 ? null : satisfied / answered, lower: answered === 0 ? null : Math.max(0, satisfied / answered - 0.1), upper: answered === 0 ? null : Math.min(1, satisfied / answered + 0.1), method: answered === 0 ? null : 'wilson',
});
const near = { rate: null, lower: null, upper: null, method: null, range: 'all_or_nearly' };
/** @type {any} */
const fixture = {
  campaign: 1, as_of: '2026-11-23T00:00:00Z', level: 'township', definition: '', overall: told(150, 200, 250),
  areas: [
    { code: 'A1', name: 'Below', parent: null, ...told(30, 80), position: 'below_998' }, { code: 'A2', name: 'Inside', parent: null, ...told(60, 80), position: 'within' },
    { code: 'A3', name: 'Alike', parent: null, ...told(62, 80), position: 'within' }, { code: 'A4', name: 'Few', parent: null, ...told(7, 7), ...near, position: null },
    { code: 'A5', name: 'Silent', parent: null, ...told(0, 0, 4), position: null }, { code: 'A6', name: 'Unasked', parent: null, ...told(0, 0, 0), position: null },
  ],
};
/** @param {any} body @param {string} [ready] */
const openWith = (body, ready = '[data-figure="satisfied"]') => open(at(), { ready, prepare: (page) => page.route('**/api/satisfaction?*', (route) => route.fulfill({ json: body })) });

test('the choice of the figure stands in the address, and the answer and the rows are what the service says', async () => {
  const { page, errors, done } = await open(at().replace('&figure=satisfaction', ''), { ready: '[data-figure="real"]' });
  await page.click('[data-key="figure-satisfaction"]');
  await page.waitForSelector('[data-figure="satisfied"]');
  assert.match(page.url(), /figure=satisfaction/);
  assert.equal(await page.getAttribute('[data-key="figure-satisfaction"]', 'aria-current'), 'true');
  const { overall, areas } = await found();
  assert.ok(overall.answered > 300 && overall.answered < overall.asked, 'the demo asks some, and not all of them answer');
  assert.equal(await page.textContent('[data-figure="satisfied"]'), percent(overall.rate));
  assert.equal(await page.textContent('[data-figure="sentence"]'), en['satisfaction.answer'].replace('{answered}', overall.answered.toLocaleString('en-GB')).replace('{lower}', percent(overall.lower)).replace('{upper}', percent(overall.upper)));
  const silent = (await page.textContent('[data-figure="silent"]')) ?? '';
  assert.ok(silent.includes(`${overall.asked - overall.answered} of ${overall.asked.toLocaleString('en-GB')}`) && silent.includes(percent(overall.no_answer)), silent);
  assert.deepEqual(await rowCodes(page), byName(areas), 'by name');
  for (const area of areas.filter((/** @type {any} */ one) => one.rate !== null)) {
    const text = await page.locator(`tr[data-code="${area.code}"]`).innerText();
    for (const part of [area.name, percent(area.rate), `${Math.round(area.rate * area.answered)} of ${area.answered} · ${percent(area.lower)}–${percent(area.upper)}`, percent(area.no_answer), `${area.asked - area.answered} of ${area.asked}`, area.position === null ? en['position.few'] : /** @type {any} */ (en)[`position.${area.position}`]]) assert.ok(text.includes(part), `${text}: ${part}`);
  }
  assert.ok(areas.some((/** @type {any} */ one) => one.position?.endsWith('998')) && areas.filter((/** @type {any} */ one) => one.position === 'within').length > 5, 'of the demo one differs for real, most do not');
  assert.ok(areas.some((/** @type {any} */ one) => one.answered > 0 && one.answered < 10), 'and of one hardly anybody was asked');
  await page.reload();
  await page.waitForSelector('[data-figure="satisfied"]');
  await page.click('[data-key="figure-coverage"]');
  await page.waitForSelector('[data-figure="real"]');
  assert.doesNotMatch(page.url(), /figure=/);
  assert.deepEqual(errors, []);
  await done();
});

test('a whisker lies where its interval does, what rests on few is a range without a verdict, and nothing sorts by rate', async () => {
  const { page, done } = await openWith(fixture);
  for (const { code, lower, upper, rate } of fixture.areas.slice(0, 3)) {
    const [line, bar, dot] = await Promise.all(['.whisker', '.from-to', '.whisker .mid'].map(async (one) => /** @type {any} */ (await page.locator(`tr[data-code="${code}"] ${one}`).boundingBox())));
    const share = (/** @type {number} */ x) => (x - line.x) / line.width;
    assert.ok(Math.abs(share(bar.x) - lower) < 0.01 && Math.abs(share(bar.x + bar.width) - upper) < 0.01, `${code}: the bar`);
    assert.ok(Math.abs(share(dot.x + dot.width / 2) - rate) < 0.01, `${code}: the dot`);
  }
  const cell = (/** @type {string} */ code, /** @type {string} */ of) => page.textContent(`tr[data-code="${code}"] ${of}`);
  assert.deepEqual([await cell('A4', 'td.sure b'), await cell('A4', 'td.sure small'), await cell('A4', '.judged')], ['95%–100%', en['satisfaction.few'], en['position.few']]);
  assert.deepEqual([await cell('A5', 'td.sure small'), await cell('A6', 'td.sure small'), await cell('A6', '.judged')], [en['satisfaction.silent.all'], en['satisfaction.unasked'], en['satisfaction.none']]);
  assert.equal(await page.locator('tr[data-code="A4"] .whisker .mid').count(), 0, 'a range has no middle');
  const rest = (await page.textContent('[data-figure="rest"]')) ?? '';
  assert.ok(rest.includes('1 of 3 townships differs for real') && rest.includes(en['satisfaction.few.areas.one'].replace('{n}', '1')), rest);
  assert.deepEqual(await page.$$eval('.sorts button', (all) => all.map((one) => one.getAttribute('data-key'))), ['sort-name', 'sort-size', 'sort-verdict']);
  await page.click('[data-key="sort-size"]');
  assert.deepEqual((await rowCodes(page)).slice(-2), ['A5', 'A6']);
  assert.deepEqual(await page.$$eval('ol.judged [data-count]', (all) => all.map((b) => Number(b.getAttribute('data-count')))), [0, 0, 2, 0, 1, 3], 'the legend counts the same');
  await done();
});

test('on the map areas that cannot be told apart have one colour, whatever their rates', async () => {
  const { areas } = await found();
  const even = areas.map((/** @type {any} */ one, /** @type {number} */ i) => ({ ...one, ...told(10 + i * 6, 90), position: 'within' }));
  const same = areas.map((/** @type {any} */ one) => ({ ...one, ...told(60, 90), position: 'within' }));
  const apart = even.map((/** @type {any} */ one, /** @type {number} */ i) => (i === 4 ? { ...one, position: 'below_998' } : one));
  const pictures = [];
  for (const some of [even, same, apart]) {
    const { page, done } = await openWith({ ...fixture, areas: some });
    await mapDrawn(page);
    pictures.push((await page.screenshot({ clip: { x: 560, y: 80, width: 380, height: 380 } })).toString('base64'));
    await done();
  }
  assert.equal(pictures[0], pictures[1]);
  assert.notEqual(pictures[0], pictures[2]);
});

test('nobody asked, a refusal and a service that fails are said, each with a next step', async () => {
  const nobody = { ...fixture, overall: told(0, 0, 0), areas: fixture.areas.map((/** @type {any} */ one) => ({ ...one, ...told(0, 0, 0), position: null })) };
  const { page, done } = await openWith(nobody, '[data-figure="empty"]');
  assert.equal(await page.textContent('[data-figure="empty"]'), en['satisfaction.empty']);
  const said = (await page.textContent('.trouble')) ?? '';
  assert.ok(said.includes(en['satisfaction.empty.next']) && said.includes('/api/answers'));
  await page.click('[data-key="to-households"]');
  await page.waitForSelector('[data-figure="unvisited"]');
  await done();
  const failed = await open(at(), { ready: '[data-key="again"]', prepare: (p) => p.route('**/api/satisfaction?*', (route) => route.fulfill({ status: 503, body: 'no' })) });
  await failed.page.unroute('**/api/satisfaction?*');
  await failed.page.click('[data-key="again"]');
  await failed.page.waitForSelector('[data-figure="satisfied"]');
  await failed.done();
  const refused = await open(at('', MEMBER), { ready: '.trouble' });
  assert.ok((await refused.page.textContent('.trouble'))?.includes(en['trouble.refused']));
  assert.deepEqual(refused.requests.filter((url) => url.includes('/api/satisfaction')), []);
  await refused.done();
});

test('in both languages, in the dark and on a phone nothing is cut off sideways, and the keys reach figure, order and rows', async () => {
  for (const [lang, theme] of [['en', 'light'], ['zh', 'dark']]) {
    const { page, done } = await open(at().replace('lang=en&theme=light', `lang=${lang}&theme=${theme}`), { ...PHONE, ...ANSWERED });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width);
    const inside = await page.$eval('#panel-content', (box) => [...box.querySelectorAll('table.satisfied td, .figures-of a')].every((one) => one.getBoundingClientRect().right <= box.getBoundingClientRect().right + 0.5));
    assert.ok(inside, lang);
    if (lang === 'zh') assert.ok((await page.textContent('#panel-content'))?.includes(zh['satisfaction.head.silent']));
    await done();
  }
  const { page, done } = await open(at(), ANSWERED);
  await page.focus('[data-key="figure-satisfaction"]');
  /** @type {(string | null | undefined)[]} */
  const stops = [];
  for (let i = 0; i < 12; i += 1) {
    await page.keyboard.press('Tab');
    stops.push(await page.evaluate(() => document.activeElement?.getAttribute('data-key')));
  }
  const order = ['campaign', 'rates-level', 'sort-name', 'sort-size', 'sort-verdict'].map((key) => stops.indexOf(key));
  assert.ok(order.every((n, i) => n >= 0 && (i === 0 || n > order[i - 1])), String(stops));
  assert.ok(stops.some((key) => key?.startsWith('row-')), String(stops));
  await done();
});

test('who may ask keeps an answer on the card of a household, and it counts at once; who called there is refused', async () => {
  const [code, called] = await uncalled('7001');
  await visit(called, 2);
  const before = (await found()).overall;
  const card = (/** @type {string} */ one, token = ADMIN) => `#campaign=1&household=${one}&lang=en&theme=light&token=${token}`;
  const { page, errors, done } = await open(card(code), { ...PHONE, ready: '[data-part="answer"]' });
  assert.ok((await page.textContent('[data-part="answer"]'))?.includes(en['answer.who']));
  for (const box of await page.$$('[data-answer]')) assert.ok(((await box.boundingBox())?.height ?? 0) >= 44);
  await page.click('[data-answer="not_satisfied"]');
  await page.waitForSelector('[data-answer="not_satisfied"][aria-pressed="true"]');
  assert.ok((await page.textContent('[data-figure="answered"]'))?.startsWith('Kept: Not satisfied'));
  const then = (await found()).overall;
  assert.deepEqual([then.asked - before.asked, then.answered - before.answered], [1, 1]);
  await page.click('[data-answer="no_answer"]');
  await page.waitForSelector('[data-answer="no_answer"][aria-pressed="true"]');
  const last = (await found()).overall;
  assert.deepEqual([last.asked - before.asked, last.answered - before.answered], [1, 0], 'the last answer is the one that counts');
  assert.deepEqual(errors, []);
  await done();
  const refused = await open(card(called), { ready: '[data-part="answer"]' });
  await refused.page.click('[data-answer="satisfied"]');
  await refused.page.waitForSelector('[data-figure="answered"][role="alert"]');
  const said = (await refused.page.textContent('[data-figure="answered"]')) ?? '';
  assert.ok(said.includes(en['answer.refused']) && said.includes('call on yourself'), said);
  assert.equal((await found()).overall.asked, last.asked);
  await refused.done();
});

test('an answer that got no reply is kept once when it is pressed again', async () => {
  const [code] = await uncalled('7002');
  /** @type {string[]} */
  const ids = [];
  const { page, done } = await open(`#campaign=1&household=${code}&lang=en&theme=light&token=${ADMIN}`, { ready: '[data-part="answer"]', prepare: (p) => p.route('**/api/answers', async (route) => {
    ids.push(route.request().postDataJSON().id);
    if (ids.length > 1) return route.continue();
    await route.fetch(); // it arrives, and the reply is lost
    return route.abort();
  }) });
  const before = (await found()).overall.asked;
  await page.click('[data-answer="satisfied"]');
  await page.waitForFunction((text) => document.querySelector('[data-figure="answered"]')?.textContent?.includes(text), en['answer.failed']);
  await page.click('[data-answer="satisfied"]');
  await page.waitForSelector('[data-answer="satisfied"][aria-pressed="true"]');
  assert.deepEqual([ids.length, new Set(ids).size, (await found()).overall.asked - before], [2, 1, 1]);
  await done();
});

test('who may not ask has no buttons on the card', async () => {
  const [{ code }] = (await ask('/api/worklist?campaign=2&limit=1', MEMBER)).households;
  const { page, done } = await open(`#campaign=2&household=${code}&lang=en&theme=light&token=${MEMBER}`, { ready: '[data-field="status"]' });
  assert.equal(await page.locator('[data-part="answer"]').count(), 0);
  await done();
});
