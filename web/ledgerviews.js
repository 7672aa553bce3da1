/** The panel's view of the ledger, and its pieces. Each turns what is known into elements and keeps nothing. */

import { h } from './dom.js';
import { ledgerEn } from './ledger.en.js';
import { layoutPart } from './ledgerlayout.js';
import { moment, number, percent, t, tn, word } from './i18n.js';
import { trouble } from './parts.js';
import { tasks } from './planviews.js';
import { chooser, foot } from './views.js';
import { areas } from './worklistviews.js';

/** @import * as T from './types.js' */
/** @import { Task, List } from './ledger.js' */

/** @param {T.LedgerField} field */
export const fieldName = (field) => t(/** @type {import('./i18n.js').Key} */ (`ledger.field.${field}`));

/** A value as a person reads it. @param {T.LedgerField} field @param {string | null | undefined} value */
const shown = (field, value) => (value === null || value === undefined ? t('ledger.empty') : field === 'status' ? word('status', value) : value);

/** @param {import('./views.js').Known} known @param {Task} task */
export function ledgerView(known, task) {
  const { state } = task;
  const frame = (/** @type {any[]} */ ...pieces) => h('div.view', { 'data-view': 'ledger' },
    tasks(known), h('div.heading', null, h('h1', { tabindex: '-1' }, t('ledger.ask'))), ...pieces, foot({ ...known, asOf: null }));
  if (state.busy === 'check') return frame(h('div.loading', { 'aria-busy': 'true' }, h('p', null, t('ledger.checking', { name: state.file?.name ?? '' })), h('i.line.wide', null), h('i.line', null), h('i.line', null)));
  if (state.failed) return frame(failed(task), other(task));
  if (state.report) return frame(...result(task, state.report));
  return frame(out(known, task), bring(task), layoutPart(known, task));
}

/** Nobody but who may has a ledger. @param {Task['acts']} acts */
export const refused = (acts) => h('div.view', { 'data-view': 'ledger' },
  trouble('trouble.refused', 'trouble.refused.next', {}, h('button.primary', { type: 'button', onclick: acts.sign, 'data-key': 'sign' }, t('sign.in'))));

/** @param {Task} task */
function failed({ state, acts }) {
  const kind = state.failed?.kind ?? 'failed';
  if (kind === 'large') return trouble('ledger.large', 'ledger.large.next');
  if (kind === 'refused-file') return h('div.trouble', { role: 'alert' }, h('p.said', null, t('ledger.refused')),
    h('p', null, t(`ledger.refused.${state.failed?.about ?? 'file'}`)), h('p.exactly', null, h('small', null, t('ledger.refused.exactly')), ' ', h('q', { 'data-figure': 'reason', lang: 'en' }, state.failed?.said ?? '')));
  const sign = kind === 'refused' || kind === 'expired';
  return trouble(`trouble.${kind}`, `trouble.${kind}.next`, {}, h('button.primary', { type: 'button', onclick: sign ? acts.sign : acts.again, 'data-key': sign ? 'sign' : 'again' }, t(sign ? 'sign.in' : 'again')));
}

/** The area that is meant: the one that is chosen, or the only one that there is. @param {import('./views.js').Known} known */
export const areaOf = ({ view, me }) => view.area ?? (me?.areas.length === 1 ? me.areas[0] : null);

/** The ledger out. @param {import('./views.js').Known} known @param {Task} task */
function out(known, { state, acts }) {
  const picked = areaOf(known) !== null;
  return h('section.ledger-out', null, h('h2', null, t('ledger.out')),
    h('p.hint', null, t(picked ? 'ledger.out.help' : 'ledger.out.pick')),
    h('div.terms', null, chooser(known, { campaign: acts.campaign }), areas(known, acts, true)),
    h('button.primary', { type: 'button', 'data-key': 'out', disabled: !picked || state.busy !== null, onclick: acts.out }, t(state.busy === 'out' ? 'ledger.out.busy' : 'ledger.out')));
}

/** A file that is chosen or dropped. @param {string} key @param {string} text @param {(file: File) => void} take */
export function chooseFile(key, text, take) {
  const first = (/** @type {FileList | null | undefined} */ files) => { const file = files?.[0]; if (file) take(file); };
  /** @param {boolean} on */
  const over = (on) => (/** @type {Event} */ event) => { event.preventDefault(); /** @type {HTMLElement} */ (event.currentTarget).classList.toggle('over', on); };
  return h('label.drop', { ondragover: over(true), ondragleave: over(false), ondrop: (/** @type {DragEvent} */ event) => { over(false)(event); first(event.dataTransfer?.files); } },
    h('input', { type: 'file', accept: '.xlsx', 'data-key': key, onchange: (/** @type {Event} */ event) => first(/** @type {HTMLInputElement} */ (event.target).files) }), h('span', null, text));
}

/** @param {Task} task */
const bring = ({ acts }) => h('section.ledger-in', null, h('h2', null, t('ledger.in')), h('p.hint', null, t('ledger.in.help')), chooseFile('file', t('ledger.in.drop'), acts.check));

