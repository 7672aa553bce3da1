/** The card of a household without network: what this device keeps of it, what was logged here, or that nothing is kept. Keeps nothing itself. */

import { h } from './dom.js';
import { clock, moment, number, t, word } from './i18n.js';
import { heading, trouble } from './parts.js';

/** @import * as T from './types.js' */
/** @import { Entry } from './visitstore.js' */

/**
 * @typedef {object} Device  what the device keeps and has logged
 * @property {() => number} households  lines that are kept
 * @property {(code: string) => Entry[]} logged  visits to a household that the service may not know yet, or knows since a while
 * @property {(id: string) => boolean} undone  whether a visit is taken back here
 * @property {(visit: Entry) => void} undo
 */

/** @param {T.Household} one @param {T.KeptLine} line @param {T.Row[]} rows @param {Device} device */
export function keptCard(one, line, rows, device) {
  const logged = device.logged(one.code).filter(({ id }) => !device.undone(id)).toReversed();
  const last = line.outcome !== null && line.called_at !== null ? t('card.kept.visit', { outcome: word('outcome', line.outcome), time: moment(line.called_at) }) : t('household.unvisited');
  return h('article.card', { 'data-household': one.code, 'data-card': 'kept' },
    heading(one.address ?? `${t('household')} ${one.code}`, one.address ? `${t('household')} · ${one.code}` : t('no.address')),
    h('p.hint', { role: 'status', 'data-field': 'kept' }, t('card.kept', { time: moment(line.as_of) })),
    h('dl.figures', null,
      h('dt', null, t('household.status')), h('dd', { 'data-field': 'status' }, word('status', one.status)),
      ...(one.persons === null ? [] : [h('dt', null, t('card.kept.persons')), h('dd', { 'data-field': 'persons' }, number(one.persons))]),
      h('dt', null, t('household.area')), h('dd', null, one.areas.map((code) => rows.find((row) => row.code === code)?.name ?? code).slice(0, 2).join(' · ') || (one.area ?? '')),
      h('dt', null, t('card.kept.last')), h('dd', { 'data-field': 'last' }, last)),
    h('p.hint', { 'data-field': 'confided' }, t('card.kept.confided')),
    logged.length > 0 && h('h2', null, t('card.kept.logged')),
    logged.length > 0 && h('ol.visits', null, ...logged.map((visit, i) => h('li', { 'data-visit': visit.id },
      h(visit.outcome === 'visited' || visit.outcome === 'partly' ? 'i.reached' : 'i.tried', null),
      h('span', null, word('outcome', visit.outcome), visit.state === 'waiting' && h('small', null, t('card.kept.waits'))),
      h('time', { datetime: visit.at }, clock(visit.at)),
      i === 0 && h('div.mending', null, h('button.more', { type: 'button', 'data-key': `card-undo-${visit.id}`, onclick: () => device.undo(visit) }, t('visit.undo')))))));
}

/** @param {string} code @param {Device} device @param {() => void} again */
export const unkept = (code, device, again) => h('div.unkept', { 'data-card': 'unkept', 'data-household': code },
  trouble('card.unkept', 'card.unkept.next', { n: number(device.households()) }, h('button.primary', { type: 'button', onclick: again, 'data-key': 'again' }, t('again'))));
