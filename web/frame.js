/** What stands outside panel and legend: the bar's texts, the sample label, the attribution, the tip at the pointer. */

import { el, h } from './dom.js';
import * as i18n from './i18n.js';

/** @import * as T from './types.js' */

/** @param {T.View} view @param {T.Info | null} info @param {T.Me | null} me */
export function frame(view, info, me) {
  i18n.setLanguage(view.lang);
  document.documentElement.dataset.theme = view.theme;
  i18n.translate(document);
  const language = el('language');
  language.lang = view.lang === 'zh' ? 'en' : 'zh';
  language.setAttribute('aria-label', i18n.t('language.other'));
  language.replaceChildren(h('span.long', null, i18n.t('language.other')), h('span.short', null, i18n.t('language.short')));
  const theme = el('theme');
  theme.title = i18n.t(view.theme === 'dark' ? 'theme.light' : 'theme.dark');
  theme.setAttribute('aria-label', theme.title);
  account(me);
  el('sample').hidden = !info?.sample;
  el('sample').title = i18n.t('sample.why');
  el('attribution').textContent = (info?.attribution ?? []).join(' · ');
}

/** @param {T.Me | null} me */
function account(me) {
  const person = me && me.role !== 'public' ? me : null;
  const role = person ? i18n.word('role', person.role) : '';
  el('account').dataset.role = me?.role ?? 'public';
  el('account').setAttribute('aria-label', person ? `${person.name} ${role}`.trim() : i18n.t('sign.in'));
  el('account-name').replaceChildren(...(person ? [h('b', null, person.name || role), person.name ? h('small', null, role) : ''] : [i18n.t('sign.in')]));
}

/** @param {{x: number, y: number, props: Record<string, any>} | null} tip */
export function point(tip) {
  const box = el('tip');
  box.hidden = tip === null;
  if (tip === null) return;
  const { name, rate, unvisited } = tip.props;
  box.replaceChildren(h('b', null, name), ' ', unvisited === undefined ? i18n.t('tip.held') : rate === undefined ? i18n.t('tip.none') : i18n.t('tip.area', { rate: i18n.percent(rate), n: i18n.number(unvisited) }));
  box.style.transform = `translate(${tip.x + 14}px, ${tip.y + 14}px)`;
}
