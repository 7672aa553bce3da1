/** As a planner would: a rule set becomes lawful places, a refusal is explained, a zone is drawn, and the stalls change. */

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, MEMBER, PLANNER, ask, close, figure, mapDrawn, open, planReady, send, shown } from './browser.mjs';

after(close);

const AS = `&lang=en&theme=light&token=${ADMIN}`;
/** @typedef {import('playwright-core').Page} Page */

/** The smallest township: a plan that is worked out soon. @type {any} */
let town;
/** @type {number} */
let plan;
/** The middle of a lawful place. @type {[number, number]} */
let lawful;

/** @param {number[][]} ring @returns {[number, number]} */
const middle = (ring) => [ring.slice(0, -1).reduce((s, p) => s + p[0], 0) / (ring.length - 1), ring.slice(0, -1).reduce((s, p) => s + p[1], 0) / (ring.length - 1)];
/** @param {any} geometry @returns {number[][]} */
const ringOf = (geometry) => (geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates[0][0]);

/** Where the middle of the map is on the screen. @param {Page} page */
async function aim(page) {
  const box = await page.locator('#aim').boundingBox();
  assert.ok(box);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
/** @param {[number, number]} at @param {number} [zoom] */
const at = ([lon, lat], zoom = 17) => `map=${zoom.toFixed(2)}/${lat.toFixed(6)}/${lon.toFixed(6)}`;
/** @param {Page} page @param {number} n */
const unsaved = (page, n) => page.waitForFunction((wanted) => document.querySelectorAll('[data-edit]').length === wanted, n);
/** Draws a square around the middle of the map. @param {Page} page @param {string} tool @param {number} size  pixels */
async function square(page, tool, size) {
  await page.click(`[data-tool="${tool}"]`);
  const { x, y } = await aim(page);
  const d = size / 2;
  for (const [dx, dy] of [[-d, -d], [d, -d], [d, d], [-d, d], [-d, -d]]) {
    await page.mouse.move(x + dx, y + dy, { steps: 3 });
    await page.mouse.click(x + dx, y + dy);
  }
}
/** @param {Page} page @param {string} reason */
async function save(page, reason) {
  await page.fill('#draw-reason', reason);
  await page.click('#save');
}
const zones = async () => (await ask(`/ogc/collections/zones/items?plan=${plan}&limit=1000`, ADMIN)).features;

before(async () => {
  const towns = (await ask('/api/coverage?level=township')).areas;
  const sized = await Promise.all(towns.map(async (/** @type {any} */ one) => ({ ...one, area: (await ask(`/api/areas/${one.code}`)).area_m2 })));
  town = sized.toSorted((a, b) => a.area - b.area)[0];
  plan = (await (await send('POST', '/api/plans', { name: 'Test of the page', rules: 'us-ca-monrovia', /* no rule on sides: a zone on one costs stalls */ within: town.code, reason: 'test' }, ADMIN, { 'Content-Type': 'application/json' })).json()).id;
  assert.equal((await planReady(plan)).state, 'ready');
  const places = (await ask(`/api/plans/${plan}/legal`, ADMIN)).features.toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.properties.stalls - a.properties.stalls);
  lawful = middle(ringOf(places[0].geometry));
});

test('who may not plan is told so, and sees no task', async () => {
  const { page, done } = await open(`#plan=list&lang=en&theme=light&token=${MEMBER}`, { ready: '.trouble' });
  assert.ok((await page.textContent('.trouble'))?.includes(en['trouble.refused']));
  assert.equal(await page.locator('.tasks').count(), 0);
  await done();
});

