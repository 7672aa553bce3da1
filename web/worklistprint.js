/** The list for today on paper: one plain table, with room for what comes of each visit. */

import { h } from './dom.js';
import { day, moment, number, t, word } from './i18n.js';
import { nameOf, reasonOf, walked } from './worklistviews.js';

/** @import * as T from './types.js' */

/** @param {import('./views.js').Known} known @param {T.Worklist} list */
export function worksheet({ info, view, rows, campaigns }, list) {
  const campaign = campaigns.find((one) => one.id === list.campaign);
  const area = rows?.find((row) => row.code === view.area);
  const line = (/** @type {T.Waiting} */ one, /** @type {number} */ i) => h('tr', null,
    h('td', null, number(i + 1)),
    h('th', { scope: 'row' }, nameOf(one), one.address && h('small', null, one.code)),
    h('td', null, reasonOf(one.reason), one.outcome && one.reason.kind !== 'left_to_do' && h('small', null, word('outcome', one.outcome))),
    h('td', null, walked(one.leg_m)), h('td.blank', null));
  return h('article.sheet.worksheet', null,
    h('header', null,
      h('h1', null, t('today.sheet', { day: day(list.as_of.slice(0, 10)) })),
      info?.sample && h('strong.sample', null, t('sample')),
      h('p', null, [view.member, info?.name, area?.name, campaign?.name ?? t('campaign.all')].filter(Boolean).join(' · ')),
      h('p.said', null, `${number(list.households.length)} ${t('today.answer', { waiting: number(list.waiting) })} · ${t('today.length', { length: walked(list.length_m) })}`)),
    h('table', null,
      h('thead', null, h('tr', null, h('td', null), h('th', { scope: 'col' }, t('household')), h('th', { scope: 'col' }, t('today.sheet.why')), h('td', null), h('th', { scope: 'col' }, t('today.sheet.outcome')))),
      h('tbody', null, ...list.households.map(line))),
    h('p.fine-print', null, t('today.sheet.how')),
    h('footer', null, h('span', null, `${t('name')} · ${t('as.of', { time: moment(list.as_of) })}`), h('span', null, info?.sample ? t('sample.why') : '')));
}
