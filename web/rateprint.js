/** The bulletin: the answer, the funnel and the table on one sheet of paper, for upright paper and for wide. */

import { h } from './dom.js';
import { funnel, funnelKey } from './funnel.js';
import { day, moment, number, percent, t, tn, word } from './i18n.js';
import { compared, sorted } from './ratefigures.js';
import { pairSaid, rank, said, verdict } from './rateviews.js';
import { multiples, multiplesKey } from './weeks.js';

/** @import * as T from './types.js' */

/** Rows that there is room for: with air, and close together. */
const ROWS = { upright: [12, 22], wide: [15, 19] };
/** Pixels of a row, as in rates.css; and those that the funnel and the rows share on upright paper, be it A4 or Letter. */
const ROW = { airy: 22.5, dense: 16.2 };
const SHARED = 575;
const TALLEST = 430;
/** Of so few areas each is drawn week by week as well, in rows of six that take so many pixels of upright paper. */
const DRAWN = 12;
const STRIP = 124;

/** @param {import('./views.js').Known} known @param {T.Rates} rates @param {T.RateSort} sort @param {T.Difference | null} pair @param {T.Weeks | null} weeks */
export const bulletins = (known, rates, sort, pair, weeks) => /** @type {const} */ (['upright', 'wide']).map((lie) => bulletin(known, rates, sort, pair, weeks, lie));

/** @param {import('./views.js').Known} known @param {T.Rates} rates @param {T.RateSort} sort @param {T.Difference | null} pair @param {T.Weeks | null} weeks @param {'upright' | 'wide'} lie */
function bulletin({ info, view, rows, campaigns }, rates, sort, pair, weeks, lie) {
  const name = view.within === null ? info?.name ?? '' : rows?.find((row) => row.code === view.within)?.name ?? view.within;
  const campaign = campaigns.find((one) => one.id === rates.campaign);
  const level = word('rates.level', rates.level);
  const { real, sentence, rest } = said(rates);
  const order = sorted(rates.areas, sort, view.lang);
  const units = compared(order);
  const [airy, close] = ROWS[lie];
  // Where there is no room for all, those that stand out; a part of the others would be chosen by nothing but their names.
  const listed = units.length <= close ? units : sorted(units, 'verdict', view.lang).filter((area) => area.position !== 'within').slice(0, close);
  const shown = units.filter((area) => listed.includes(area));
  const left = units.filter((area) => !listed.includes(area));
  const dense = shown.length > airy;
  const grown = lie === 'upright' && weeks !== null && weeks.weeks.length > 0 && units.length <= DRAWN ? weeks : null;
  const growing = grown === null ? [] : units.flatMap(({ code }) => grown.areas.find((area) => area.code === code) ?? []);
  const [width, height] = lie === 'wide' ? [440, 340] : [700, Math.min(TALLEST, SHARED - (grown ? STRIP : 0) - shown.length * (dense ? ROW.dense : ROW.airy))];
  const of = units.length;
  const line = (/** @type {T.RateRow} */ area) => h('tr', null,
    h('th', { scope: 'row' }, area.name), h('td', null, t('rates.count', { visited: number(area.visited), eligible: number(area.eligible) })),
    h('td', null, percent(area.rate)), h('td', null, rank(area, of)), h('td', null, verdict(area)));
  const heads = [word('level', rates.level), t('rates.head.count'), t('rates.head.rate'), t('rates.head.rank'), t('rates.head.verdict')];
  return h('article', { class: `sheet bulletin ${lie}${dense ? ' dense' : ''}` },
    h('header', null,
      h('h1', null, `${name} · ${t('rates.ask', { level })}`),
      info?.sample && h('strong.sample', null, t('sample')),
      h('p', null, [t('rates.bulletin', { day: day(rates.as_of.slice(0, 10)) }), campaign ? `${campaign.name} (${t('campaign.span', { from: day(campaign.from), to: day(campaign.to) })})` : t('campaign.all')].join(' · '))),
    h('div.said-first', null, h('b', null, number(real)), h('p', null, h('strong', null, sentence, view.lang === 'zh' ? '。' : '. '), rest, pair && h('span', null, ' ', pairSaid(pair)))),
    h('div.body', null,
      h('figure', null, funnel({ rates, order, width, height, chosen: null, about: () => '', link: null }), ...funnelKey(rates).filter((piece) => piece !== null)),
      h('div', null,
        shown.length > 0 && h('table', null, h('thead', null, h('tr', null, ...heads.map((text) => h('th', { scope: 'col' }, text)))), h('tbody', null, ...shown.map(line))),
        left.length > 0 && h('p.fine-print', null, tn(left.every((area) => area.position === 'within') ? 'rates.bulletin.more' : 'rates.bulletin.cut', left.length)))),
    grown && h('section.growing', null, multiples(grown, growing, null), multiplesKey(grown)),
    h('p.fine-print', null, `${t('method.coverage')} ${t('method.eligible')} ${t('rates.bulletin.read')}`),
    h('footer', null, h('span', null, `${t('name')} · ${t('as.of', { time: moment(rates.as_of) })}`), h('span', null, info?.sample ? t('sample.why') : '')));
}
