/** The legend of a plan: what is lawful, what was drawn, how many of each. */

import { h } from './dom.js';
import { number, said, t } from './i18n.js';
import { frameLegend } from './legend.js';
import { INK } from './planlayers.js';

/** @import * as T from './types.js' */

/**
 * @param {object} given
 * @param {T.View['theme']} given.theme
 * @param {T.Plan | null} given.plan  null: none is looked at, or not yet
 * @param {string | null} given.rule  whose cost the map shows
 * @param {import('./drawings.js').Drawing[]} given.drawn
 */
export function drawPlanLegend(given) {
  const { theme, plan, rule, drawn } = given;
  if (!plan) return frameLegend(null, [], () => {});
  const ink = INK[theme];
  const entry = (/** @type {string} */ name, /** @type {string} */ text, /** @type {number | null} */ n, /** @type {string} */ color) =>
    h('li', { 'data-legend': name }, h(`i.swatch.${name}`, { style: { '--ink': color } }), h('span', null, text), n !== null && h('b', { 'data-count': n }, number(n)));
  const zones = /** @type {const} */ (['allowed', 'restricted', 'forbidden']).map((name) => [name, drawn.filter(({ props }) => props.class === name).length]);
  const spots = drawn.filter(({ kind }) => kind === 'spots').length;
  const one = plan.by_rule?.find((r) => r.rule === rule);
  const { of, streets } = plan.assumed ?? { of: 0, streets: 0 };
  const lawful = one
    ? [entry('accent', t('legend.limited', { rule: said(one.text) }), null, ink.accent), entry('faint', t('legend.others'), null, ink.faint)]
    : [entry('lawful', t('legend.lawful'), of - streets, ink.lawful), ...(streets ? [entry('assumed', t('legend.assumed'), streets, ink.assumed)] : [])];
  frameLegend([h('span', null, t('legend.plan')), h('small', null, t('legend.plan.counts', { n: number(plan.stalls ?? 0) }))], [
    h('ul.kinds', null, ...lawful,
      ...zones.flatMap(([name, n]) => (n ? [entry(String(name), t(/** @type {any} */ (`zone.${name}`)), Number(n), /** @type {any} */ (ink)[name])] : [])),
      ...(spots ? [entry('spot', t('spot'), spots, ink.spot)] : [])),
    h('p.hint', null, t('legend.dots')),
  ], () => drawPlanLegend(given));
}
