/** How coverage grew over the weeks of a campaign: a small drawing for each area, all on one scale, with the whole behind; the same as a table. Elements only. */

import { h, svg } from './dom.js';
import { day, number, percent, t } from './i18n.js';
import { way } from './planviews.js';
import { HIGH, PAD, WIDE, path, shares, top } from './weekfigures.js';

/** @import * as T from './types.js' */

const FEW = 24; // drawings at first

/** @param {T.Grown} grown @param {number[]} whole @param {number} most @param {string} said */
const drawing = (grown, whole, most, said) => svg('svg', { class: 'growth', viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': said },
  svg('line', { class: 'base', x1: PAD, x2: WIDE - PAD, y1: HIGH - PAD, y2: HIGH - PAD }),
  svg('path', { class: 'whole', d: path(whole, most) }), svg('path', { class: 'own', d: path(shares(grown), most) }));

/** An area in words. @param {T.Grown & {name: string}} area */
const said = (area) => t('weeks.one', { name: area.name, shares: shares(area).map(percent).join(t('rates.comma')) });

/** Drawings of some areas. @param {T.Weeks} weeks @param {(T.Grown & {code: string, name: string})[]} areas @param {T.View | null} view  null: on paper, where nothing can be pressed */
export function multiples(weeks, areas, view) {
  const [whole, most] = [shares(weeks.overall), top(weeks)];
  const one = (/** @type {T.Grown & {code: string, name: string}} */ area) => {
    const last = shares(area).at(-1) ?? null;
    const inner = [h('span.name', null, area.name), h('b', null, percent(last)), drawing(area, whole, most, said(area))];
    return h('li', { 'data-mark': area.code, 'data-weeks': area.code }, view === null ? h('span.growth-of', null, ...inner) : way('a.growth-of', view, { area: area.code, household: null }, { 'data-key': `weeks-${area.code}`, 'data-fly': true }, ...inner));
  };
  return h('ul.multiples', null, ...areas.map(one));
}

/** What the lines are, and how high the drawings reach. @param {T.Weeks} weeks */
export const multiplesKey = (weeks) => h('p.fine-print.growth-key', null,
  h('i', { 'aria-hidden': 'true' }), t('weeks.key', { rate: percent(shares(weeks.overall).at(-1) ?? null), top: percent(top(weeks)), n: number(weeks.weeks.length) }));

/**
 * @param {T.Weeks | null} weeks  null: not read yet @param {string[]} order  codes of areas as the table has them
 * @param {T.View} view @param {boolean} failed @param {boolean} all  true: no drawing is left out
 * @param {{again: () => void, moreWeeks: () => void}} acts
 */
export function weeksPart(weeks, order, view, failed, all, acts) {
  const frame = (/** @type {any[]} */ ...pieces) => h('section', { 'data-part': 'weeks' }, h('h2', null, t('weeks')), ...pieces);
  if (failed) return frame(h('p.hint', null, t('weeks.failed')), h('button.more', { type: 'button', 'data-key': 'weeks-again', onclick: acts.again }, t('again')));
  if (weeks === null) return frame(h('div', { 'aria-busy': 'true' }, h('i.line', null)));
  if (weeks.weeks.length === 0) return frame(h('p.hint', { 'data-figure': 'weeks-none' }, t('weeks.none')));
  const by = new Map(weeks.areas.map((area) => [area.code, area]));
  const areas = order.flatMap((code) => by.get(code) ?? []).filter(({ eligible }) => eligible > 0);
  const shown = all ? areas : areas.slice(0, FEW);
  return frame(multiplesKey(weeks), multiples(weeks, shown, view),
    areas.length > FEW && h('button.more', { type: 'button', 'data-key': 'weeks-more', onclick: acts.moreWeeks }, all ? t('table.few') : t('table.all', { n: number(areas.length) })),
    h('details', { 'data-key': 'weeks-table' }, h('summary', { 'data-key': 'weeks-table-head' }, t('weeks.table')), table(weeks, shown), h('p', null, t('weeks.method'))));
}

/** @param {T.Weeks} weeks @param {(T.Grown & {code: string, name: string})[]} areas */
function table({ weeks, overall }, areas) {
  const row = (/** @type {string} */ name, /** @type {T.Grown} */ grown, /** @type {string | null} */ code) => h('tr', { 'data-weeks-row': code }, h('th', { scope: 'row' }, name), ...shares(grown).map((share) => h('td', null, percent(share))));
  return h('div.weeks-table', { tabindex: 0, role: 'group', 'aria-label': t('weeks.table') }, h('table', null,
    h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('weeks.to')), ...weeks.map(({ to, number: n }) => h('th', { scope: 'col', title: day(to) }, t('weeks.week', { n: number(n) }))))),
    h('tbody', null, row(t('weeks.whole'), overall, ''), ...areas.map((area) => row(area.name, area, area.code)))));
}
