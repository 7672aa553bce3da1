/** What a list says of the visits that were logged on it, from what the queue holds. No service is needed. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { called, logging, sync } from '../logged.js';

/** @param {string} id @param {object} [more] @returns {any} */
const visit = (id, more = {}) => ({ seq: 1, id, who: 'li', household: 'H1', campaign: 2, at: '2026-11-23T08:00:00Z', outcome: 'visited', state: 'waiting', reason: '', more: {}, flags: [], ...more });
/** @param {string} takes @param {object} [more] */
const undo = (takes, more = {}) => visit(`undo ${takes}`, { takes, ...more });
/** @param {any[]} own @param {string[]} [sending] @returns {any} */
const queue = (own, sending = []) => ({ own: () => own, undone: () => new Map(own.filter(({ takes }) => takes).map((one) => [one.takes, one])), state: { sending: new Set(sending) } });
/** @param {any[]} own @param {string[]} [sending] @param {Map<string, any>} [logs] @param {string[]} [past] */
function after(own, sending = [], logs = new Map(), past = []) {
  sync(logs, queue(own, sending), new Set(past));
  const log = logs.get('H1');
  return log === undefined ? 'nothing' : [log.id, log.now, log.undone, log.loose && 'loose', called(log) && 'called'].filter(Boolean).join(' ');
}

test('a visit is told as it stands with the queue', () => {
  for (const [expected, ...given] of /** @type {[string, any[], string[]?][]} */ ([
    ['nothing', []],
    ['a unsent called', [visit('a')]],
    ['a unsent loose called', [visit('a', { seq: 0 })]],
    ['a sending called', [visit('a')], ['a']],
    ['a stored called', [visit('a', { state: 'stored' })]],
    ['a refused', [visit('a', { state: 'refused' })]],
    ['b unsent called', [visit('a', { state: 'stored' }), visit('b', { more: { corrects: 'a' } })]],
    ['a stored undo waits', [visit('a', { state: 'stored' }), undo('a')]],
    ['a unsent undo waits', [visit('a'), undo('a')]],
    ['a stored undoing', [visit('a', { state: 'stored' }), undo('a')], ['undo a']],
    ['a stored undo failed called', [visit('a', { state: 'stored' }), undo('a', { state: 'refused' })]],
    ['nothing', [visit('a', { state: 'stored' }), undo('a', { state: 'stored' })]],
  ])) assert.equal(after(given[0], given[1]), expected);
});

test('what left the queue leaves the list, but for what is stored; what the list knows is no news in it', () => {
  const logs = new Map();
  assert.equal(after([visit('a')], [], logs), 'a unsent called');
  assert.equal(after([], [], logs), 'nothing', 'undone before it was sent');
  logs.set('H1', logging({ at: '2026-11-23T08:00:00Z', outcome: 'visited', more: {} }));
  assert.equal(after([], [], logs), 'sending called', 'the queue has it in a moment');
  assert.equal(after([visit('a', { state: 'stored' })], [], logs), 'a stored called');
  assert.equal(after([], [], logs), 'a stored called', 'the queue forgets what is stored');
  assert.equal(after([undo('a')], [], logs), 'a stored undo waits');
  assert.equal(after([undo('a', { state: 'stored' })], [], logs), 'nothing');
  assert.equal(after([visit('a', { state: 'stored' })], [], new Map(), ['a']), 'nothing');
});
