/** The pieces of a plan's view: the answer, what each rule costs, why not here, two plans side by side, how it was worked out. */

import { format } from './address.js';
import { LETTERS } from './beside.js';
import { h, svg } from './dom.js';
import { distance, moment, number, percent, said, t, tn } from './i18n.js';

/** @import * as T from './types.js' */

/** A length as people say it. @param {number} metres */
export const long = (metres) => distance(metres < 1000 ? Math.round(metres) : Math.round(metres / 100) * 100);

/** @param {T.Plan} plan  share of the streets whose widths are assumed */
const assumedShare = ({ assumed }) => (assumed.of > 0 ? assumed.streets / assumed.of : 0);

/** The answer: how many stalls fit, on how much street, and how sure that is. @param {T.Plan} plan */
export function planAnswer(plan) {
  const { stalls, length_m, assumed } = plan;
  return h('div.answer', null,
    h('p', null,
      h('strong', { class: stalls === 0 ? 'figure' : 'figure done', 'data-figure': 'stalls' }, number(stalls)), ' ',
      h('span', { 'data-figure': 'sentence' }, stalls === 0 ? t('plan.answer.none') : tn('plan.answer', stalls, { length: long(length_m), streets: number(assumed.of) }))),
    assumed.streets > 0 && h('p.half', { 'data-figure': 'assumed' }, t('plan.answer.assumed', { share: percent(assumedShare(plan)) })));
}

const WIDE = 1000; // units of a bar's drawing

/** One bar of the waterfall. @param {number} from @param {number} to @param {number} all @param {string} name */
function bar(from, to, all, name) {
  const at = (/** @type {number} */ n) => (all > 0 ? (n / all) * WIDE : 0);
  return svg('svg', { viewBox: `0 0 ${WIDE} 10`, preserveAspectRatio: 'none', class: 'cost-bar', 'aria-hidden': 'true' },
    svg('rect', { class: 'track', x: 0, y: 0, width: WIDE, height: 10 }),
    svg('rect', { class: name, x: Math.min(at(from), WIDE - 4), y: 0, width: Math.max(at(to) - at(from), to > from ? 4 : 0), height: 10 }));
}

/**
 * What each rule costs: bars that fall from all places to the lawful ones, each with its figures beside it.
 * @param {T.Plan} plan @param {T.View} view
 * @param {{hover: (rule: string | null) => void, pin: (rule: string | null) => void}} acts  the map shows what a rule costs
 */
export function waterfall(plan, view, acts) {
  const all = plan.without_rules.stalls;
  let left = all;
  const rows = plan.by_rule.flatMap(({ rule, text, alone, in_order, freed }) => {
    const before = left;
    left -= in_order.stalls;
    const pinned = view.rule === rule;
    const on = { onmouseenter: () => acts.hover(rule), onmouseleave: () => acts.hover(null) };
    const button = h('button', { type: 'button', 'data-key': `rule-${rule}`, 'aria-pressed': String(pinned), title: t('costs.show'), onclick: () => acts.pin(pinned ? null : rule), onfocus: () => acts.hover(rule), onblur: () => acts.hover(null) }, said(text) || rule);
    return [
      h('tr', { 'data-rule': rule, class: pinned ? 'pinned' : '', ...on },
        h('th', { scope: 'row' }, button), h('td.cost', { 'data-loss': in_order.stalls }, in_order.stalls ? `−${number(in_order.stalls)}` : '0'), h('td', null, number(alone.stalls)), h('td', null, number(freed.stalls))),
      h('tr.bars', { 'aria-hidden': 'true', ...on }, h('td', { colspan: 4 }, bar(left, before, all, 'lost'))),
    ];
  });
  const end = (/** @type {string} */ name, /** @type {string} */ text, /** @type {number} */ n) => [
    h(`tr.${name}`, null, h('th', { scope: 'row' }, text), h('td.cost', null, number(n)), h('td', null), h('td', null)),
    h('tr.bars', { 'aria-hidden': 'true' }, h('td', { colspan: 4 }, bar(0, n, all, name))),
  ];
  return h('section', { 'data-part': 'costs' },
    h('h2', null, t('costs')),
    h('p.hint', null, t('costs.help')),
    h('table.costs', null,
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('costs.rule')), h('th', { scope: 'col' }, t('costs.in_order')), h('th', { scope: 'col', title: t('costs.alone.help') }, t('costs.alone')), h('th', { scope: 'col', title: t('costs.freed.help') }, t('costs.freed')))),
      h('tbody', null, ...end('start', t('costs.start'), all), ...rows, ...end('kept', t('costs.end'), plan.stalls))));
}

