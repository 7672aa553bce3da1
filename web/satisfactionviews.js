/** The panel's view of satisfaction, and its pieces. Each turns what is known into elements and keeps nothing. */

import { h } from './dom.js';
import { number, percent, t, tn, word } from './i18n.js';
import { PLAIN, way } from './planviews.js';
import { compared, counts, forReal, sorted } from './ratefigures.js';
import { figureView, loading, stuck } from './ratehead.js';
import { glyph } from './ratelayers.js';

/** @import * as T from './types.js' */
/** @import { Acts, State } from './figuretask.js' */

const FEW = 30; // areas that the table shows at first
const SORTS = /** @type {const} */ (['name', 'size', 'verdict']);
/** In place of a rate that would tell what each of a few answered. */
const RANGES = /** @type {const} */ ({ all_or_nearly: [0.95, 1], none_or_nearly: [0, 0.05] });

/** A rate as it may be said. @param {T.Satisfied} one */
const rateOf = ({ rate, range }) => (range ? t('satisfaction.from.to', { from: percent(RANGES[range][0]), to: percent(RANGES[range][1]) }) : percent(rate));

/** Of how many, and how sure: each part stays on one line. @param {T.Satisfied} one */
function restsOn({ asked, answered, rate, range, lower, upper }) {
  if (asked === 0) return [t('satisfaction.unasked')];
  if (answered === 0) return [t('satisfaction.silent.all')];
  if (range) return [t('satisfaction.few')];
  const count = t('satisfaction.of', { n: number(Math.round((rate ?? 0) * answered)), asked: number(answered) });
  return [count, lower === upper ? t('satisfaction.everybody') : t('satisfaction.from.to', { from: percent(lower), to: percent(upper) })];
}

/** @param {T.SatisfiedArea} area */
const verdictOf = ({ position, answered }) => (position === null ? t(answered === 0 ? 'satisfaction.none' : 'position.few') : word('position', position));

/** @param {T.Satisfaction} found */
function answer({ overall, areas, level }) {
  const all = compared(areas).length;
  const of = counts(areas);
  const real = forReal(of);
  const maybe = of.above_95 + of.below_95;
  const few = areas.filter(({ answered, position }) => answered > 0 && position === null).length;
  const split = [of.above_998 > 0 && t('rates.above', { n: number(of.above_998) }), of.below_998 > 0 && t('rates.below', { n: number(of.below_998) })].filter(Boolean).join(t('rates.comma'));
  const given = { answered: number(overall.answered), lower: percent(overall.lower), upper: percent(overall.upper) };
  const sentence = overall.answered === 0 ? t('satisfaction.answer.nobody') : overall.range ? t('satisfaction.answer.few') : t(overall.lower === overall.upper ? 'satisfaction.answer.all' : 'satisfaction.answer', given);
  const compare = all < 2 ? false : real === 0 ? t('satisfaction.differ.none', { all: number(all), level: word('rates.level', level) }) : tn('satisfaction.differ', real, { all: number(all), level: word('rates.level', level), split });
  return h('div.answer', null,
    h('p', null, h('strong.figure', { 'data-figure': 'satisfied', class: of.below_998 > 0 ? 'figure' : 'figure done' }, overall.answered === 0 ? number(0) : rateOf(overall)), ' ',
      h('span', { 'data-figure': 'sentence' }, sentence)),
    h('p.half', { 'data-figure': 'silent' }, overall.answered === overall.asked ? t('satisfaction.silent.none') : tn('satisfaction.silent', overall.asked - overall.answered, { asked: number(overall.asked), share: percent(overall.no_answer) })),
    h('p.half', { 'data-figure': 'rest' }, [compare, maybe > 0 && tn('rates.maybe', maybe), few > 0 && tn('satisfaction.few.areas', few)].filter(Boolean).join(' ').replaceAll('。 ', '。')));
}

/** The interval on a line from 0 to 1, the rate as a dot, the whole as a stroke behind it. @param {T.Satisfied} one @param {number | null} whole */
function whisker({ rate, range, lower, upper }, whole) {
  const [from, to] = range ? RANGES[range] : [lower, upper];
  if (from === null || to === null) return null;
  const at = (/** @type {number} */ share) => `${(share * 100).toFixed(2)}%`;
  return h('span.whisker', { 'aria-hidden': 'true' },
    whole !== null && h('i.whole', { style: { left: at(whole) } }),
    h(range ? 'i.from-to.range' : 'i.from-to', { style: { left: at(from), right: at(1 - to) } }),
    rate !== null && h('i.mid', { style: { left: at(rate) } }));
}

