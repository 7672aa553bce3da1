import assert from 'node:assert/strict';
import test from 'node:test';
import { format, parse } from '../address.js';
import { byNeed, chain, inside, lowest, parts, whole } from '../figures.js';

Object.assign(globalThis, { sessionStorage: { getItem: () => null } });
const { merge } = await import('../live.js');

/** @param {string} code @param {string} level @param {string | null} parent @param {number} visited @param {number} unvisited @returns {any} */
const row = (code, level, parent, visited, unvisited) => ({ code, name: code, level, parent, visited, unvisited, eligible: visited + unvisited, rate: null, by_outcome: { visited, not_home: 2, refused: 1 } });
const rows = [row('1', 'county', null, 9, 21), row('11', 'township', '1', 9, 21), row('111', 'grid', '11', 4, 6), row('112', 'grid', '11', 5, 15)];

test('an address says what it was made of', () => {
  const view = { at: { lng: 9.5231, lat: 47.14, zoom: 12.25 }, campaign: 2, area: 'a/b & c', household: 'H1', hidden: true, lang: /** @type {const} */ ('zh'), theme: /** @type {const} */ ('dark') };
  assert.deepEqual(parse(format(view)), { view, token: null });
});

test('a broken address shows the whole place and all visits', () => {
  for (const hash of ['', '#', '#map=1/2', '#map=99/95/300&campaign=-4', '#map=a/b/c&campaign=x&lang=fr&theme=pink']) {
    const { view } = parse(hash);
    assert.equal(view.at, undefined);
    assert.equal(view.campaign, null);
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
