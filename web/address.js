/** What a person sees, as the part of the address behind `#`: it never reaches a server's log. Pure, but for `here` and `put`. */

import { LEVELS } from './figures.js';

/** @import * as T from './types.js' */

/** @param {string} hash @returns {{view: Partial<T.View>, token: string | null, link: string | null}} */
export function parse(hash) {
  const q = new URLSearchParams(hash.replace(/^#/, ''));
  /** @type {Partial<T.View>} */
  const view = {};
  const map = (q.get('map') ?? '').split('/').map(Number);
  if (map.length === 3 && map.every(Number.isFinite)) {
    const [zoom, lat, lng] = map;
    if (Math.abs(lat) <= 85 && Math.abs(lng) <= 180 && zoom >= 0 && zoom <= 22) view.at = { lng, lat, zoom };
  }
  const campaign = q.get('campaign') ?? '';
  if (campaign === 'all') view.campaign = null;
  else if (/^[1-9]\d{0,8}$/.test(campaign)) view.campaign = Number(campaign);
  view.area = q.get('area') || null;
  view.household = q.get('household') || null;
  view.hidden = q.get('hide') === 'households';
  const plan = q.get('plan') ?? '';
  view.plan = plan === 'list' || plan === 'new' ? plan : whole(plan);
  const task = q.get('task');
  view.task = view.plan !== null && (task === 'rules' || task === 'draw') ? task : null;
  view.beside = whole(q.get('beside') ?? '');
  view.split = typeof view.plan === 'number' && view.beside !== null && q.get('maps') === 'two';
  view.rule = q.get('rule') || null;
  const [lon, lat] = (q.get('why') ?? '').split(',').map(Number);
  view.why = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 ? [lon, lat] : null;
  const level = /** @type {T.Level} */ (q.get('rates'));
  view.rates = view.plan === null && LEVELS.includes(level) ? level : null;
  const figure = q.get('figure');
  view.figure = view.rates !== null && (figure === 'satisfaction' || figure === 'codes') ? figure : null;
  view.within = view.rates === null ? null : q.get('within') || null;
  view.compare = view.rates === null ? [] : [...new Set(q.getAll('compare').filter(Boolean))].slice(0, 2);
  view.today = view.plan === null && view.rates === null && q.get('today') === 'yes';
  view.member = view.today ? q.get('member') || null : null;
  const teams = q.get('teams');
  const shown = view.plan === null && view.rates === null && !view.today;
  view.teams = shown && (teams === 'list' || teams === 'new' || teams === 'edit' || teams === 'plan' || teams === 'now') ? teams : null;
  view.team = view.teams === 'edit' || view.teams === 'plan' || view.teams === 'now' ? q.get('team') || null : null;
  if (view.team === null && view.teams !== 'new' && view.teams !== null) view.teams = 'list'; // of which team, the link does not say
  view.ledger = shown && view.teams === null && q.get('ledger') === 'yes';
  view.calendar = shown && view.teams === null && !view.ledger && q.get('campaigns') === 'yes';
  const lang = q.get('lang');
  if (lang === 'en' || lang === 'zh') view.lang = lang;
  const theme = q.get('theme');
  if (theme === 'light' || theme === 'dark') view.theme = theme;
  return { view, token: q.get('token'), link: q.get('link') };
}

/** @param {string} text @returns {number | null} */
const whole = (text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null);

/** @param {T.View} view @returns {string} beginning with `#` */
export function format(view) {
  const q = [];
  if (view.at) q.push(`map=${view.at.zoom.toFixed(2)}/${view.at.lat.toFixed(5)}/${view.at.lng.toFixed(5)}`);
  if (view.campaign !== undefined) q.push(`campaign=${view.campaign ?? 'all'}`);
  if (view.area !== null) q.push(`area=${encodeURIComponent(view.area)}`);
  if (view.household !== null) q.push(`household=${encodeURIComponent(view.household)}`);
  if (view.plan !== null) q.push(`plan=${view.plan}`);
  if (view.task !== null) q.push(`task=${view.task}`);
  if (view.beside !== null) q.push(`beside=${view.beside}`);
  if (view.split) q.push('maps=two');
  if (view.rule !== null) q.push(`rule=${encodeURIComponent(view.rule)}`);
  if (view.why !== null) q.push(`why=${view.why[0].toFixed(6)},${view.why[1].toFixed(6)}`);
  if (view.rates !== null) q.push(`rates=${view.rates}`);
  if (view.rates !== null && view.figure !== null) q.push(`figure=${view.figure}`);
  if (view.within !== null) q.push(`within=${encodeURIComponent(view.within)}`);
  for (const code of view.compare) q.push(`compare=${encodeURIComponent(code)}`);
  if (view.today) q.push('today=yes');
  if (view.today && view.member !== null) q.push(`member=${encodeURIComponent(view.member)}`);
  if (view.ledger) q.push('ledger=yes');
  if (view.teams !== null) q.push(`teams=${view.teams}`);
  if (view.team !== null) q.push(`team=${encodeURIComponent(view.team)}`);
  if (view.calendar) q.push('campaigns=yes');
  if (view.hidden) q.push('hide=households');
  q.push(`lang=${view.lang}`, `theme=${view.theme}`);
  return `#${q.join('&')}`;
}

export const here = () => parse(location.hash);

/** @param {T.View} view @param {boolean} step  true: the back button undoes it */
export function put(view, step) {
  const hash = format(view);
  if (hash === location.hash) return;
  if (step) history.pushState(null, '', hash);
  else history.replaceState(null, '', hash);
}
