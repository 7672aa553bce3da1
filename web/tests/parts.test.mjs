import assert from 'node:assert/strict';
import test from 'node:test';
import { format, parse } from '../address.js';
import { byNeed, chain, current, inside, lowest, parts, strength, whole } from '../figures.js';

Object.assign(globalThis, { sessionStorage: { getItem: () => null } });
const { merge } = await import('../live.js');
const { few } = await import('../reading.js');

/** @param {string} code @param {string} level @param {string | null} parent @param {number} visited @param {number} unvisited @returns {any} */
const row = (code, level, parent, visited, unvisited) => ({ code, name: code, level, parent, visited, unvisited, eligible: visited + unvisited, rate: null, by_outcome: { visited, not_home: 2, refused: 1 } });
const rows = [row('1', 'county', null, 9, 21), row('11', 'township', '1', 9, 21), row('111', 'grid', '11', 4, 6), row('112', 'grid', '11', 5, 15)];

test('an address says what it was made of', () => {
  const view = { at: { lng: 9.5231, lat: 47.14, zoom: 12.25 }, campaign: 2, area: 'a/b & c', household: 'H1', hidden: true, plan: 3, task: /** @type {const} */ ('draw'), beside: 4, split: true, rule: 'junction', why: /** @type {[number, number]} */ ([9.52, 47.14]), rates: null, figure: null, within: null, compare: [], ledger: false, calendar: false, today: false, member: null, teams: null, team: null, lang: /** @type {const} */ ('zh'), theme: /** @type {const} */ ('dark') };
  assert.deepEqual(parse(format(view)), { view, token: null, link: null });
});

test('a broken address shows the whole place and the current campaign', () => {
  for (const hash of ['', '#', '#map=1/2', '#map=99/95/300&campaign=-4', '#map=a/b/c&campaign=x&lang=fr&theme=pink']) {
    const { view } = parse(hash);
    assert.equal(view.at, undefined);
    assert.equal(view.campaign, undefined);
    assert.equal(view.lang, undefined);
    assert.equal(view.theme, undefined);
  }
});

test('a token is read from the address and never written to it', () => {
  assert.equal(parse('#token=abc&area=1').token, 'abc');
  assert.doesNotMatch(format(/** @type {any} */ ({ ...parse('#token=abc&area=1').view, lang: 'en', theme: 'light', at: null })), /abc/);
});

test('the parts of an area add up to its eligible households', () => {
  for (const one of rows) {
    const { reached, tried, never } = parts(one);
    assert.equal(reached + tried + never, one.eligible);
  }
});

test('most unvisited come first, the lowest level is found, and areas know what they lie in', () => {
  assert.equal(lowest(rows), 'grid');
  assert.deepEqual(byNeed(inside(rows, '1', 'grid')).map((r) => r.code), ['112', '111']);
  assert.deepEqual(chain(rows, '112').map((r) => r.code), ['112', '11', '1']);
  assert.deepEqual(chain(rows, 'nowhere'), []);
});

test('several counties are added to one whole', () => {
  const all = whole([row('1', 'county', null, 9, 21), row('2', 'county', null, 1, 9)], 'Both');
  assert.equal(all?.eligible, 40);
  assert.equal(all?.unvisited, 30);
  assert.equal(all?.by_outcome.visited, 10);
});

test('two live changes become one that forgets nothing', () => {
  const a = { seq: 1, tiles: { areas: ['1/0/0'] }, areas: ['11'], campaign: 1, reset: false };
  const b = { seq: 2, tiles: { areas: ['1/0/0', '2/0/0'], households: ['9/1/1'] }, areas: ['12'], campaign: 2, reset: true };
  assert.deepEqual(merge(a, b), { seq: 2, tiles: { areas: ['1/0/0', '2/0/0'], households: ['9/1/1'] }, areas: ['11', '12'], campaign: null, reset: true });
});

test('the campaign that began last is the current one, and before the first there is none', () => {
  const campaigns = [{ id: 1, from: '2026-10-01' }, { id: 2, from: '2026-11-01' }, { id: 3, from: '2026-12-01' }].map((one) => ({ ...one, name: '', theme: '', to: one.from, revisit_days: null, need_days: null, phase: /** @type {const} */ ('ended') }));
  assert.equal(current(campaigns, '2026-11-01'), 2);
  assert.equal(current(campaigns, '2026-10-31'), 1);
  assert.equal(current(campaigns, '2027-10-31'), 3);
  assert.equal(current(campaigns, '2026-09-30'), null);
  assert.equal(current([...campaigns.slice(0, 1).map((one) => ({ ...one, phase: /** @type {const} */ ('running') })), ...campaigns.slice(1)], '2027-10-31'), 1, 'one that runs goes before one that is over');
});

test('all visits have an address of their own', () => {
  const all = parse('#campaign=all&lang=en&theme=light').view;
  assert.equal(all.campaign, null);
  assert.match(format(/** @type {any} */ (all)), /campaign=all/);
});

test('of a large place only the areas that changed are read, of a small one all at once', () => {
  const many = Array.from({ length: 5000 }, (_, i) => row(String(i), 'grid', null, 1, 1));
  assert.deepEqual(few(many, new Set(['7', '4711']))?.map((r) => r.code), ['7', '4711']);
  assert.equal(few(many, 'all'), null);
  assert.equal(few(many, new Set(['7', 'a new one'])), null);
  assert.equal(few(many, new Set(many.slice(0, 50).map((r) => r.code))), null);
  assert.equal(few(many.slice(0, 50), new Set(['7'])), null);
});

test('the legend fades as the style does', () => {
  const style = /** @type {any} */ ({ layers: [{ id: 'areas-fill', paint: { 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 10, 0.8, 12, 0.6, 16, 0.2] } }] });
  assert.deepEqual([3, 10, 11, 12, 14, 16, 20].map((zoom) => Math.round(strength(style, zoom) * 100)), [80, 80, 70, 60, 40, 20, 20]);
});