test('a rule set and an area become lawful places on the map', async () => {
  const { page, errors, requests, done } = await open(`#plan=list${AS}`, { ready: 'table.plans' });
  await page.click('[data-key="plan-new"]');
  await page.selectOption('#plan-rules', 'cn-hebi-2012');
  const said = (await page.textContent('[data-rule-set]')) ?? '';
  assert.match(said, /Henan/);
  assert.match(said, /2012/);
  assert.match(said, /Not legal advice/);
  await page.selectOption('#plan-within', town.code);
  await page.fill('#plan-name', 'Founded on the page');
  await page.click('[data-key="plan-found"]');
  await page.waitForSelector('[data-figure="stalls"]', { timeout: 30_000 });
  const id = Number(/plan=(\d+)/.exec(page.url())?.[1]);
  const found = await planReady(id);
  assert.equal(await shown(page, '[data-figure="stalls"]'), found.stalls);
  assert.ok((await page.textContent('[data-figure="sentence"]'))?.includes(found.assumed.of.toLocaleString('en-GB')));
  await mapDrawn(page);
  assert.ok(requests.some((url) => url.includes(`/api/plans/${id}/tiles/`)), 'tiles of the plan were asked for');
  assert.equal(await shown(page, '[data-legend="lawful"] b'), found.assumed.of - found.assumed.streets);
  assert.deepEqual(errors, []);
  await done();
});

test('the ground of a plan can be drawn, and the click that ends it picks no area', async () => {
  const { page, done } = await open(`#plan=new&${at(lawful, 15)}${AS}`, { ready: '#plan-rules' });
  await mapDrawn(page);
  await page.click('[data-key="within-draw"]');
  await page.waitForTimeout(500); // the drawing library is loaded
  const { x, y } = await aim(page);
  for (const [dx, dy] of [[-60, -60], [60, -60], [60, 60], [-60, 60], [-60, -60]]) {
    await page.mouse.move(x + dx, y + dy, { steps: 3 });
    await page.mouse.click(x + dx, y + dy);
  }
  await page.waitForTimeout(500);
  assert.equal(await page.textContent('#plan-within option:checked'), en['within.drawn']);
  await done();
});

test('the waterfall falls from all places to the lawful ones, rule by rule', async () => {
  const found = await ask(`/api/plans/${plan}`, ADMIN);
  const { page, done } = await open(`#plan=${plan}${AS}`, { ready: '[data-part="costs"]' });
  const losses = await page.$$eval('.costs [data-loss]', (all) => all.map((td) => Number(td.getAttribute('data-loss'))));
  assert.deepEqual(losses, found.by_rule.map((/** @type {any} */ r) => r.in_order.stalls));
  assert.equal(found.without_rules.stalls - losses.reduce((sum, n) => sum + n, 0), found.stalls);
  assert.equal(await page.locator('.costs .bars').count(), found.by_rule.length + 2);
  const [{ rule, text }] = found.by_rule;
  await page.click(`.costs [data-rule="${rule}"] button`);
  await page.waitForFunction((key) => location.hash.includes(`rule=${key}`), rule);
  assert.ok((await page.textContent('#legend'))?.includes(text.en), 'the legend says which rule is shown');
  await done();
});

test('a click on a refused place says why, with measured and required, and how far it is to a lawful one', async () => {
  /** @type {[number, number]} */
  let refused = lawful;
  for (let i = 1; i < 40; i += 1) {
    refused = [lawful[0] + i * 0.0001, lawful[1] + i * 0.00003];
    if (!(await ask(`/api/why?plan=${plan}&lon=${refused[0]}&lat=${refused[1]}`, ADMIN)).legal) break;
  }
  const { page, done } = await open(`#plan=${plan}&${at(refused, 18)}${AS}`, { ready: '[data-figure="stalls"]' });
  await mapDrawn(page);
  const { x, y } = await aim(page);
  await page.mouse.click(x, y);
  await page.waitForSelector('[data-part="why"][data-legal="false"]');
  const [lon, lat] = /why=([-\d.]+),([-\d.]+)/.exec(page.url())?.slice(1).map(Number) ?? [];
  const asked = await ask(`/api/why?plan=${plan}&lon=${lon}&lat=${lat}`, ADMIN);
  assert.equal(await page.locator('.why [data-rule]').count(), asked.rules.length);
  for (const { rule, pass } of asked.rules) {
    const sign = page.locator(`.why [data-rule="${rule}"] [data-verdict]`);
    assert.equal(await sign.getAttribute('data-verdict'), pass === null ? 'open' : pass ? 'pass' : 'fail', rule);
    assert.ok((await sign.textContent())?.trim(), 'a word, not only a colour');
  }
  if (asked.nearest) assert.match((await page.textContent('[data-figure="nearest"]')) ?? '', /\d/);
  await page.keyboard.press('Escape');
  await page.waitForSelector('[data-part="why"]', { state: 'detached' });
  await done();
});

