/** The panel's view of what members code, and its pieces: by name, what stands out marked, and worded as a question. */

import { h } from './dom.js';
import { number, percent, t, tn, word } from './i18n.js';
import { figureView, loading, stuck } from './ratehead.js';

/** @import * as T from './types.js' */
/** @import { Acts, State } from './figuretask.js' */

const FEW = 40; // members that the table shows at first
/** @type {T.Exclusion[]} */
const CODES = ['vacant', 'demolished', 'duplicate'];

/** What there is to ask about a member: each code that stands out, or all three together where none does alone. @param {T.MemberCodes} member */
function questions({ signs }) {
  const single = signs.filter(({ code }) => code !== 'any');
  return (single.length > 0 ? single : signs).map(({ code, share, overall, beyond_scatter: beyond }) =>
    h('small.question', { 'data-code-of': code }, t(beyond ? 'codes.question' : 'codes.question.scatter', { code: code === 'any' ? t('codes.any') : word('outcome', code), share: percent(share), overall: percent(overall) })));
}

/** @param {T.Codes} found */
function answer({ members }) {
  const n = members.filter(({ signs }) => signs.length > 0).length;
  return h('div.answer', null,
    h('p', null, h('strong.figure', { 'data-figure': 'signs', class: n > 0 ? 'figure' : 'figure done' }, number(n)), ' ',
      h('span', { 'data-figure': 'sentence' }, n === 0 ? t('codes.answer.none', { all: number(members.length) }) : tn('codes.answer', n, { all: number(members.length) }))),
    h('p.half', { 'data-figure': 'rest' }, t(n === 0 ? 'codes.rest.none' : 'codes.rest')));
}

/** @param {T.View} view @param {T.Codes} found @param {State<T.Codes>} state @param {Acts} acts */
function table(view, { members }, state, acts) {
  const order = new Intl.Collator(view.lang, { numeric: true });
  const all = members.toSorted((a, b) => order.compare(a.member, b.member));
  const line = (/** @type {T.MemberCodes} */ one) => h('tr', { 'data-member': one.member, 'data-signs': one.signs.length },
    h('th', { scope: 'row' }, h('span.name', null, one.signs.length > 0 && h('i.ask-mark', { 'aria-hidden': 'true' }, '?'), one.member), ...questions(one)),
    h('td', null, number(one.households)),
    h('td.rate', null, percent(one.share), h('small', null, CODES.filter((code) => one[code] > 0).map((code) => t('codes.count', { n: number(one[code]), code: word('outcome', code) })).join(t('rates.comma')))));
  return h('section', { 'data-part': 'table' }, h('h2', null, tn('codes.title', members.length)),
    h('table.areas.coded', null,
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('codes.head.member')), h('th', { scope: 'col', title: t('codes.head.households.why') }, t('codes.head.households')), h('th', { scope: 'col' }, t('codes.head.out')))),
      h('tbody', null, ...(state.all ? all : all.slice(0, FEW)).map(line))),
    all.length > FEW && h('button.more', { type: 'button', 'data-key': 'more', onclick: acts.more }, state.all ? t('table.few') : t('table.all', { n: number(all.length) })));
}

const method = () => h('details', { 'data-key': 'method' }, h('summary', { 'data-key': 'method-head' }, t('method')),
  ...[t('codes.method'), t('codes.method.chance'), t('codes.method.scatter'), t('codes.method.nobody'), t('codes.sources')].map((text) => h('p', null, text)));

/** @param {import('./views.js').Known} known @param {State<T.Codes>} state @param {Acts} acts */
export function codesView(known, state, acts) {
  const { found, failed } = state;
  const frame = (/** @type {any[]} */ ...pieces) => figureView(known, acts, { ask: t('codes.ask'), asOf: found?.as_of ?? null }, ...pieces);
  if (failed !== null) return frame(stuck(failed, known.view, acts));
  if (found === null) return frame(loading());
  if (found.members.length === 0) return frame(h('div.trouble', null, h('p.said', { 'data-figure': 'empty' }, t('codes.empty')), h('p', null, t('codes.empty.next'))), method());
  return frame(answer(found), table(known.view, found, state, acts), method());
}