/** @param {Task} task */
const other = ({ acts }) => h('button.more', { type: 'button', 'data-key': 'other', onclick: acts.close }, t('ledger.in.other'));

/** @param {Task} task @param {T.LedgerCheck} report */
function result(task, report) {
  const { counts } = report;
  const parts = /** @type {const} */ (['changed', 'problems', 'conflicts', 'unmatched']).filter((name) => counts[name] > 0).map((name) => h('li', { 'data-count': name }, tn(`ledger.${name}`, counts[name])));
  return [
    h('div.answer', null,
      h('p', null, h('strong.figure', { 'data-figure': 'rows', class: parts.length === 0 ? 'figure done' : 'figure' }, number(counts.rows)), ' ', h('span', null, t(counts.rows === 1 ? 'ledger.rows' : 'ledger.rows.many', { name: task.state.file?.name ?? report.sheet }))),
      parts.length > 0 ? h('ul.ledger-counts', null, ...parts) : h('p.half', { 'data-figure': 'nothing' }, t('ledger.nothing'))),
    stored(task), ...notes(report), changes(task, report), conflicts(task, report), unmatched(task, report), problems(task, report), takeBar(task),
    h('details', { 'data-key': 'ledger-method' }, h('summary', { 'data-key': 'ledger-method-head' }, t('ledger.method')), h('p', null, t('ledger.method.text')), h('p', null, t('ledger.method.fields'))),
    h('p.ledger-ways', null, h('button.more', { type: 'button', 'data-key': 'recheck', onclick: task.acts.again }, t('ledger.again')), other(task)),
  ];
}

/** What was stored. @param {Task} task */
function stored({ state }) {
  if (state.results.size === 0) return null;
  const good = [...state.results.values()].filter(({ result }) => result === 'stored' || result === 'same').length;
  const left = state.results.size - good;
  return h('p.ledger-stored', { role: 'status', 'data-figure': 'stored' }, tn('ledger.taken', good), left > 0 && ` ${tn('ledger.left', left)}`);
}

/** What a person should know of the file. @param {T.LedgerCheck} report */
function notes({ origin, counts, hidden, columns }) {
  const others = columns.filter(({ field }) => field === null).map(({ column, header }) => `${column} ${header}`).join(', ');
  const unseen = [hidden.rows > 0 && t('ledger.hidden.rows', { n: number(hidden.rows) }), hidden.columns.length > 0 && t('ledger.hidden.columns', { columns: hidden.columns.join(', ') })].filter(Boolean).join(', ');
  return [h('ul.ledger-notes', null, ...[
    origin ? t('ledger.origin', { at: moment(origin.at) }) : t('ledger.origin.none'),
    counts.newer > 0 && tn('ledger.newer', counts.newer),
    counts.missing > 0 && tn('ledger.missing', counts.missing),
    counts.ignored > 0 && tn('ledger.ignored', counts.ignored, { columns: others }),
    counts.formulas > 0 && tn('ledger.formulas', counts.formulas),
    unseen !== '' && t('ledger.hidden', { what: unseen }),
    hidden.sheets.length > 0 && t('ledger.hidden.sheets', { sheets: hidden.sheets.join(', ') }),
  ].flatMap((text) => (text ? [h('li', null, text)] : [])))];
}

/**
 * A list with as many rows as a person asked for.
 * @template One @param {Task} task @param {List} list @param {string} title @param {One[]} all @param {(one: One) => HTMLElement} draw @param {...any} above
 */
function listed({ state, acts }, list, title, all, draw, ...above) {
  if (all.length === 0) return null;
  const some = all.slice(0, state.shown[list]);
  const left = Math.min(50, all.length - some.length);
  return h(`section.ledger-list.${list}`, null, h('h2', null, title), ...above, h('ol', null, ...some.map(draw)),
    left > 0 && h('button.more', { type: 'button', 'data-key': `more-${list}`, onclick: () => acts.more(list) }, t('ledger.more', { n: number(left) })));
}

/** @param {T.LedgerResult | undefined} one */
const became = (one) => one !== undefined && one.result !== 'stored' && one.result !== 'same' && h('small.pressing', null, one.result === 'conflict' ? t('ledger.conflict') : one.reason ?? '');

/** From and to. @param {T.LedgerChange} one */
const turn = ({ field, cell, map, ledger }) => h('span.turn', { 'data-field': field },
  h('small', null, `${fieldName(field)} · ${cell}`), h('s', null, shown(field, map)), ' → ', ledger === null ? h('em', null, t('ledger.removed')) : h('b', null, shown(field, ledger)));