test('a zone is drawn, moved, taken back and saved, and the stalls change', async () => {
  const first = (await planReady(plan)).stalls;
  const known = (await zones()).length;
  const { page, errors, done } = await open(`#plan=${plan}&task=draw&${at(lawful)}${AS}`, { ready: '[data-tool]' });
  await mapDrawn(page);
  await square(page, 'forbidden', 120);
  await unsaved(page, 1);
  assert.equal((await zones()).length, known, 'nothing is saved unasked');
  assert.equal(await page.inputValue('#zone-class'), 'forbidden');

  const { x, y } = await aim(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y + 10, { steps: 4 });
  await page.mouse.up();
  await page.click('#undo'); // the move
  await unsaved(page, 1);
  await page.click('#undo'); // the drawing
  await unsaved(page, 0);
  await page.click('#redo');
  await unsaved(page, 1);

  await page.click('[data-edit] button');
  await page.fill('#drawing-name', 'School run');
  await page.keyboard.press('Tab');
  await save(page, 'asked for by the school');
  await page.waitForSelector('[data-part="saved"]');
  const drawn = (await zones()).find((/** @type {any} */ z) => z.properties.name === 'School run');
  assert.equal(drawn.properties.class, 'forbidden');
  assert.equal(drawn.properties.reason, 'asked for by the school');
  const now = await planReady(plan);
  assert.ok(now.stalls < first, `${now.stalls} of ${first}`);
  await page.click('.back');
  await page.waitForFunction((n) => Number(document.querySelector('[data-figure="stalls"]')?.textContent?.replace(/\D/g, '')) === n, now.stalls, { timeout: 20_000 });
  assert.deepEqual(errors, []);
  await done();
});

test('a zone is split by a line, and a part deleted', async () => {
  const { page, done } = await open(`#plan=${plan}&task=draw&${at([lawful[0] + 0.01, lawful[1] + 0.01])}${AS}`, { ready: '[data-tool]' });
  await mapDrawn(page);
  await square(page, 'allowed', 140);
  await unsaved(page, 1);
  await page.click('#split');
  const { x, y } = await aim(page);
  for (const [dx, dy] of [[-110, 5], [110, 5], [110, 5]]) {
    await page.mouse.move(x + dx, y + dy, { steps: 3 });
    await page.mouse.click(x + dx, y + dy);
  }
  await unsaved(page, 2);
  await page.mouse.click(x, y - 40);
  await page.click('#drop');
  await unsaved(page, 1);
  await page.keyboard.press('Control+z');
  await unsaved(page, 2);
  await page.click('[data-key="discard"]');
  await page.click('#ask-yes');
  await unsaved(page, 0);
  await done();
});

test('leaving with unsaved drawings asks first', async () => {
  const { page, done } = await open(`#plan=${plan}&task=draw&${at([lawful[0] + 0.01, lawful[1] + 0.01])}${AS}`, { ready: '[data-tool]' });
  await mapDrawn(page);
  await square(page, 'restricted', 100);
  await unsaved(page, 1);
  await page.click('.back');
  await page.waitForSelector('.unsaved[data-unsaved="1"]');
  await page.click('.back');
  await page.click('#ask-no');
  assert.match(page.url(), new RegExp(`plan=${plan}&`));
  await page.click('.back');
  await page.click('#ask-yes');
  await page.waitForSelector('table.plans');
  await done();
});

