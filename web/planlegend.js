/** The legend of a plan, or of two beside each other: what is lawful, what was drawn, how many of each; and what stands on their maps. */

import { LETTERS } from './beside.js';
import { h } from './dom.js';
import { number, said, t, tn, word } from './i18n.js';
import { frameLegend } from './legend.js';
import { INK } from './planlayers.js';

/** @import * as T from './types.js' */
/** @typedef {{plan: T.Plan | null, drawn: import('./drawings.js').Drawing[]}} Shown  null: not known yet */

/**
 * @param {object} given
 * @param {T.View['theme']} given.theme
 * @param {string | null} given.rule  whose cost the map shows
 * @param {Shown[]} given.shown  one plan, or two
 * @param {boolean} given.near  true: the map is close enough to show places one by one
 */
export function drawPlanLegend(given) {
  const { theme, rule, shown, near } = given;
  if (!shown[0].plan) return frameLegend(null, [], () => {});
  const ink = INK[theme];
  const two = shown.length > 1;
  const entry = (/** @type {string} */ name, /** @type {string} */ text, /** @type {(number | null)[]} */ counts, /** @type {string} */ color) =>
    h('li', { 'data-legend': name }, h(`i.swatch.${name}`, { style: { '--ink': color } }), h('span', null, text), ...counts.map((n, i) => h('b', { 'data-count': n }, two && h('small', null, LETTERS[i]), n === null ? '–' : number(n))));
  const any = (/** @type {(number | null)[]} */ counts) => counts.some((n) => n !== null && n > 0);
  /** @template V @param {(one: Shown) => V} of */
  const each = (of) => shown.map(of);
  const assumed = each(({ plan }) => plan?.assumed?.streets ?? null);
  const known = each(({ plan }) => (plan?.assumed ? plan.assumed.of - plan.assumed.streets : null));
  const zones = /** @type {const} */ (['allowed', 'restricted', 'forbidden']).map((name) => /** @type {const} */ ([name, each(({ drawn }) => drawn.filter(({ props }) => props.class === name).length)]));
  const spots = each(({ drawn }) => drawn.filter(({ kind }) => kind === 'spots').length);
  const limit = limitOf(shown, rule);
  const lawful = limit !== null
    ? [entry('accent', t('legend.limited', { rule: limit }), [], ink.accent), entry('faint', t('legend.others'), [], ink.faint)]
    : [...(!two || any(known) || !any(assumed) ? [entry('lawful', t('legend.lawful'), known, ink.lawful)] : []), ...(any(assumed) ? [entry('assumed', t('legend.assumed'), assumed, ink.assumed)] : [])];
  const stalls = each(({ plan }) => (plan?.state === 'ready' ? number(plan.stalls) : plan ? word('state', plan.state) : '–'));
  frameLegend([h('span', null, t('legend.plan')), h('small', null, two ? t('legend.plan.two', { a: stalls[0], b: stalls[1] }) : shown[0].plan.state === 'ready' ? tn('legend.plan.counts', shown[0].plan.stalls) : stalls[0])], [
    h('ul', { class: two ? 'kinds two' : 'kinds' },
      ...lawful,
      ...zones.flatMap(([name, n]) => (any(n) ? [entry(name, t(`zone.${name}`), n, ink[name])] : [])),
      ...(any(spots) ? [entry('spot', t('spot'), spots, ink.spot)] : [])),
    ...(two && near ? [] : [h('p.hint', null, t('legend.dots'))]), // a legend for two has no room for what is not in sight
  ], () => drawPlanLegend(given));
}

/** How the rule that is looked at is worded in the plans that have it. @param {Shown[]} shown @param {string | null} rule @returns {string | null} */
function limitOf(shown, rule) {
  const texts = shown.map(({ plan }) => plan?.by_rule?.find((one) => one.rule === rule)).map((one) => one && (said(one.text) || one.rule));
  const told = new Set(texts.filter(Boolean));
  if (told.size === 0) return null;
  return told.size === 1 ? String([...told][0]) : texts.flatMap((text, i) => (text ? [`${LETTERS[i]}: ${text}`] : [])).join(' · ');
}

/** @param {T.Plan | null} plan @param {T.RuleSetHead[] | null} sets @param {[number, number, number, number] | null} bounds @returns {import('./beside.js').Caption} */
export function captionOf(plan, sets, bounds) {
  if (!plan) return { name: '', about: '', bounds: null };
  const set = said(sets?.find((one) => one.id === plan.rules)?.name) || plan.rules;
  const found = plan.state === 'ready' ? tn('legend.plan.counts', plan.stalls) : word('state', plan.state);
  return { name: plan.name, about: [set, found].join(' · '), bounds };
}
