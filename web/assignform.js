/** The form that founds a team or changes it. What is typed stays in the state; what began before today stays in the team. */

import { h } from './dom.js';
import { LEVELS, inside, ofLevel } from './figures.js';
import { t, word } from './i18n.js';
import { tasks } from './planviews.js';

/** @import * as T from './types.js' */
/** @import { Task } from './assign.js' */

const MOST_AREAS = 300; // of one level, in a list to choose from

/** The day here. */
const today = () => {
  const now = new Date();
  return [now.getFullYear(), String(now.getMonth() + 1).padStart(2, '0'), String(now.getDate()).padStart(2, '0')].join('-');
};

/** @param {import('./views.js').Known} known @returns {T.TeamForm} */
export const blank = ({ view }) => ({ code: '', name: '', fresh: true, touched: false, members: [member()], areas: [{ area: view.area ?? '', from: today(), to: '', kept: false }] });
const member = () => ({ user: '', from: today(), to: '', kept: false });

/** @param {T.Team} team @returns {T.TeamForm} */
export const formOf = ({ code, name, members, areas }) => ({
  code, name, fresh: false, touched: false,
  members: members.map(({ user, from, to }) => ({ user, from, to: to ?? '', kept: from < today() })),
  areas: areas.map(({ area, from, to }) => ({ area, from, to: to ?? '', kept: from < today() })),
});

/** As it is sent; lines in which nothing was written are left out. @param {T.TeamForm} form */
export const inputOf = ({ name, members, areas }) => ({
  name: name.trim(),
  members: members.filter(({ user }) => user.trim() !== '').map(({ user, from, to }) => ({ user: user.trim(), from, to: to || null })),
  areas: areas.filter(({ area }) => area !== '').map(({ area, from, to }) => ({ area, from, to: to || null })),
});

/** @param {import('./views.js').Known} known @param {Task['state']} state @param {Task['acts']} acts */
export function formView(known, state, acts) {
  const { form, wrong, saving, teams } = state;
  const head = (/** @type {string} */ title) => [tasks(known), h('div.heading', null, h('h1', { tabindex: '-1' }, title))];
  if (form === null) {
    return h('div.view', { 'data-view': 'team-form' }, ...head(t('assign.edit')), teams === null
      ? h('div.loading', { 'aria-busy': 'true' }, h('i.line', null), h('i.line', null))
      : h('div.trouble', { role: 'alert' }, h('p.said', null, t('assign.team.missing')), h('button.primary', { type: 'button', 'data-key': 'cancel', onclick: acts.cancel }, t('assign.teams'))));
  }
  const names = [...new Set((teams ?? []).flatMap(({ members }) => members.map(({ user }) => user)))].sort();
  const told = (/** @type {string[]} */ ...fields) => wrong && fields.includes(wrong.field) && h('p.said', { role: 'alert', 'data-wrong': wrong.field }, wrong.text);
  const placed = ['name', 'code', 'members', 'user', 'areas', 'area', 'from', 'to'];
  const redrawn = (/** @type {() => void} */ act) => () => { act(); form.touched = true; acts.redraw(); };
  return h('form.view.team-form', { 'data-view': 'team-form', novalidate: true, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); acts.save(); } },
    ...head(t(form.fresh ? 'assign.new' : 'assign.edit')),
    h('label.field', null, h('span', null, t('assign.name')), text(form, 'name', 'team-name', { maxlength: 200, required: true }), told('name')),
    h('label.field', null, h('span', null, t('assign.code')), text(form, 'code', 'team-code', { maxlength: 128, required: true, readonly: !form.fresh, autocapitalize: 'off' }),
      form.fresh && h('small', null, t('assign.code.help')), told('code')),
    h('fieldset.lines', null, h('legend', null, t('assign.members')),
      h('datalist', { id: 'team-names' }, ...names.map((name) => h('option', { value: name }))),
      ...form.members.map((line, i) => row(form, line, i, 'member', text(line, 'user', `member-${i}`, { list: 'team-names', readonly: line.kept, 'aria-label': t('assign.member'), placeholder: t('assign.member'), autocapitalize: 'off' }, form), redrawn(() => form.members.splice(i, 1)))),
      h('button.more', { type: 'button', 'data-key': 'member-add', onclick: redrawn(() => form.members.push(member())) }, t('assign.member.add')), told('members', 'user', 'from', 'to')),
    h('fieldset.lines', null, h('legend', null, t('assign.areas')),
      ...form.areas.map((line, i) => row(form, line, i, 'area', areaOf(known, form, line, i), redrawn(() => form.areas.splice(i, 1)))),
      h('button.more', { type: 'button', 'data-key': 'area-add', onclick: redrawn(() => form.areas.push({ area: '', from: today(), to: '', kept: false })) }, t('assign.area.add')), told('areas', 'area')),
    wrong && !placed.includes(wrong.field) && h('p.said', { role: 'alert' }, wrong.text),
    h('p.acts', null, h('button.primary', { type: 'submit', 'data-key': 'team-save', disabled: saving }, t(saving ? 'assign.saving' : 'assign.save')), h('button.act', { type: 'button', 'data-key': 'cancel', onclick: acts.cancel }, t('assign.cancel'))),
    !form.fresh && h('p.fine-print', null, t('assign.kept')));
}