test('two who change the same zone: nothing is lost, and who changed it when is said', async () => {
  const { x0, y0 } = { x0: lawful[0] + 0.01, y0: lawful[1] + 0.01 };
  const ring = [[x0, y0], [x0 + 0.001, y0], [x0 + 0.001, y0 + 0.001], [x0, y0 + 0.001], [x0, y0]];
  const feature = (/** @type {string} */ name) => ({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { plan, class: 'allowed', name, reason: 'test' } });
  const made = await send('POST', '/ogc/collections/zones/items', feature('Market'), ADMIN);
  const id = String(made.headers.get('Location')).split('/').at(-1);
  const item = `/ogc/collections/zones/items/${id}`;
  const { page, done } = await open(`#plan=${plan}&task=draw&${at([x0 + 0.0005, y0 + 0.0005])}${AS}`, { ready: '[data-tool]' });
  await mapDrawn(page);
  for (const [how, names] of /** @type {[string, string[]][]} */ ([['theirs', ['Theirs 1']], ['mine', ['Mine 2']], ['both', ['Mine 3', 'Theirs 3']]])) {
    const n = names[0].at(-1);
    const { x, y } = await aim(page);
    await page.mouse.click(x, y);
    await page.waitForSelector('#drawing-name');
    await page.fill('#drawing-name', `Mine ${n}`);
    await page.keyboard.press('Tab');
    await unsaved(page, 1);
    const etag = (await send('PUT', item, { ...feature(`Theirs ${n}`), id }, PLANNER, { 'If-Match': String((await fetch(made.url.replace(/\/ogc.*/, item), { headers: { Authorization: `Bearer ${PLANNER}` } })).headers.get('ETag')) })).headers.get('ETag');
    assert.ok(etag);
    await save(page, 'mine is right');
    await page.waitForSelector('[data-clash]');
    const by = (await ask(item, ADMIN)).properties.by;
    assert.ok((await page.textContent('[data-clash]'))?.includes(by), 'says who');
    await page.click(`[data-how="${how}"]`);
    await page.waitForSelector('[data-clash]', { state: 'detached' });
    await unsaved(page, 0);
    const mine = (await zones()).map((/** @type {any} */ z) => z.properties.name).filter((/** @type {string} */ name) => new RegExp(`^(Mine|Theirs) ${n}$`).test(name ?? '')).sort();
    assert.deepEqual(mine, names);
  }
  await done();
});

test('what another planner draws appears at once', async () => {
  const { page, done } = await open(`#plan=${plan}&task=draw${AS}`, { ready: '[data-tool]' });
  const before = figure((await page.textContent('.heading p')) ?? '');
  const [x, y] = [lawful[0] + 0.02, lawful[1]];
  await send('POST', '/ogc/collections/spots/items', { type: 'Feature', geometry: { type: 'Point', coordinates: [x, y] }, properties: { plan, name: 'By the well', stalls: 4, reason: 'test' } }, PLANNER);
  await page.waitForFunction((was) => Number((document.querySelector('.heading p')?.textContent ?? '').replace(/\D/g, '')) !== was, before);
  await done();
});

