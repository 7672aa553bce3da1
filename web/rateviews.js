/** The panel's view of compared rates, and its pieces. Each turns what is known into elements and keeps nothing. */

import { h } from './dom.js';
import { funnel, funnelKey } from './funnel.js';
import { number, percent, points, t, tn, word } from './i18n.js';
import { way } from './planviews.js';
import { compared, counts, forReal, higherFirst, sorted } from './ratefigures.js';
import { figureView, loading, stuck } from './ratehead.js';
import { glyph } from './ratelayers.js';
import { weeksPart } from './weeks.js';

/** @import * as T from './types.js' */
/** @import { Task } from './rates.js' */

const FEW = 30; // areas that the table shows at first
const SORTS = /** @type {const} */ (['name', 'size', 'verdict']);
/** How the level of a comparison is called. @param {T.Level} level */
const levelOf = (level) => word('rates.level', level);

/** @param {{position: T.Position | null}} area */
const verdictOf = (area) => word('position', area.position ?? 'none');

/** An area in words, for who hears it and for the tip. @param {T.RateRow} area @param {number} of  areas that have ranks */
export const about = (area, of) => [area.name, `${percent(area.rate)} (${t('rates.count', { visited: number(area.visited), eligible: number(area.eligible) })})`, area.rank && t('rates.rank.long', { best: number(area.rank.best), worst: number(area.rank.worst), n: number(of) }), verdictOf(area)].filter(Boolean).join(' · ');

/** The answer: how many differ for real, what may be chance, what is left out. @param {T.Rates} rates */
export function said(rates) {
  const of = counts(rates.areas);
  const real = forReal(of);
  const all = compared(rates.areas).length;
  const given = { all: number(all), level: levelOf(rates.level), rate: percent(rates.overall.rate) };
  const split = [of.above_998 > 0 && t('rates.above', { n: number(of.above_998) }), of.below_998 > 0 && t('rates.below', { n: number(of.below_998) })].filter(Boolean).join(t('rates.comma'));
  const maybe = of.above_95 + of.below_95;
  const left = rates.areas.length - all;
  return {
    real,
    sentence: real === 0 ? t('rates.answer.none', given) : tn('rates.answer', real, { ...given, split }),
    rest: [maybe > 0 && tn('rates.maybe', maybe), of.within > 0 && (of.within === all ? t('rates.rest.all', { n: number(all) }) : tn('rates.rest', of.within)), left > 0 && tn('rates.left', left)].filter(Boolean).join(' ').replaceAll('。 ', '。'),
  };
}

/** @param {T.Rates} rates */
function answer(rates) {
  const { real, sentence, rest } = said(rates);
  return h('div.answer', null,
    h('p', null, h('strong', { class: counts(rates.areas).below_998 > 0 ? 'figure' : 'figure done', 'data-figure': 'real' }, number(real)), ' ', h('span', { 'data-figure': 'sentence' }, sentence)),
    h('p.half', { 'data-figure': 'rest' }, rest));
}

/** @param {import('./views.js').Known} known @param {Task['state']} state @param {Task['acts']} acts @param {number} width  pixels of the panel's content */
export function ratesView(known, state, acts, width) {
  const { view } = known;
  const level = /** @type {T.Level} */ (view.rates);
  const { rates, failed } = state;
  const on = {
    onmouseover: (/** @type {Event} */ event) => acts.light(markOf(event)), onmouseleave: () => acts.light(null),
    onfocusin: (/** @type {Event} */ event) => acts.light(markOf(event)), onfocusout: () => acts.light(null),
  };
  const frame = (/** @type {any[]} */ ...pieces) => figureView(known, acts, { ask: t('rates.ask', { level: levelOf(level) }), asOf: rates?.as_of ?? null, on }, ...pieces);
  if (failed !== null) return frame(stuck(failed, view, acts));
  if (rates === null) return frame(loading());
  const units = compared(rates.areas);
  if (units.length < 2) {
    const why = rates.areas.length === 0 ? t('rates.empty.none', { level: levelOf(level) }) : rates.overall.eligible === 0 ? t('answer.nobody') : t('rates.empty.one');
    return frame(h('div.trouble', null, h('p.said', { 'data-figure': 'empty' }, why), h('p', null, t('rates.empty.next'))));
  }
  const order = sorted(rates.areas, state.sort, view.lang);
  const chosen = units.find((area) => area.code === view.area);
  return frame(
    answer(rates),
    chosen && choice(chosen, units.length, view),
    plot(rates, order, view, units.length, width),
    table(known, rates, order, state, acts),
    typeof view.campaign === 'number' && weeksPart(state.weeks, order.map(({ code }) => code), view, state.weeksFailed, state.allWeeks, acts),
    pair(state, rates, view, acts),
    method(rates));
}

