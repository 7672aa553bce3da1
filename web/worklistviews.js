/** The panel's view of the list for today, and its pieces. Each turns what is known into elements and keeps nothing. */

import { h } from './dom.js';
import { LEVELS, inside, ofLevel } from './figures.js';
import { clock, day, distance, moment, number, t, tn, word } from './i18n.js';
import { called } from './logged.js';
import { trouble } from './parts.js';
import { tasks, way } from './planviews.js';
import { chooser, foot } from './views.js';
import { afterwards } from './visitform.js';

/** @import * as T from './types.js' */
/** @import { Log } from './logged.js' */
/** @import { Task } from './worklist.js' */

/** @type {T.Outcome[]} what comes of most visits */
const OFTEN = ['visited', 'partly', 'not_home'];
/** @type {T.Outcome[]} */
const SELDOM = ['refused', 'deferred', 'moved_away', 'not_found', 'vacant', 'demolished', 'duplicate'];
const PRESSING = ['left_to_do', 'overdue'];
const MOST_AREAS = 200; // of one level, in a list to choose from

/** A length as a person walks it: to ten metres, from a kilometre on to a hundred. @param {number} metres */
export const walked = (metres) => distance(metres < 100 ? Math.round(metres) : metres < 1000 ? Math.round(metres / 10) * 10 : Math.round(metres / 100) * 100);

/** Why somebody is to call. @param {T.WaitReason} reason */
export function reasonOf({ kind, days, metres }) {
  const key = /** @type {import('./i18n.js').Key} */ (`reason.${kind}`);
  if (kind === 'on_the_way') return t(key, { length: walked(metres ?? 0) });
  if (days === undefined) return t(key);
  return days === 0 && kind !== 'overdue' ? t(/** @type {import('./i18n.js').Key} */ (`${key}.now`)) : tn(key, days);
}

/** @param {T.Waiting} one */
export const nameOf = (one) => one.address ?? one.code;