/** @param {import('./views.js').Known} known @param {T.Satisfaction} found @param {State<T.Satisfaction>} state @param {Acts} acts */
function table({ view }, { areas, overall, level }, state, acts) {
  const order = sorted(areas, state.sort, view.lang);
  const line = (/** @type {T.SatisfiedArea} */ area) => h('tr', { 'data-code': area.code, 'data-mark': area.code, 'data-position': area.position ?? 'none', class: area.code === view.area ? 'chosen-row' : '' },
    h('th', { scope: 'row' }, way('a', view, { area: area.code, household: null }, { title: area.code, 'data-area': area.code, 'data-key': `row-${area.code}`, 'data-fly': true }, area.name),
      h('span', { class: `judged ${area.position ?? 'none'}` }, area.position && glyph(area.position), verdictOf(area))),
    h('td.sure', null, h('b', null, rateOf(area)), whisker(area, overall.rate), h('small', null, ...restsOn(area).flatMap((part, i) => [i > 0 && ' · ', h('span', null, part)]))),
    h('td.rate', null, percent(area.no_answer), area.asked > 0 && h('small', null, t('satisfaction.of', { n: number(area.asked - area.answered), asked: number(area.asked) }))));
  return h('section', { 'data-part': 'table' },
    h('div.table-head', null, h('h2', null, t('rates.title', { n: number(areas.length), level: word('rates.level', level) })),
      h('div.sorts', { role: 'group', 'aria-label': t('rates.sort') }, h('span', { 'aria-hidden': 'true' }, t('rates.sort')),
        ...SORTS.map((sort) => h('button', { type: 'button', 'aria-pressed': String(state.sort === sort), 'data-key': `sort-${sort}`, onclick: () => acts.sort(sort) }, t(sort === 'size' ? 'satisfaction.sort.size' : `rates.sort.${sort}`))))),
    overall.rate !== null && h('p.fine-print.whisker-key', null, h('i', { 'aria-hidden': 'true' }), t('satisfaction.key', { rate: percent(overall.rate) })),
    h('table.areas.satisfied', null,
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, word('level', level)), h('th', { scope: 'col' }, t('satisfaction.head')), h('th', { scope: 'col' }, t('satisfaction.head.silent')))),
      h('tbody', null, ...(state.all ? order : order.slice(0, FEW)).map(line))),
    order.length > FEW && h('button.more', { type: 'button', 'data-key': 'more', onclick: acts.more }, state.all ? t('table.few') : t('table.all', { n: number(order.length) })));
}

/** Nobody was asked: how answers get in. @param {import('./views.js').Known} known */
const nobody = ({ view, me }) => h('div.trouble', null,
  h('p.said', { 'data-figure': 'empty' }, t(view.campaign === null ? 'satisfaction.empty.whole' : 'satisfaction.empty')),
  h('p', null, t('satisfaction.empty.next')), h('p', null, t('satisfaction.empty.program')),
  me?.may.includes('ask') && way('a.primary', view, { ...PLAIN, plan: null }, { 'data-key': 'to-households' }, t('satisfaction.empty.go')));

const method = () => h('details', { 'data-key': 'method' }, h('summary', { 'data-key': 'method-head' }, t('method')),
  ...[t('satisfaction.method'), t('satisfaction.method.who'), t('satisfaction.method.interval'), t('satisfaction.method.few'), t('satisfaction.method.verdict'), t('satisfaction.method.silent'), t('satisfaction.sources')].map((text) => h('p', null, text)));

/** @param {import('./views.js').Known} known @param {State<T.Satisfaction>} state @param {Acts} acts */
export function satisfactionView(known, state, acts) {
  const { found, failed } = state;
  const mark = (/** @type {Event} */ event) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[data-mark]'))?.dataset.mark ?? null;
  const on = {
    onmouseover: (/** @type {Event} */ event) => acts.light(mark(event)), onmouseleave: () => acts.light(null),
    onfocusin: (/** @type {Event} */ event) => acts.light(mark(event)), onfocusout: () => acts.light(null),
  };
  const frame = (/** @type {any[]} */ ...pieces) => figureView(known, acts, { ask: t('satisfaction.ask'), asOf: found?.as_of ?? null, on }, ...pieces);
  if (failed !== null) return frame(stuck(failed, known.view, acts));
  if (found === null) return frame(loading());
  if (found.areas.length === 0) return frame(h('div.trouble', null, h('p.said', { 'data-figure': 'empty' }, t('rates.empty.none', { level: word('rates.level', found.level) })), h('p', null, t('rates.empty.next'))));
  if (found.overall.asked === 0) return frame(nobody(known), method());
  return frame(answer(found), table(known, found, state, acts), method());
}