/** @param {Event} event @returns {string | null} the area that was pointed at */
const markOf = (event) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[data-mark]'))?.dataset.mark ?? null;

/** The area that is selected, and the way to its coverage. @param {T.RateRow} area @param {number} of @param {T.View} view */
const choice = (area, of, view) => h('div.chosen.choice', { 'data-choice': area.code },
  h('p', null, area.position && glyph(area.position), h('b', null, area.name), ' ', h('span', null, about(area, of).split(' · ').slice(1).join(' · '))),
  way('a.more', view, { area: area.code, rates: null, within: null, compare: [], household: null }, { 'data-key': 'coverage' }, t('rates.coverage', { name: area.name })));

/** @param {T.Rates} rates @param {T.RateRow[]} order @param {T.View} view @param {number} of @param {number} width */
function plot(rates, order, view, of, width) {
  const link = (/** @type {T.RateRow} */ area) => ({ href: way('a', view, { area: area.code, household: null }, {}).getAttribute('href'), 'data-area': area.code });
  const seeming = forReal(counts(rates.areas, 'by_chance'));
  return h('section.plot', { 'data-part': 'funnel' },
    h('h2', null, t('rates.funnel')),
    h('figure', null, funnel({ rates, order, width, height: Math.round(Math.min(330, Math.max(250, width * 0.7))), chosen: view.area, about: (area) => about(area, of), link }), h('p.point-tip', { hidden: true, 'aria-hidden': 'true' })),
    ...funnelKey(rates).filter((piece) => piece !== null),
    seeming !== forReal(counts(rates.areas)) && h('p.fine-print', { 'data-figure': 'chance' }, t('rates.chance', { n: number(seeming), all: number(of), level: levelOf(rates.level) })));
}

/** A rank as the places that it may be, drawn and in words. @param {T.RateRow} area @param {number} of */
export const rank = ({ rank: found }, of) => (found === null ? h('span', null, '–') : h('span.rank', null,
  h('span.places', { 'aria-hidden': 'true' }, h('i', { style: { 'margin-inline-start': `${((found.best - 1) / of) * 100}%`, width: `${((found.worst - found.best + 1) / of) * 100}%` } })),
  h('span.number', null, t('rates.rank', { best: number(found.best), worst: number(found.worst), n: number(of) }))));

/** @param {T.RateRow} area */
export const verdict = (area) => h('span.judged', { class: `judged ${area.position ?? 'none'}` }, area.position && glyph(area.position), verdictOf(area));