/** @param {Task} task @param {T.LedgerCheck} report */
function changes(task, report) {
  const { state, acts } = task;
  const done = (/** @type {string} */ code) => ['stored', 'same'].includes(state.results.get(code)?.result ?? '');
  return listed(task, 'changes', t('ledger.changes'), report.changes, (row) => h('li', { 'data-row': row.code, 'data-state': done(row.code) ? 'stored' : null },
    h('label', null, h('input', { type: 'checkbox', checked: state.ticked.has(row.code), disabled: done(row.code) || state.busy !== null, 'data-key': `tick-${row.code}`, onchange: (/** @type {Event} */ event) => acts.tick(row.code, /** @type {HTMLInputElement} */ (event.target).checked) }),
      h('span', null, h('span.name', null, row.address ?? row.code, h('small', null, row.code)), ...row.fields.map(turn), became(state.results.get(row.code))))),
  h('p.ledger-ways', null, h('button.more', { type: 'button', 'data-key': 'all', onclick: () => acts.tickAll(true) }, t('ledger.all')), h('button.more', { type: 'button', 'data-key': 'none', onclick: () => acts.tickAll(false) }, t('ledger.none'))));
}

/** @param {Task} task @param {T.LedgerCheck} report */
function conflicts(task, report) {
  const { state, acts } = task;
  const side = (/** @type {string} */ key, /** @type {boolean} */ ledger, /** @type {string} */ text) => h('label', null,
    h('input', { type: 'radio', name: `clash-${key}`, checked: state.chosen.has(key) === ledger, disabled: state.busy !== null, 'data-key': `clash-${key}-${ledger ? 'ledger' : 'map'}`, onchange: () => acts.choose(key, ledger) }), h('span', null, text));
  return listed(task, 'conflicts', t('ledger.clash'), report.conflicts, ({ code, address, fields }) => h('li', { 'data-row': code },
    h('span.name', null, address ?? code, h('small', null, code)),
    ...fields.map(({ field, cell, map, ledger, before }) => h('fieldset', null, h('legend', null, `${fieldName(field)} · ${cell}`, before !== undefined && h('small', null, t('ledger.clash.before', { value: shown(field, before) }))),
      side(`${code}/${field}`, false, t('ledger.clash.map', { value: shown(field, map) })), side(`${code}/${field}`, true, t('ledger.clash.ledger', { value: shown(field, ledger) })))),
    became(state.results.get(code))), h('p.hint', null, t('ledger.clash.help')));
}

/** @param {Task} task @param {T.LedgerCheck} report */
function unmatched(task, report) {
  const { state, acts } = task;
  const pick = (/** @type {T.LedgerUnmatched} */ { row }, /** @type {T.LedgerCandidate | null} */ one) => h('label', null,
    h('input', { type: 'radio', name: `match-${row}`, checked: (state.matched.get(row) ?? null) === (one?.code ?? null), disabled: state.busy !== null, 'data-key': `match-${row}-${one?.code ?? 'none'}`, onchange: () => acts.match(row, one?.code ?? null) }),
    h('span', null, one === null ? t('ledger.match.none') : h('span.name', null, one.address ?? one.code, h('small', null, [one.code, one.area, t('ledger.match.like', { score: percent(one.score) })].filter(Boolean).join(' · '))),
      ...(one === null ? [] : one.fields.length > 0 ? one.fields.map(turn) : [h('small', null, t('ledger.match.same'))])));
  return listed(task, 'unmatched', t('ledger.match'), report.unmatched, (one) => h('li', { 'data-row': one.row },
    h('fieldset', null, h('legend', null, `${t('ledger.match.row', { row: number(one.row) })}${[one.code, one.address].filter(Boolean).map((text) => ` · ${text}`).join('')}`),
      ...(one.candidates.length > 0 ? [pick(one, null), ...one.candidates.map((candidate) => pick(one, candidate))] : [h('small', null, t(one.not_looked_for ? 'ledger.match.many' : 'ledger.match.empty'))])),
    became(state.results.get(state.matched.get(one.row) ?? ''))), h('p.hint', null, t('ledger.match.help')));
}

/** A value that was expected, as a person reads it. @param {number | string[]} value */
const expected = (value) => (Array.isArray(value) ? value.map((status) => word('status', status)).join(t('ledger.fault.between')) : number(value));

/** Why a cell is not taken; as the service says it where the page does not know the kind. @param {T.LedgerProblem} problem */
function fault({ kind, expected: values = {}, reason }) {
  const key = `ledger.fault.${kind}`;
  if (!(key in ledgerEn)) return h('span', { lang: 'en' }, reason);
  return h('span', null, t(/** @type {keyof typeof ledgerEn} */ (key), Object.fromEntries(Object.entries(values).map(([name, value]) => [name, expected(value)]))));
}

/** @param {Task} task @param {T.LedgerCheck} report */
const problems = (task, report) => listed(task, 'problems', t('ledger.mend'), report.problems, (problem) => h('li', { 'data-cell': problem.cell },
  h('span.name', null, problem.cell, h('small', null, `${fieldName(problem.field)}${problem.value === '' ? '' : ` · ${problem.value}`}`)), fault(problem)));

/** The one act that stores. @param {Task} task */
function takeBar({ state, acts, decided }) {
  const n = decided().length;
  if (n === 0 && state.busy !== 'take') return null;
  return h('div.ledger-take', null, h('button.primary', { type: 'button', 'data-key': 'take', disabled: state.busy !== null, onclick: acts.take }, state.busy === 'take' ? t('ledger.taking') : tn('ledger.take', n)));
}
