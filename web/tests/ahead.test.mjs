/** Lists made on the device, and the tiles over a place. No service is needed. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { ahead, crow } from '../ahead.js';
import { cover, tileUrl, walked } from '../tileurls.js';

/** A fixed sequence in [0, 1). @param {number} seed */
const chance = (seed) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

/** @param {string} code @param {number} lon @param {number} lat @param {string} kind @returns {any} */
const home = (code, lon, lat, kind = 'not_reached') => ({ code, lon, lat, address: null, status: 'occupied', area: 'A', outcome: null, called_at: null, reason: { kind }, leg_m: 7 });
/** @param {any[]} households @param {string} [asOf] @returns {any} */
const list = (households, asOf = '2026-11-23T08:00:00Z') => ({ campaign: 2, as_of: asOf, waiting: new Set(households.map(({ code }) => code)).size, length_m: 0, households });
const never = () => false;

test('a degree of latitude is as long as on the sphere of that radius, a degree of longitude shrinks with the cosine', () => {
  const degree = (2 * Math.PI * 6_371_008.8) / 360;
  assert.ok(Math.abs(crow([9, 47], [9, 48]) - degree) < 0.01);
  assert.ok(Math.abs(crow([9, 60], [9.001, 60]) - degree * 0.001 * 0.5) < 0.01);
  assert.equal(crow([9, 47], [9, 47]), 0);
});

test('the list that was walked goes on in its order, less who was called on; others follow', () => {
  const walkedLast = list([home('a', 9, 47), home('b', 9.001, 47), home('c', 9.002, 47)]);
  const kept = list([home('d', 9.003, 47), home('c', 9.002, 47), home('e', 9.004, 47, 'overdue')], '2026-11-23T07:00:00Z');
  const made = ahead({ lists: [walkedLast, kept], done: (code) => code === 'b', start: null, limit: 30 });
  assert.deepEqual(made?.households.map(({ code }) => code), ['a', 'c', 'd', 'e']);
  assert.equal(made?.waiting, 4);
  assert.equal(made?.as_of, '2026-11-23T07:00:00Z', 'as old as the oldest that it is made of');
  assert.equal(made?.households[0].leg_m, 0, 'nobody stands before the first');
  assert.equal(made?.length_m, made?.households.reduce((sum, { leg_m }) => sum + leg_m, 0));
});

test('where there is no room for all, the pressing ones come first', () => {
  const kept = list([home('near', 9, 47, 'on_the_way'), home('far', 9.5, 47, 'left_to_do'), home('late', 9.2, 47, 'overdue')]);
  assert.deepEqual(ahead({ lists: [kept, kept], done: never, start: [9, 47], limit: 3 })?.households.length, 3);
  const made = ahead({ lists: [list([]), kept], done: never, start: [9, 47], limit: 2 });
  assert.deepEqual(made?.households.map(({ code }) => code), ['late', 'far']);
  assert.equal(made?.waiting, 3);
});

test('of those who wait but are not listed, whoever was called on since is counted no more', () => {
  const kept = { ...list([home('a', 9, 47), home('b', 9, 47), home('c', 9, 47)]), waiting: 2211 };
  assert.equal(ahead({ lists: [kept], done: (code) => code !== 'b', start: null, limit: 30 })?.waiting, 2209);
});

test('nothing kept is no list; everybody called on is an empty one', () => {
  assert.equal(ahead({ lists: [], done: never, start: null, limit: 30 }), null);
  const made = ahead({ lists: [list([home('a', 9, 47)])], done: () => true, start: null, limit: 30 });
  assert.deepEqual([made?.waiting, made?.households.length, made?.length_m], [0, 0, 0]);
});