/** Rules that no map can check, and limits by number. @param {T.Plan} plan */
export function unmeasured({ unmeasured: rules, caps }) {
  if (rules.length === 0 && caps.length === 0) return null;
  const name = (/** @type {T.Unmeasured} */ rule) => (typeof rule === 'string' ? rule.replaceAll('_', ' ') : said(rule.text) || rule.rule);
  return h('section', { 'data-part': 'unmeasured' },
    h('h2', null, t('unmeasured')),
    h('p.hint', null, t('unmeasured.help')),
    h('ul.plain', null,
      ...caps.map((cap) => h('li', { 'data-cap': cap.rule }, verdict(cap.pass), h('span', null, cap.text ? said(cap.text) : cap.rule.replaceAll('_', ' '), h('small', null, t('cap', { limit: number(cap.limit), n: number(cap.stalls) }))))),
      ...rules.map((rule) => h('li', null, verdict(null), h('span', null, name(rule))))));
}

const SIGNS = { pass: 'M5 12.5l4.500 4.500L19 7.500', fail: 'M7 7l10 10M17 7L7 17', open: 'M9 9.500a3 3 0 1 1 4 2.800c-.7.3-1 .8-1 1.700M12 17.500v.1' };
/** Pass, fail or not measured: a sign and a word, not only a colour. @param {boolean | null} pass */
function verdict(pass) {
  const name = pass === null ? 'open' : pass ? 'pass' : 'fail';
  return h(`span.verdict.${name}`, { 'data-verdict': name },
    svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, svg('path', { d: SIGNS[name] })), h('b', null, t(`verdict.${name}`)));
}

/** @param {number | string | null} value @param {string} unit */
const quantity = (value, unit) => (value === null || value === undefined ? '–' : typeof value === 'number' ? `${number(Math.round(value * 100) / 100)}${unit ? ` ${unit}` : ''}` : String(value).replaceAll('_', ' '));

/**
 * Why a stall may stand at a place, or not: every rule, those that fail first, and the nearest place that is lawful.
 * @param {{found: T.Why | null, failed: T.Trouble | null}} asked
 * @param {{near: (at: {lon: number, lat: number}) => void, close: (() => void) | null, again: () => void}} acts
 * @param {((street: T.WhyStreet) => HTMLElement) | null} widths  of the street beside the place
 * @param {HTMLElement | null} whose  by which plan, where two are asked
 */
export function whyCard({ found, failed }, acts, widths, whose = null) {
  const close = acts.close && h('button.close', { type: 'button', 'aria-label': t('sign.close'), 'data-key': 'why-close', onclick: acts.close }, '×');
  if (failed) return h('section.why', { 'data-part': 'why' }, whose, h('h2', null, t('why'), close), h('p.hint', { role: 'alert' }, t(`trouble.${failed}`)), h('button.more', { type: 'button', 'data-key': 'why-again', onclick: acts.again }, t('again')));
  if (!found) return h('section.why', { 'data-part': 'why', 'aria-busy': 'true' }, whose, h('h2', null, t('why.asking'), close), h('i.line', null), h('i.line', null));
  const order = (/** @type {T.Reason} */ r) => (r.pass === false ? 0 : r.pass === null ? 1 : 2);
  const sorted = found.rules.toSorted((a, b) => order(a) - order(b));
  const folded = whose ? sorted.filter((r) => r.pass) : []; // so that both answers are in sight
  const key = acts.close ? LETTERS[0] : LETTERS[1];
  const row = (/** @type {T.Reason} */ r) => h('li', { 'data-rule': r.rule }, verdict(r.pass),
    h('span', null, said(r.text) || r.rule, h('small', null, t('why.measured', { measured: quantity(r.measured, r.unit), required: quantity(r.required, r.unit) }))));
  const { nearest, street } = found;
  const name = street?.name ?? street?.code ?? '';
  return h('section.why', { 'data-part': 'why', 'data-legal': String(found.legal) },
    whose,
    h('h2', { role: 'status' }, verdict(found.legal), h('span', null, t(found.legal ? 'why.legal' : 'why.refused')), close),
    name && h('p.hint', null, name),
    !found.legal && (nearest
      ? h('p.near', { 'data-figure': 'nearest' }, t('why.nearest', { distance: long(nearest.distance_m) }), ' ', h('button.more', { type: 'button', 'data-key': 'why-near', onclick: () => acts.near(nearest) }, t('why.go')))
      : h('p.near', null, t('why.nowhere'))),
    found.rules.length === 0 && h('p.hint', null, t('why.nothing')),
    h('ul.plain', null, ...sorted.filter((r) => !folded.includes(r)).map(row)),
    folded.length > 0 && h('details', { 'data-key': `why-kept-${key}` }, h('summary', { 'data-key': `why-kept-head-${key}` }, tn('why.kept', folded.length)), h('ul.plain', null, ...folded.map(row))),
    street && widths?.(street));
}

