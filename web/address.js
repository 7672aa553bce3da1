/** What a person sees, as the part of the address behind `#`: it never reaches a server's log. Pure, but for `here` and `put`. */

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
  const lang = q.get('lang');
  if (lang === 'en' || lang === 'zh') view.lang = lang;
  const theme = q.get('theme');
  if (theme === 'light' || theme === 'dark') view.theme = theme;
  return { view, token: q.get('token'), link: q.get('link') };
}

/** @param {T.View} view @returns {string} beginning with `#` */
export function format(view) {
  const q = [];
  if (view.at) q.push(`map=${view.at.zoom.toFixed(2)}/${view.at.lat.toFixed(5)}/${view.at.lng.toFixed(5)}`);
  if (view.campaign !== undefined) q.push(`campaign=${view.campaign ?? 'all'}`);
  if (view.area !== null) q.push(`area=${encodeURIComponent(view.area)}`);
  if (view.household !== null) q.push(`household=${encodeURIComponent(view.household)}`);
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