test('a width that somebody measured takes the place of the assumed one, and can be taken back', async () => {
  const { page, done } = await open(`#plan=${plan}&why=${lawful[0].toFixed(6)},${lawful[1].toFixed(6)}&${at(lawful)}${AS}`, { ready: '[data-part="why"] [data-key="widths-head"]' });
  const known = () => page.getAttribute('[data-width="left"]', 'data-known');
  await page.click('[data-key="widths-head"]');
  const before = await known();
  assert.notEqual(before, 'measured');
  await page.click('[data-key="width-open"]');
  await page.fill('#width-left', '120');
  await page.fill('#width-reason', 'walked it with a tape');
  await page.click('[data-key="width-save"]');
  assert.ok(await page.$eval('#width-left', (input) => !(/** @type {HTMLInputElement} */ (input).checkValidity())), 'more than 100 m is no footway');
  await page.fill('#width-left', '4.25');
  await page.click('[data-key="width-save"]');
  await page.waitForSelector('[data-width="left"][data-known="measured"]', { state: 'attached' });
  const kept = await planReady(plan);
  assert.equal(Object.keys(kept.widths).length, 1);
  assert.equal(kept.reason, 'walked it with a tape');
  await page.click('[data-key="width-open"]');
  assert.equal(await page.inputValue('#width-left'), '4.25');
  await page.fill('#width-left', '');
  await page.fill('#width-reason', 'it was another street');
  await page.click('[data-key="width-save"]');
  await page.waitForSelector(`[data-width="left"][data-known="${before}"]`, { state: 'attached' });
  assert.deepEqual((await planReady(plan)).widths, {});
  await done();
});

test('rules are edited as text: a mistake is shown at its line, and saving works the plan out again', async () => {
  const { page, done } = await open(`#plan=${plan}&task=rules${AS}`, { ready: '#rules-text' });
  await page.waitForSelector('.fine');
  const text = await page.inputValue('#rules-text');
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.startsWith('distance')) + 1;
  await page.fill('#rules-text', text.replace(/^distance = .*$/m, 'distance = "-10 m"'));
  await page.waitForSelector(`.faults [data-line="${line}"]`);
  assert.equal(await page.textContent('.numbers .wrong'), `${line}\n`);
  assert.ok(await page.isDisabled('#rules-save'));
  await page.fill('#rules-text', text.replace(/^distance = .*$/m, 'distance = "40 m"'));
  await page.waitForSelector('.fine');
  await page.fill('#rules-reason', 'tried with more room');
  await page.click('#rules-save');
  await page.waitForSelector('[data-figure="stalls"]', { timeout: 30_000 });
  assert.equal((await planReady(plan)).reason, 'tried with more room');
  await done();
});

test('two plans stand side by side, and a link shows them to a colleague', async () => {
  const { plans } = await ask('/api/plans', ADMIN);
  const other = plans.find((/** @type {any} */ p) => p.id !== plan && p.state === 'ready');
  const { page, done } = await open(`#plan=${plan}${AS}`, { ready: '#beside' });
  await page.selectOption('#beside', String(other.id));
  await page.waitForSelector('[data-part="beside"]');
  assert.match(page.url(), new RegExp(`beside=${other.id}`));
  const row = await page.$$eval('[data-row="stalls"] td', (all) => all.map((td) => Number(td.textContent?.replace(/\D/g, ''))));
  assert.deepEqual(row, [(await ask(`/api/plans/${plan}`, ADMIN)).stalls, other.stalls]);
  await done();
});

test('in Chinese and at 360 pixels nothing scrolls sideways and every button has a name', async () => {
  for (const task of ['', '&task=draw', '&task=rules']) {
    const { page, done } = await open(`#plan=${plan}${task}&lang=zh&theme=dark&token=${ADMIN}`, { width: 360, height: 740, ready: '.heading h1' });
    const wide = await page.$$eval('body *', (all) => all.filter((e) => !e.closest('.maplibregl-map, .skips, [hidden], dialog, textarea') && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className || e.tagName));
    assert.deepEqual(wide, [], task);
    const nameless = await page.$$eval('button, a, input, select, textarea', (all) => all.filter((e) => !(e.textContent?.trim() || e.getAttribute('aria-label') || e.closest('label'))).map((e) => e.outerHTML.slice(0, 90)));
    assert.deepEqual(nameless, [], task);
    assert.match((await page.textContent('.panel')) ?? '', /[\u4e00-\u9fff]/);
    await done();
  }
});
