/** The calendar of campaigns: one axis of time, a bar each, today's line. Elements only; the axis is worked out in campaignfigures.js. */

import { calendar } from './campaignfigures.js';
import { h } from './dom.js';
import { day, month, shortDay, t, word } from './i18n.js';
import { way } from './planviews.js';

/** @import * as T from './types.js' */

const EDGE = 0.12; // of the axis: nearer to its ends a label is set inwards

/** @param {T.Campaign[]} campaigns @param {T.View} view @param {string} today */
export function calendarStrip(campaigns, view, today) {
  const { ticks, bars, today: now } = calendar(campaigns, today);
  const share = (/** @type {number} */ n) => `${(n * 100).toFixed(2)}%`;
  const place = (/** @type {number} */ at) => (at < EDGE ? 'start' : at > 1 - EDGE ? 'end' : 'middle');
  const row = (/** @type {T.Campaign} */ one) => {
    const bar = bars.find(({ id }) => id === one.id) ?? { from: 0, to: 0, before: false, after: false };
    const span = t('campaign.span', { from: day(one.from), to: day(one.to) });
    return h('li', null, way('a', view, { campaign: one.id }, {
      class: `stage ${one.phase}${one.id === view.campaign ? ' shown' : ''}`, 'data-campaign': one.id, 'data-phase': one.phase, 'data-key': `stage-${one.id}`,
      'aria-current': one.id === view.campaign ? 'true' : null },
    h('span.stage-name', null, h('b', null, one.name), h('small', null, `${word('campaign.phase', one.phase)} · ${span}`)),
    h('span.track', { 'aria-hidden': 'true' }, h('i', { class: [bar.before && 'before', bar.after && 'after'].filter(Boolean).join(' '), style: { left: share(bar.from), width: share(bar.to - bar.from) } }))));
  };
  return h('section.calendar', { 'aria-label': t('campaigns.calendar') },
    h('div.axis', { 'aria-hidden': 'true' }, ...ticks.map((tick) => h('span', { 'data-at': place(tick.at), style: { left: share(tick.at) } }, tick.month ? month(tick.day) : shortDay(tick.day)))),
    h('div.stages', { style: { '--now': share(now) } },
      ...ticks.map((tick) => h('i.tick', { 'aria-hidden': 'true', style: { left: share(tick.at) } })),
      h('i.now', { 'aria-hidden': 'true' }),
      h('ol', null, ...campaigns.toSorted((a, b) => a.from.localeCompare(b.from) || a.id - b.id).map(row))),
    h('p.now-said', { 'data-at': place(now), style: { '--now': share(now) } }, h('span', null, t('campaigns.today', { day: day(today) }))));
}
