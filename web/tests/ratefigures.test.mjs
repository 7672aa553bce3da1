/** What is worked out from compared rates and from weeks: axes, labels, orders, lines. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { axes, counts, fitLabels, forReal, higherFirst, scaleOf, sorted } from '../ratefigures.js';
import { path, top } from '../weekfigures.js';
import { fixture } from './ratepage.mjs';

test('the axes begin where the data is, hold all of it, and are logarithmic where sizes differ much', () => {
  const { x, y } = axes(fixture);
  assert.ok(x.log && x.from < 100 && x.from > 50 && x.to > 2000);
  assert.ok(y.from <= 0.2 + 1e-9 && y.to >= 0.8 - 1e-9 && y.from >= 0 && y.to <= 1);
  const near = axes({ ...fixture, limits: [], areas: fixture.areas.slice(0, 5).map((/** @type {any} */ a) => ({ ...a, eligible: 1000 + a.rate * 100, rate: 0.9 + a.rate / 100 })), overall: { eligible: 1, visited: 1, rate: 0.9 } });
  assert.ok(!near.x.log && near.y.from > 0.85, JSON.stringify(near));
  for (const axis of [x, y, near.x, near.y]) {
    const at = scaleOf(axis, 0, 100);
    assert.ok(Math.abs(at(axis.from)) < 1e-9 && Math.abs(at(axis.to) - 100) < 1e-9);
    assert.ok(axis.ticks.length >= 2 && axis.ticks.every((tick, i) => tick >= axis.from - 1e-9 && tick <= axis.to + 1e-9 && (i === 0 || tick > axis.ticks[i - 1])), JSON.stringify(axis));
  }
});

test('labels cover neither one another nor any point, and the first ones have the first choice', () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const points = Array.from({ length: 120 }, () => ({ x: random() * 400, y: random() * 250 }));
  const wishes = points.map((p, i) => ({ ...p, text: `n${i}`, width: 30 }));
  const frame = { x: 0, y: 0, width: 400, height: 250 };
  const labels = fitLabels(wishes, points, frame);
  assert.ok(labels.length > 10 && labels.length < 120, String(labels.length));
  assert.equal(labels[0].text, 'n0');
  const boxes = labels.map(({ x, y, anchor }) => ({ x: anchor === 'start' ? x : anchor === 'end' ? x - 30 : x - 15, y: y - 10 }));
  boxes.forEach((a, i) => {
    assert.ok(a.x >= -0.01 && a.x + 30 <= 400.01 && a.y >= -0.01 && a.y + 13 <= 250.01);
    for (const b of boxes.slice(i + 1)) assert.ok(a.x + 30 <= b.x + 0.01 || b.x + 30 <= a.x + 0.01 || a.y + 13 <= b.y + 0.01 || b.y + 13 <= a.y + 0.01, 'two labels meet');
    for (const p of points) assert.ok(!(p.x > a.x && p.x < a.x + 30 && p.y > a.y && p.y < a.y + 13), 'a label covers a point');
  });
});

test('areas are put in order by name, size or verdict; of two the higher one is said first', () => {
  assert.deepEqual(sorted(fixture.areas, 'name', 'en').map((a) => a.name), ['Area 1', 'Area 2', 'Area 3', 'Area 4', 'Area 5', 'B1', 'B2']);
  assert.deepEqual(sorted(fixture.areas, 'size', 'en').slice(0, 2).map((a) => a.eligible), [2000, 1525]);
  assert.deepEqual(sorted(fixture.areas, 'verdict', 'en').map((a) => a.position), ['below_998', 'above_998', 'below_95', 'above_95', 'within', null, null]);
  assert.equal(forReal(counts(fixture.areas)), 2);
  const [a, b] = fixture.areas;
  assert.deepEqual(higherFirst({ a: b, b: a, difference: -0.1, lower: -0.2, upper: 0.05, verdict: 'cannot_tell' }), { a, b, difference: 0.1, lower: -0.05, upper: 0.2, verdict: 'cannot_tell' });
  assert.equal(higherFirst({ a: b, b: a, difference: -0.1, lower: -0.2, upper: -0.05, verdict: 'b_higher' }).verdict, 'a_higher');
});

test('lines begin at nothing, rise to the right and stay in their frame; the scale ends at the next ten per cent', () => {
  const line = path([0.25, 0.5, 0.5], 0.5).slice(1).split('L').map((at) => at.split(' ').map(Number));
  assert.equal(line.length, 4);
  assert.ok(line.every(([x, y], i) => x >= 0 && x <= 100 && y >= 0 && y <= 56 && (i === 0 || (x > line[i - 1][0] && y <= line[i - 1][1]))), JSON.stringify(line));
  assert.deepEqual([line[2][1], line[3][1]], [line[2][1], line[2][1]], 'a week without visits is flat');
  const of = (/** @type {number[]} */ reached) => ({ eligible: 100, reached });
  const weeks = /** @type {any} */ ({ overall: of([10, 30]), areas: [of([1, 42]), of([0, 8]), { eligible: 0, reached: [0, 0] }] });
  assert.equal(top(weeks), 0.5);
  assert.deepEqual([top({ ...weeks, areas: [of([0, 50])] }), top({ ...weeks, overall: of([0]), areas: [] }), path([], 1)], [0.5, 0.1, '']);
});