test('whatever is kept: nobody twice, nobody who was called on, no more than asked for, and all who wait are counted', () => {
  const next = chance(7);
  for (let round = 0; round < 200; round += 1) {
    const some = () => list(Array.from({ length: Math.floor(next() * 20) }, () => home(`h${Math.floor(next() * 30)}`, 9 + next() / 10, 47 + next() / 10, ['left_to_do', 'overdue', 'not_reached'][Math.floor(next() * 3)])));
    const lists = [some(), some(), some()];
    const done = new Set(Array.from({ length: 8 }, () => `h${Math.floor(next() * 30)}`));
    const limit = 1 + Math.floor(next() * 15);
    const made = ahead({ lists, done: (code) => done.has(code), start: next() < 0.5 ? [9, 47] : null, limit });
    const left = new Set(lists.flatMap(({ households }) => households.map((/** @type {any} */ { code }) => code)).filter((code) => !done.has(code)));
    const codes = made?.households.map(({ code }) => code) ?? [];
    assert.equal(made?.waiting, left.size);
    assert.equal(codes.length, Math.min(limit, left.size));
    assert.equal(new Set(codes).size, codes.length);
    assert.ok(codes.every((code) => left.has(code)));
  }
});

test('the tiles of a place hold every point of it, and each of them some', () => {
  const next = chance(11);
  for (let round = 0; round < 100; round += 1) {
    const [west, south] = [next() * 340 - 170, next() * 150 - 75];
    /** @type {[number, number, number, number]} */
    const box = [west, south, west + next() * 0.2, south + next() * 0.2];
    const z = Math.floor(next() * 12);
    const tiles = cover(box, z);
    const names = new Set(tiles.map(({ x, y }) => `${x}/${y}`));
    assert.equal(names.size, tiles.length);
    const met = new Set();
    for (let i = 0; i <= 40; i += 1) {
      for (let j = 0; j <= 40; j += 1) {
        const [lon, lat] = [box[0] + ((box[2] - box[0]) * i) / 40, box[1] + ((box[3] - box[1]) * j) / 40];
        const sin = Math.sin((lat * Math.PI) / 180); // another form of the same projection
        const [x, y] = [Math.floor(((lon + 180) / 360) * 2 ** z), Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 2 ** z)];
        assert.ok(names.has(`${x}/${y}`), `${z}/${x}/${y} of ${box}`);
        met.add(`${x}/${y}`);
      }
    }
    assert.equal(met.size, tiles.length);
  }
});

test('whole zooms are kept as long as they fit, each address once', () => {
  /** @type {[number, number, number, number]} */
  const box = [9.5, 47.1, 9.52, 47.12];
  const layers = [{ url: 'a/{z}/{x}/{y}', least: 8, most: 14 }, { url: 'b/{z}/{x}/{y}', least: 12, most: 17 }];
  const all = walked([box, box], layers, 10_000);
  assert.equal(new Set(all.map(({ url }) => url)).size, all.length);
  for (let z = 8; z <= 17; z += 1) {
    const expected = cover(box, z).length * ((z <= 14 ? 1 : 0) + (z >= 12 ? 1 : 0));
    assert.equal(all.filter(({ tile }) => tile.z === z).length, expected, `zoom ${z}`);
  }
  const few = walked([box], layers, 60);
  assert.ok(few.length <= 60);
  const deepest = Math.max(...few.map(({ tile }) => tile.z));
  assert.deepEqual(few.map(({ url }) => url), all.filter(({ tile }) => tile.z <= deepest).map(({ url }) => url), 'the zooms below the cut are whole');
  assert.ok(all.filter(({ tile }) => tile.z <= deepest + 1).length > 60, 'and one more would not fit');
});

test('tiles of areas and households carry the campaign, those of areas a level; nothing else is touched', () => {
  const root = 'http://a/b';
  const of = (/** @type {string} */ path, /** @type {number | null} */ campaign) => tileUrl(new URL(root + path), root, campaign, 'grid').slice(root.length);
  assert.equal(of('/tiles/areas/1/2/3', 2), '/tiles/areas/1/2/3?campaign=2&level=grid');
  assert.equal(of('/tiles/areas/1/2/3?level=township', null), '/tiles/areas/1/2/3?level=township');
  assert.equal(of('/tiles/households/1/2/3', 2), '/tiles/households/1/2/3?campaign=2');
  assert.equal(of('/tiles/context/1/2/3', 2), '/tiles/context/1/2/3');
  assert.equal(of('/tiles/areas', 2), '/tiles/areas');
});
