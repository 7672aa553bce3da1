/** The bar that says how the page and the network stand to one another, and what is kept on the device. Each turns what is known into elements. */

import { h } from './dom.js';
import { clock, number, size, t, tn, word } from './i18n.js';

/** @import { Kept } from './kept.js' */
/** @import { Entry } from './visitstore.js' */

/**
 * @typedef {object} Standing
 * @property {boolean} gone  nobody answers, and the person can go on
 * @property {number} waiting
 * @property {number} undoing  visits that wait to be taken back
 * @property {number} sending
 * @property {Entry[]} refused
 * @property {number} foreign  visits of others that wait
 * @property {boolean} nobody  is signed in
 * @property {boolean} broken  visits are in this tab alone
 * @property {boolean} update  there is a newer page
 * @property {boolean} open  the refused ones are listed
 */

/**
 * @param {Standing} now @param {(code: string) => string} name  of a household
 * @param {{send: () => void, sign: () => void, reload: () => void, again: (id: string) => void, drop: (id: string) => void, unfold: () => void}} acts
 * @returns {HTMLElement[]} empty: there is nothing to say
 */
export function bar(now, name, acts) {
  const line = (/** @type {string} */ kind, /** @type {any[]} */ ...pieces) => h(`div.offline-line.${kind}`, { 'data-offline': kind }, ...pieces);
  const button = (/** @type {string} */ key, /** @type {string} */ text, /** @type {() => void} */ act, /** @type {Record<string, any>} */ more = {}) => h('button.act', { type: 'button', 'data-key': key, onclick: act, ...more }, text);
  const waits = [now.waiting > 0 && tn('offline.wait', now.waiting), now.undoing > 0 && tn('offline.undo', now.undoing)].filter(Boolean).join(' ');
  return [
    now.gone ? line('gone', h('p', null, h('b', null, t('offline.gone')), waits && ` ${waits}`))
      : now.sending > 0 ? line('sending', h('p', null, now.waiting > 0 ? tn('offline.sending', now.waiting) : t('visit.undoing')))
        : waits !== '' && line('waiting', h('p', null, h('b', null, waits)), button('send-now', t('offline.send'), acts.send)),
    now.broken && line('broken', h('p', { role: 'alert' }, t('offline.broken'))),
    now.refused.length > 0 && line('refused', h('p', null, h('b', null, tn('offline.refused', now.refused.length))),
      button('refused', t('offline.refused.show'), acts.unfold, { 'aria-expanded': String(now.open) }),
      now.open && h('ul', null, ...now.refused.map((visit) => h('li', { 'data-refused': visit.id },
        h('p', null, h('b', null, name(visit.household)), ' ', t(visit.takes === undefined ? 'offline.refused.one-of' : 'offline.refused.undo', { outcome: word('outcome', visit.outcome), time: clock(visit.at), reason: visit.reason })),
        button(`again-${visit.id}`, t('offline.refused.again'), () => acts.again(visit.id)),
        button(`drop-${visit.id}`, t('offline.refused.drop'), () => acts.drop(visit.id)))))),
    now.foreign > 0 && line('foreign', h('p', null, tn(now.nobody ? 'offline.mine' : 'offline.foreign', now.foreign)), now.nobody && button('sign-again', t('sign.in'), acts.sign)),
    now.update && line('update', h('p', null, t('offline.update')), button('reload', t('offline.update.take'), acts.reload)),
  ].filter((piece) => piece instanceof HTMLElement);
}

/** What is kept for the walk, in words. @param {Kept['state']} state @returns {HTMLElement | null} */
export function keptLine({ phase, tiles, of, bytes, cut, households, ofHouseholds }) {
  if (phase === 'nothing') return null;
  const values = { n: number(tiles), of: number(of), size: size(bytes), households: number(households) };
  const said = phase === 'filling' ? t('offline.kept.filling', values) : phase === 'whole' ? t('offline.kept', values) : phase === 'full' ? t('offline.kept.full', values) : t('offline.kept.broken');
  return h('p.kept', { 'data-kept': phase, 'data-tiles': tiles, 'data-households': households }, said,
    households < ofHouseholds && h('small', { 'data-figure': 'households-cut' }, t('offline.kept.some', { n: number(households), of: number(ofHouseholds) })), cut && phase !== 'filling' && h('small', null, t('offline.kept.cut')));
}