/** A field that writes what is typed into a line of the form. @param {any} line @param {string} name @param {string} key @param {Record<string, any>} more @param {T.TeamForm} [form] */
function text(line, name, key, more, form = line) {
  return h('input', { value: line[name], 'data-key': key, autocomplete: 'off', spellcheck: 'false', ...more, oninput: (/** @type {Event} */ event) => { line[name] = /** @type {HTMLInputElement} */ (event.target).value; form.touched = true; } });
}

/** @param {T.TeamForm} form @param {T.TeamLine} line @param {number} i @param {'member' | 'area'} kind @param {HTMLElement} what @param {() => void} drop */
function row(form, line, i, kind, what, drop) {
  const date = (/** @type {'from' | 'to'} */ name) => h('label', null, h('span', null, t(`assign.${name}`)), text(line, name, `${kind}-${i}-${name}`, { type: 'date', readonly: line.kept && name === 'from', required: name === 'from' }, form));
  return h('div.line-of', { 'data-line': `${kind}-${i}` }, what, date('from'), date('to'),
    line.kept ? h('span', null) : h('button.close', { type: 'button', 'data-key': `${kind}-${i}-drop`, 'aria-label': t('assign.drop'), title: t('assign.drop'), onclick: drop }, '×'));
}

/** @param {import('./views.js').Known} known @param {T.TeamForm} form @param {T.TeamForm['areas'][number]} line @param {number} i */
function areaOf({ rows, me, view }, form, line, i) {
  const all = rows ?? [];
  const own = new Set(me?.areas ?? []);
  const mine = (/** @type {T.Level} */ level) => (own.size === 0 ? ofLevel(all, level) : ofLevel(all, level).filter((row) => own.has(row.code) || [...own].some((code) => inside(all, code, level).includes(row))));
  const levels = LEVELS.map((level) => ({ level, some: mine(level).toSorted((a, b) => a.name.localeCompare(b.name, view.lang, { numeric: true })) })).filter(({ some }) => some.length > 0 && some.length <= MOST_AREAS);
  const listed = levels.some(({ some }) => some.some(({ code }) => code === line.area));
  const option = (/** @type {string} */ code, /** @type {string} */ name) => h('option', { value: code, selected: code === line.area }, name);
  return h('select', { 'data-key': `area-${i}`, 'aria-label': t('assign.area'), disabled: line.kept, onchange: (/** @type {Event} */ event) => { line.area = /** @type {HTMLSelectElement} */ (event.target).value; form.touched = true; } },
    option('', t('assign.area.pick')), line.area !== '' && !listed && option(line.area, all.find(({ code }) => code === line.area)?.name ?? line.area),
    ...levels.map(({ level, some }) => h('optgroup', { label: word('level', level) }, ...some.map(({ code, name }) => option(code, name)))));
}