/** @param {import('./views.js').Known} known @param {T.Rates} rates @param {T.RateRow[]} order @param {Task['state']} state @param {Task['acts']} acts */
function table({ view }, rates, order, state, acts) {
  const of = compared(rates.areas).length;
  const ranked = rates.areas.some((area) => area.rank !== null);
  const shown = state.all ? order : order.slice(0, FEW);
  const line = (/** @type {T.RateRow} */ area) => h('tr', { 'data-code': area.code, 'data-mark': area.code, 'data-position': area.position ?? 'none', class: area.code === view.area ? 'chosen-row' : '' },
    h('td.tick', null, h('input', { type: 'checkbox', checked: view.compare.includes(area.code), disabled: area.rate === null, 'aria-label': t('rates.compare', { name: area.name }), 'data-key': `compare-${area.code}`, onchange: () => acts.compare(area.code) })),
    h('th', { scope: 'row' }, way('a', view, { area: area.code, household: null }, { title: area.code, 'data-area': area.code, 'data-key': `row-${area.code}`, 'data-fly': true }, area.name), verdict(area)),
    h('td.rate', null, h('b', null, percent(area.rate)), h('small', null, t('rates.count', { visited: number(area.visited), eligible: number(area.eligible) }))),
    ranked && h('td.rank-of', null, rank(area, of)));
  return h('section', { 'data-part': 'table' },
    h('div.table-head', null, h('h2', null, t('rates.title', { n: number(rates.areas.length), level: levelOf(rates.level) })),
      h('div.sorts', { role: 'group', 'aria-label': t('rates.sort') }, h('span', { 'aria-hidden': 'true' }, t('rates.sort')),
        ...SORTS.map((sort) => h('button', { type: 'button', 'aria-pressed': String(state.sort === sort), 'data-key': `sort-${sort}`, onclick: () => acts.sort(sort) }, t(`rates.sort.${sort}`))))),
    h('p.fine-print', null, t('rates.compare.tick')),
    h('table.areas.compared', null,
      h('thead', null, h('tr', null, h('td', null), h('th', { scope: 'col' }, word('level', rates.level)), h('th', { scope: 'col' }, t('rates.head.rate')), ranked && h('th', { scope: 'col', title: t('rates.head.rank.why') }, t('rates.head.rank')))),
      h('tbody', null, ...shown.map(line))),
    order.length > FEW && h('button.more', { type: 'button', 'data-key': 'more', onclick: acts.more }, state.all ? t('table.few') : t('table.all', { n: number(order.length) })),
    !ranked && h('p.fine-print', null, t('rates.unranked')));
}

/** Two areas beside one another, in words. @param {T.Difference} found */
export function pairSaid(found) {
  const { a, b, difference, lower, upper, verdict: how } = higherFirst(found);
  return t(how === 'cannot_tell' ? 'rates.compare.cannot' : 'rates.compare.real', { a: a.name, b: b.name, d: points(difference), lower: points(lower), upper: points(upper) });
}

/** @param {Task['state']} state @param {T.Rates} rates @param {T.View} view @param {Task['acts']} acts */
function pair({ pair: found, pairFailed }, rates, view, acts) {
  const [one, other] = view.compare;
  if (one === undefined) return null;
  const name = (/** @type {string} */ code) => rates.areas.find((area) => area.code === code)?.name ?? code;
  const body = other === undefined ? [h('p', null, t('rates.compare.one', { name: name(one) }))]
    : pairFailed ? [h('p', null, t('rates.compare.failed'))]
      : found === null ? [h('i.line', null)]
        : [h('p', { 'data-figure': 'pair', 'data-verdict': found.verdict }, pairSaid(found)), span(higherFirst(found)), h('p.fine-print', null, t('rates.compare.note'))];
  return h('aside.pair-of', { role: 'status', 'aria-busy': String(other !== undefined && !pairFailed && found === null) }, ...body,
    h('button.close', { type: 'button', 'data-key': 'compare-clear', 'aria-label': t('rates.compare.clear'), title: t('rates.compare.clear'), onclick: acts.clear }, '×'));
}

/** The interval of a difference, and where none lies. @param {T.Difference} found */
function span({ difference, lower, upper }) {
  const reach = Math.max(Math.abs(lower), Math.abs(upper)) * 1.1 || 1;
  const at = (/** @type {number} */ n) => `${(((n + reach) / (2 * reach)) * 100).toFixed(2)}%`;
  return h('div.span', { 'aria-hidden': 'true' },
    h('i.zero', { style: { left: '50%' } }), h('small', { style: { left: '50%' } }, '0'),
    h('i.from-to', { style: { left: at(lower), right: `calc(100% - ${at(upper)})` } }), h('i.middle', { style: { left: at(difference) } }));
}

/** @param {T.Rates} rates */
function method({ dispersion }) {
  const phi = dispersion ? dispersion.phi.toFixed(1) : '–';
  const said = [t('method.coverage'), t('method.eligible'), t('rates.method.funnel'), t('rates.method.limits'),
    dispersion && t(dispersion.tau_squared > 0 ? 'rates.method.scatter' : 'rates.method.scatter.none', { phi }), t('rates.method.ranks'), t('rates.method.pair'), t('rates.sources')];
  return h('details', { 'data-key': 'method' }, h('summary', { 'data-key': 'method-head' }, t('method')), ...said.map((text) => text && h('p', null, text)));
}