/** @param {import('./views.js').Known} known @param {Task['state']} state @param {Task['acts']} acts @param {HTMLElement | null} kept  what is on this device for the walk @param {HTMLElement | null} whose  the field that chooses the member */
export function listView(known, state, acts, kept, whose) {
  const { list, failed, busy } = state;
  const frame = (/** @type {any[]} */ ...pieces) => h('div.view', { 'data-view': 'today', onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') acts.close(); } },
    tasks(known), h('div.heading', { 'data-member': known.view.member }, h('h1', { tabindex: '-1' }, known.view.member === null ? t('today.ask') : t('today.ask.of', { who: known.view.member }))), ...pieces,
    h('div.terms', null, chooser(known, { campaign: acts.campaign }), whose, areas(known, acts, failed === 'large')),
    ...(kept ? [kept] : []), foot({ ...known, asOf: list?.as_of ?? null }));
  if (failed !== null) return frame(stuck(failed, known.view, acts));
  if (list === null) return frame(h('div.loading', { 'aria-busy': 'true' }, h('p', null, t('loading')), h('i.line.wide', null), h('i.line', null), h('i.line', null), h('i.line', null)));
  if (list.households.length === 0) return frame(h('div.trouble', null, h('p.said', { 'data-figure': 'empty' }, t('today.empty')), h('p', null, t('today.empty.next'))), starts(state, acts));
  return frame(answer(list, state), starts(state, acts),
    h('ol.walk', { 'aria-label': t('today.list'), 'aria-busy': String(busy) }, ...list.households.map((one, i) => row(one, i, known, state, acts))),
    h('div.files', null, h('button.more', { type: 'button', 'data-key': 'gpx', title: t('today.gpx.help'), onclick: () => void acts.file('gpx') }, t('today.gpx')),
      h('button.more', { type: 'button', 'data-key': 'xlsx', onclick: () => void acts.file('xlsx') }, t('today.xlsx'))));
}

/** @param {T.Trouble | 'large' | 'missing' | 'nobody'} kind @param {T.View} view @param {Task['acts']} acts */
function stuck(kind, view, acts) {
  if (kind === 'nobody') return trouble('today.nobody', 'today.nobody.next', { who: view.member ?? '' }, h('button.primary', { type: 'button', onclick: acts.own, 'data-key': 'own' }, t('today.whose.all')));
  if (kind === 'large') return trouble('today.large', 'today.large.next');
  if (kind === 'missing') return trouble('trouble.missing', 'trouble.missing.next', { code: view.area ?? '' }, h('button.primary', { type: 'button', onclick: () => acts.area(null), 'data-key': 'everywhere' }, t('today.everywhere')));
  const sign = kind === 'refused' || kind === 'expired';
  return trouble(`trouble.${kind}`, `trouble.${kind}.next`, {}, h('button.primary', { type: 'button', onclick: sign ? acts.sign : acts.again, 'data-key': sign ? 'sign' : 'again' }, t(sign ? 'sign.in' : 'again')));
}

/** Nobody but who may visit has a list. @param {Task['acts']} acts */
export const refused = (acts) => h('div.view', { 'data-view': 'today' }, stuck('refused', /** @type {any} */ ({}), acts));

/** @param {T.Worklist} list @param {Task['state']} state */
function answer({ households, waiting, length_m: length, as_of: asOf }, { logs, old }) {
  const [logged, unsent] = [households.filter(({ code }) => called(logs.get(code))).length, households.filter(({ code }) => called(logs.get(code)) && logs.get(code)?.now === 'unsent').length];
  return h('div.answer', { 'data-waiting': waiting },
    h('p', null, h('strong.figure', { 'data-figure': 'listed' }, number(households.length)), ' ',
      h('span', null, h('span', { 'data-figure': 'sentence' }, t('today.answer', { waiting: number(waiting) })),
        h('small', { 'data-figure': 'length' }, [t('today.length', { length: walked(length) }), logged > 0 && tn('today.logged', logged), unsent > 0 && tn('today.waiting', unsent)].filter(Boolean).join(' · ')),
        old && h('small', { 'data-figure': 'old' }, t('today.old', { time: moment(asOf) })))));
}

/** Where the walk begins, and a new list. @param {Task['state']} state @param {Task['acts']} acts */
function starts({ from, here, busy, moved }, acts) {
  const button = (/** @type {string} */ key, /** @type {any} */ text, /** @type {() => void} */ act, /** @type {Record<string, any>} */ more = {}) =>
    h('button.act', { type: 'button', 'data-key': key, onclick: act, ...more }, text);
  return h('div.starts', null,
    h('div.start-of', { role: 'group', 'aria-label': t('today.start') },
      button('here', t(here === 'asking' ? 'today.here.asking' : 'today.here'), acts.here, { 'aria-pressed': String(from === 'here'), disabled: here === 'asking' }),
      button('middle', t('today.middle'), acts.middle, { 'aria-pressed': String(from === 'middle') })),
    button('fresh', t('today.new'), acts.fresh, { disabled: busy, 'aria-busy': String(busy) }),
    moved && h('p.said', { role: 'status', 'data-figure': 'given' }, t('today.given')),
    (here === 'refused' || here === 'failed') && h('p.said', { role: 'alert', 'data-figure': 'here' }, t(`today.here.${here}`)));
}

/** @param {T.Waiting} one @param {number} i @param {import('./views.js').Known} known @param {Task['state']} state @param {Task['acts']} acts */
function row(one, i, { view }, state, acts) {
  const open = state.open === one.code;
  const log = state.logs.get(one.code);
  const seen = state.seen.get(one.code);
  const done = called(log) || (seen !== undefined && log === undefined);
  const first = state.list?.households.find(({ code }) => !state.seen.has(code) && !called(state.logs.get(code)));
  const now = open || (state.open === null && first?.code === one.code);
  const leg = i > 0 || state.start !== null;
  return h('li', { 'data-row': one.code, 'data-state': log?.now ?? (seen ? 'seen' : now ? 'now' : 'waiting'), class: [done && 'done', now && 'now', open && 'open'].filter(Boolean).join(' ') },
    h('button.stop', { type: 'button', 'aria-expanded': String(open), 'data-key': `row-${one.code}`, onclick: () => acts.open(one.code) },
      h('b.place', null, number(i + 1)),
      h('span.whom', null, h('span.name', null, nameOf(one)),
        log ? h('small', { class: log.now === 'refused' ? 'pressing' : log.now === 'sending' ? '' : 'fine', 'data-field': 'log' }, told(log))
          : seen ? h('small.fine', { 'data-field': 'seen' }, t('today.others', { outcome: word('outcome', seen.outcome), time: clock(seen.at), who: seen.by }))
            : h('small', { class: PRESSING.includes(one.reason.kind) ? 'pressing' : '', 'data-field': 'reason', 'data-reason': one.reason.kind }, reasonOf(one.reason)),
        !log && !seen && one.outcome && one.called_at && h('small', { 'data-field': 'last' }, t('today.last', { outcome: word('outcome', one.outcome), day: day(one.called_at.slice(0, 10)) }))),
      leg && h('small.leg', { title: t(i > 0 ? 'today.leg' : 'today.leg.first', { length: walked(one.leg_m) }) }, walked(one.leg_m))),
    (log?.now === 'stored' || log?.now === 'unsent') && afterwards(one.code, log.flags, log.undone, () => void acts.undo(one.code)),
    open && outcomes(one, log, view, state.more, acts));
}

/** What became of a visit that was logged here. @param {Log} log */
function told({ outcome, now, at, reason, loose, undone }) {
  const said = word('outcome', outcome);
  if (now === 'sending') return t('today.sending');
  if (undone === 'undoing' || undone === 'undo waits') return t('today.undone', { outcome: said, time: clock(at) });
  if (now === 'stored') return t('today.done', { outcome: said, time: clock(at) });
  return now === 'unsent' ? t(loose ? 'today.loose' : 'today.unsent', { outcome: said, time: clock(at) }) : t('today.refused', { outcome: said, reason });
}

/** The second tap. @param {T.Waiting} one @param {Log | undefined} log @param {T.View} view @param {boolean} more @param {Task['acts']} acts */
function outcomes(one, log, view, more, acts) {
  const button = (/** @type {T.Outcome} */ outcome) => h('button', { type: 'button', 'data-outcome': outcome, 'data-key': `outcome-${outcome}`, 'aria-pressed': log?.now === 'stored' ? String(log.outcome === outcome) : null, onclick: () => acts.log(one.code, outcome) }, word('outcome', outcome));
  return h('div.outcomes', { role: 'group', 'aria-label': t('today.which', { name: nameOf(one) }) },
    log?.now === 'stored' && h('p.fine-print', null, t('today.again')),
    acts.details.fields(one.code),
    h('div.often', null, ...OFTEN.map(button)),
    more && h('div.seldom', null, ...SELDOM.map(button)),
    h('div.beyond', null,
      h('button.more', { type: 'button', 'aria-expanded': String(more), 'data-key': 'outcomes-more', onclick: acts.more }, t(more ? 'today.fewer' : 'today.more')),
      acts.details.button(one.code),
      way('a.more', view, { household: one.code, today: false }, { 'data-key': 'card', 'data-fly': true }, t('today.card'))));
}

/** The areas that a list may be narrowed down to. @param {import('./views.js').Known} known @param {{area: (code: string | null) => void}} acts @param {boolean} needed */
export function areas({ rows, me, view }, acts, needed) {
  const all = rows ?? [];
  const own = new Set(me?.areas ?? []);
  const mine = (/** @type {T.Level} */ level) => (own.size === 0 ? ofLevel(all, level)
    : ofLevel(all, level).filter((row) => own.has(row.code) || [...own].some((code) => inside(all, code, level).includes(row))));
  const levels = LEVELS.map((level) => ({ level, some: mine(level).toSorted((a, b) => a.name.localeCompare(b.name, view.lang, { numeric: true })) })).filter(({ some }) => some.length > 0 && some.length <= MOST_AREAS);
  if (levels.reduce((sum, { some }) => sum + some.length, 0) < 2 && view.area === null) return null;
  const option = (/** @type {string} */ code, /** @type {string} */ text) => h('option', { value: code, selected: code === (view.area ?? '') }, text);
  const listed = levels.some(({ some }) => some.some(({ code }) => code === view.area));
  return h('label.area-of', null, h('span', null, t('today.within')),
    h('select', { id: 'today-area', 'data-key': 'today-area', onchange: (/** @type {Event} */ event) => acts.area(/** @type {HTMLSelectElement} */ (event.target).value || null) },
      option('', t(needed ? 'today.pick' : 'today.everywhere')),
      view.area !== null && !listed && option(view.area, all.find(({ code }) => code === view.area)?.name ?? view.area),
      ...levels.map(({ level, some }) => h('optgroup', { label: word('level', level) }, ...some.map(({ code, name }) => option(code, name))))));
}