/** Two plans side by side. @param {T.Plan} a @param {T.Plan} b @param {T.View} view */
export function sideBySide(a, b, view) {
  const rules = [...new Map([...a.by_rule, ...b.by_rule].map((one) => [one.rule, one.text]))];
  const cost = (/** @type {T.Plan} */ plan, /** @type {string} */ rule) => {
    const one = plan.by_rule.find((r) => r.rule === rule);
    return one ? (one.in_order.stalls ? `−${number(one.in_order.stalls)}` : '0') : '–';
  };
  const row = (/** @type {string} */ text, /** @type {string} */ x, /** @type {string} */ y, /** @type {string} */ key = '') => h('tr', { 'data-row': key }, h('th', { scope: 'row' }, text), h('td', null, x), h('td', null, y));
  const letter = (/** @type {number} */ i) => view.split && h('b.letter', null, LETTERS[i]);
  return h('section', { 'data-part': 'beside' },
    h('h2', null, t('beside')),
    h('table.costs.beside', null,
      h('thead', null, h('tr', null, h('th', { scope: 'col' }), h('th', { scope: 'col' }, letter(0), a.name), h('th', { scope: 'col' }, letter(1), h('a', { href: format({ ...view, plan: b.id, beside: a.id, rule: null, why: null }), 'data-go': JSON.stringify({ plan: b.id, beside: a.id, rule: null, why: null }), 'data-key': 'beside-other' }, b.name)))),
      h('tbody', null,
        row(t('beside.stalls'), number(a.stalls), number(b.stalls), 'stalls'),
        row(t('beside.length'), long(a.length_m), long(b.length_m), 'length'),
        row(t('beside.assumed'), percent(assumedShare(a)), percent(assumedShare(b))),
        row(t('costs.start'), number(a.without_rules.stalls), number(b.without_rules.stalls)),
        ...rules.map(([rule, text]) => row(said(text) || rule, cost(a, rule), cost(b, rule), rule)))));
}

/** How it was worked out, what was assumed, what it was made of. @param {T.Plan} plan @param {T.RuleSetHead | undefined} set @param {(f: string) => void} save */
export function planMethod(plan, set, save) {
  const { assumed, made_of: made } = plan;
  const fact = (/** @type {string} */ name, /** @type {string | number} */ value) => [h('dt', null, name), h('dd', null, value)];
  return [
    assumed.streets > 0 && h('details', { 'data-key': 'assumed' }, h('summary', { 'data-key': 'assumed-head' }, t('assumed')),
      h('p', null, tn('assumed.help', assumed.streets, { of: number(assumed.of) })),
      h('dl.figures', null, ...fact(t('width.carriageway'), number(assumed.carriageway)), ...fact(t('width.footway'), number(assumed.footway)), ...fact(t('width.lanes'), number(assumed.lanes))),
      h('p.hint', null, t('assumed.measure'))),
    h('details', { 'data-key': 'save-as' }, h('summary', { 'data-key': 'save-as-head' }, t('files')),
      h('p.files', null, ...['geojson', 'fgb', 'kml', 'gpx', 'pmtiles'].map((f) => h('button.more', { type: 'button', 'data-key': `file-${f}`, onclick: () => save(f) }, t(/** @type {any} */ (`file.${f}`)))))),
    h('details', { 'data-key': 'method' }, h('summary', { 'data-key': 'method-head' }, t('made')),
      h('p', null, t('made.how')),
      set && h('p', null, `${said(set.name)} · ${said(set.jurisdiction)}${set.year ? ` · ${set.year}` : ''} · ${set.source}`),
      h('p.not-advice', null, set ? said(set.note) : t('not.advice')),
      h('dl.figures', null,
        ...fact(t('made.rules'), digest(made.rules_sha256)), ...fact(t('made.context'), number(made.context_seq)), ...fact(t('made.zones'), number(made.zones_seq)), ...fact(t('made.version'), number(made.plan_seq)),
        ...fact(t('made.by'), plan.by), ...fact(t('made.at'), moment(plan.changed_at)), ...(plan.reason ? fact(t('reason'), plan.reason) : []))),
  ];
}

/** Enough of a digest to compare by eye. @param {string} sha256 */
const digest = (sha256) => (sha256 ?? '').slice(0, 12);
