/** The panel's view of who calls on whom now, and of giving households by hand. Turns what is known into elements and keeps nothing. */

import { badge } from './assignlayers.js';
import { h } from './dom.js';
import { number, t, tn } from './i18n.js';
import { trouble } from './parts.js';
import { tasks, way } from './planviews.js';

/** @import * as T from './types.js' */
/** @import { Task } from './assignnow.js' */

/** The answer: how many nobody calls on. @param {T.Assignment} found */
function answer({ total, without, households }) {
  const nothing = households.every(({ member }) => member === null);
  if (nothing) return h('div.answer', null, h('p', null, h('strong.figure', { 'data-figure': 'without' }, number(total)), ' ', h('span', { 'data-figure': 'sentence' }, t('assign.now.nothing'))), h('p.half', null, t('assign.now.nothing.next')));
  return h('div.answer', null, h('p', null, h('strong', { class: without === 0 ? 'figure done' : 'figure', 'data-figure': 'without' }, number(without)), ' ',
    h('span', { 'data-figure': 'sentence' }, tn('assign.now.without', without, { total: number(total) }))));
}

/** @param {T.Assignment} found @param {Task['state']} state @param {T.View} view @param {Task['acts']} acts */
const members = (found, { lit }, view, acts) => h('section', null, h('h2', null, t('assign.members')),
  h('table.loads', null, h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('assign.member')), h('th', { scope: 'col' }, t('assign.households')))),
    h('tbody', null, ...found.members.map(({ user, active, households }, i) => h('tr', { 'data-member': user, class: lit === user ? 'lit' : '' },
      h('th', { scope: 'row' }, h('button', { type: 'button', 'data-key': `member-${user}`, 'aria-pressed': String(lit === user), title: t('assign.light'), onclick: () => acts.light(user) }, badge(i + 1, view.theme), h('span', null, user, !active && h('small', null, t('assign.now.left'))))),
      h('td', { 'data-cell': 'households' }, h('b.now', null, number(households))))))));

/** What became of the last gift. @param {Task['state']} state @param {Task['acts']} acts */
function became({ given, undone, giving, refused }, acts) {
  if (refused !== null) return h('div.said', { role: 'alert', 'data-figure': 'given' }, h('p', null, t('assign.now.refused')), h('small', { lang: 'en' }, refused));
  if (given === null) return null;
  const said = undone ? tn('assign.undone', given.households) : given.to === null ? tn('assign.now.taken', given.households) : tn('assign.now.given', given.households, { who: given.to });
  return h('div.decision', { role: 'status' }, h('p.fine', { 'data-figure': 'given' }, said),
    !undone && given.households > 0 && h('button.act', { type: 'button', 'data-key': 'undo', disabled: giving, onclick: acts.undo }, t('assign.undo')));
}

/** @param {T.Assignment} found @param {Task['state']} state @param {Task['acts']} acts */
function byHand(found, state, acts) {
  const { chosen, to, typed, unknown, giving, lit } = state;
  const free = found.households.filter(({ member }) => member === null).length;
  const theirs = found.members.find(({ user }) => user === lit)?.households ?? 0;
  const option = (/** @type {string} */ value, /** @type {string} */ text) => h('option', { value, selected: value === to }, text);
  return h('section.by-hand', { 'data-part': 'by-hand' }, h('h2', null, t('assign.now.hand')), h('p.hint', null, t('assign.now.how')),
    h('form.name-one', { onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); acts.add(); } },
      h('input', { type: 'text', value: typed, 'data-key': 'name-one', 'aria-label': t('assign.now.code'), placeholder: t('assign.now.code'), autocomplete: 'off', spellcheck: 'false', 'aria-invalid': unknown ? 'true' : null, oninput: (/** @type {Event} */ event) => acts.type(/** @type {HTMLInputElement} */ (event.target).value) }),
      h('button.act', { type: 'submit', 'data-key': 'name-add' }, t('assign.now.add'))),
    unknown && h('p.said', { role: 'alert', 'data-figure': 'unknown' }, t('assign.now.unknown')),
    h('p.acts', null, free > 0 && h('button.act', { type: 'button', 'data-key': 'all-free', onclick: () => acts.all((member) => member === null) }, t('assign.now.free', { n: number(free) })),
      lit !== null && theirs > 0 && h('button.act', { type: 'button', 'data-key': 'all-theirs', onclick: () => acts.all((member) => member === lit) }, t('assign.now.theirs', { n: number(theirs), who: lit }))),
    chosen.size > 0 && h('div.giving', { role: 'group', 'aria-label': t('assign.now.hand') },
      h('p', { role: 'status' }, h('b', { 'data-figure': 'chosen' }, tn('assign.now.chosen', chosen.size)), ' ', h('button.more', { type: 'button', 'data-key': 'choose-none', onclick: acts.clear }, t('assign.now.clear'))),
      h('label.area-of', null, h('span', null, t('assign.now.to')),
        h('select', { 'data-key': 'give-to', onchange: (/** @type {Event} */ event) => acts.to(/** @type {HTMLSelectElement} */ (event.target).value) },
          option('', t('assign.now.pick')), ...found.members.filter(({ active }) => active).map(({ user }) => option(`=${user}`, user)), option('-', t('assign.nobody')))),
      h('button.primary', { type: 'button', 'data-key': 'give', disabled: giving || to === '', onclick: acts.give }, t(giving ? 'assign.taking' : 'assign.now.give'))),
    became(state, acts));
}

/** @param {import('./views.js').Known} known @param {T.Team | undefined} team @param {Task['state']} state @param {Task['acts']} acts */
export function nowView(known, team, state, acts) {
  const { view } = known;
  const { found, failed } = state;
  const frame = (/** @type {any[]} */ ...pieces) => h('div.view', { 'data-view': 'assign' }, tasks(known),
    way('a.back', view, { teams: 'list', team: null }, { 'data-key': 'teams' }, t('assign.teams')),
    h('div.heading', null, h('h1', { tabindex: '-1' }, team?.name ?? view.team ?? '')), ...pieces);
  if (failed === 'missing') return frame(trouble('assign.team.missing', 'assign.team.missing.next'));
  if (failed !== null) {
    const sign = failed === 'refused' || failed === 'expired';
    return frame(trouble(`trouble.${failed}`, `trouble.${failed}.next`, {}, h('button.primary', { type: 'button', onclick: sign ? acts.sign : acts.again, 'data-key': sign ? 'sign' : 'again' }, t(sign ? 'sign.in' : 'again'))));
  }
  if (found === null) return frame(h('div.loading', { 'aria-busy': 'true' }, h('p', null, t('loading')), h('i.line.wide', null), h('i.line', null)));
  if (found.total === 0) return frame(h('div.trouble', null, h('p.said', { 'data-figure': 'empty' }, t('assign.now.empty')), h('p', null, t('assign.empty.next'))));
  return frame(answer(found), members(found, state, view, acts), byHand(found, state, acts),
    h('p.acts', null, way('a.act', view, { teams: 'plan' }, { 'data-key': 'to-plan' }, t('assign.plan'))));
}
