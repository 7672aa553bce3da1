import assert from 'node:assert/strict';
import test from 'node:test';
import { baseOf, createDrawings, sent, shapable } from '../drawings.js';
import { split } from '../split.js';

/** @param {number[][]} ring  twice the area, without sign */
const area2 = (ring) => Math.abs(ring.slice(0, -1).reduce((sum, [x, y], i) => sum + x * ring[i + 1][1] - ring[i + 1][0] * y, 0));
/** @type {[number, number][]} */
const SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]];

for (const [name, ring, line, areas] of /** @type {[string, [number, number][], [number, number][], number[]][]} */ ([
  ['a line right through cuts in two', SQUARE, [[1, -1], [1, 5]], [8, 24]],
  ['a bent line cuts along its bends', SQUARE, [[-1, 2], [2, 2], [2, 5]], [8, 24]],
  ['a line that ends inside cuts nothing', SQUARE, [[-1, 2], [2, 2]], [32]],
  ['a line beside it cuts nothing', SQUARE, [[-1, 5], [5, 5]], [32]],
  ['a line that goes through twice cuts in three', SQUARE, [[1, -1], [1, 5], [3, 5], [3, -1]], [8, 8, 16]],
  ['a line across both arms of a U cuts both', [[0, 0], [5, 0], [5, 4], [4, 4], [4, 1], [1, 1], [1, 4], [0, 4], [0, 0]], [[-1, 2], [6, 2]], [4, 4, 14]],
  ['a line through a corner cuts', SQUARE, [[-1, -1], [5, 5]], [16, 16]],
])) {
  test(name, () => {
    const parts = split(ring, line);
    assert.deepEqual(parts.map(area2).sort((a, b) => a - b), areas);
    for (const part of parts) assert.deepEqual(part[0], part[part.length - 1]);
  });
}

const zone = (/** @type {string} */ id, at = 0, version = 1, name = '') => baseOf('zones', {
  type: 'Feature', id, geometry: { type: 'Polygon', coordinates: [SQUARE.map(([x, y]) => [x + at, y])] },
  properties: { plan: 1, class: 'allowed', name, version, by: 'Anna', changed_at: `2026-01-0${version}T00:00:00Z` },
}, null);

test('an edit lies over what the service keeps, and undo and redo walk through the edits', () => {
  const sheet = createDrawings();
  sheet.load([zone('a'), zone('b')]);
  sheet.put({ ...zone('a', 1) });
  sheet.drop('b');
  assert.deepEqual(sheet.edits().map(({ act, key }) => [act, key]), [['put', 'a'], ['drop', 'b']]);
  sheet.undo();
  assert.equal(sheet.all().length, 2);
  sheet.undo();
  assert.deepEqual(sheet.edits(), []);
  sheet.redo();
  assert.equal(sheet.get('a')?.geometry.coordinates[0][0][0], 1);
  sheet.put({ ...zone('a', 0) });
  assert.deepEqual(sheet.edits(), [], 'moved back is no edit');
});

test('others changes come in beneath edits, and what both changed is told', () => {
  const sheet = createDrawings();
  sheet.load([zone('a'), zone('b')]);
  sheet.put({ ...zone('a', 1) });
  assert.deepEqual(sheet.load([zone('a', 5, 2), zone('b', 7, 2), zone('c')]), ['a']);
  assert.equal(sheet.get('a')?.geometry.coordinates[0][0][0], 1);
  assert.equal(sheet.get('b')?.geometry.coordinates[0][0][0], 7);
  assert.equal(sheet.edits()[0].base?.etag, '"1"', 'the version that was edited is the one that is named');
});

test('of a clash theirs, mine or both can stand, and nothing is lost', () => {
  for (const [how, keys, edits] of /** @type {['theirs' | 'mine' | 'both', number, string[]][]} */ ([['theirs', 1, []], ['mine', 1, ['put']], ['both', 2, ['add']]])) {
    const sheet = createDrawings();
    sheet.load([zone('a')]);
    sheet.put({ ...zone('a', 1) });
    sheet.clash('a', zone('a', 5, 2));
    assert.equal(sheet.clashes().length, 1);
    sheet.settle('a', how);
    assert.equal(sheet.all().length, keys, how);
    assert.deepEqual(sheet.edits().map(({ act }) => act), edits, how);
    if (how === 'mine') assert.equal(sheet.edits()[0].base?.etag, '"2"');
  }
});

test('mine over a deleted one is a new one, and a deletion of mine over a changed one deletes that', () => {
  const sheet = createDrawings();
  sheet.load([zone('a'), zone('b')]);
  sheet.put({ ...zone('a', 1) });
  sheet.drop('b');
  sheet.clash('a', null);
  sheet.clash('b', zone('b', 3, 2));
  sheet.settle('a', 'mine');
  sheet.settle('b', 'mine');
  assert.deepEqual(sheet.edits().map(({ act }) => act).sort(), ['add', 'drop']);
  assert.equal(sheet.edits().find(({ act }) => act === 'drop')?.base?.etag, '"2"');
});

test('hours and season are sent of a restricted zone alone', () => {
  const one = { ...zone('a'), props: { plan: 1, class: /** @type {const} */ ('allowed'), hours: ['07:00-19:00'] } };
  assert.deepEqual(Object.keys(/** @type {any} */ (sent(one, 1, 'why')).properties), ['plan', 'reason', 'class']);
  assert.deepEqual(/** @type {any} */ (sent({ ...one, props: { ...one.props, class: 'restricted' } }, 1, 'why')).properties.hours, ['07:00-19:00']);
});

test('a surface of one part is a polygon; with holes or parts it is not reshaped', () => {
  const many = (/** @type {any} */ geometry) => baseOf('zones', { type: 'Feature', id: 'm', geometry, properties: { plan: 1 } }, null);
  assert.ok(shapable(many({ type: 'MultiPolygon', coordinates: [[SQUARE]] })));
  assert.ok(!shapable(many({ type: 'MultiPolygon', coordinates: [[SQUARE], [SQUARE]] })));
  assert.ok(!shapable(many({ type: 'Polygon', coordinates: [SQUARE, SQUARE] })));
});
