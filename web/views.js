/** The panel's three views: the whole, one area, one household. Each turns what is known into elements and keeps nothing. */

import { format } from './address.js';
import { h } from './dom.js';
import { byNeed, chain, inside, lowest, ofLevel, whole } from './figures.js';
import { clock, day, number, t, word } from './i18n.js';
import { keptCard, unkept } from './keptcard.js';
import { tasks, way } from './planviews.js';
import { answer, back, bar, heading, method, outcomes, table, trouble } from './parts.js';
import { choices, exactFor } from './published.js';
import { publishedNote } from './publishedviews.js';

/** @import * as T from './types.js' */

/**
 * @typedef {object} Known  all that a view may show
 * @property {T.View} view
 * @property {T.Info | null} info
 * @property {T.Me | null} me
 * @property {T.Campaign[]} campaigns
 * @property {T.Edition[]} editions  the newest first
 * @property {T.Row[] | null} rows  null: not read yet
 * @property {string | null} asOf
 * @property {'open' | 'lost' | 'refused' | null} live
 * @property {T.Trouble | null} trouble
 * @property {{code: string, list: T.UnvisitedList | null, failed: boolean} | null} waiting
 * @property {{code: string, found: T.Household | null, failed: T.Trouble | 'missing' | 'unkept' | null} | null} household  unkept: nobody answers, and the device keeps nothing of it
 * @property {boolean} allRows
 */

/**
 * @typedef {object} Acts  what a view can set off
 * @property {() => void} again
 * @property {() => void} more
 * @property {() => void} sign
 * @property {(id: number | null) => void} campaign
 * @property {() => void} dismiss
 * @property {() => HTMLElement | null} publish  what publishes figures, for who may
 * @property {(one: T.Household) => HTMLElement} visits  to a household, each with what may be done about it
 * @property {import('./keptcard.js').Device} device  what this device keeps and has logged
 * @property {(one: T.Household) => HTMLElement | null} answer  what a household is asked, for who may ask it
 */

/** @param {Known} known @param {Acts} acts @returns {HTMLElement} */
export function render(known, acts) {
  const { view, rows } = known;
  if (rows === null) return known.trouble ? stuck(known, acts) : loading();
  const body = view.household !== null ? household(known, acts) : view.area !== null ? area(known, acts) : overview(known, acts);
  return h('div.view', { 'data-view': `${view.area}/${view.household}` }, ...body, foot(known));
}

const loading = () => h('div.view.loading', { 'aria-busy': 'true' }, h('p', null, t('loading')), h('i.line.wide', null), h('i.line', null), h('i.line', null), h('i.line', null));

/** Nothing to show at all. @param {Known} known @param {Acts} acts */
function stuck({ trouble: kind }, acts) {
  const said = kind ?? 'failed';
  const button = said === 'refused' || said === 'expired'
    ? h('button.primary', { type: 'button', onclick: acts.sign, 'data-key': 'sign' }, t('sign.in'))
    : h('button.primary', { type: 'button', onclick: acts.again, 'data-key': 'again' }, t('again'));
  return h('div.view', null, trouble(`trouble.${said}`, `trouble.${said}.next`, {}, button));
}

/** What went wrong while the last figures are still there. @param {Known} known @param {Acts} acts */
export function notice({ trouble: kind, rows, asOf }, acts) {
  if (kind === null || rows === null) return null;
  const sign = kind === 'expired' || kind === 'refused';
  const old = asOf && !sign ? ` ${t('trouble.old', { time: clock(asOf) })}` : '';
  return { said: t(`trouble.${kind}`), next: t(`trouble.${kind}.next`) + old, button: t(sign ? 'sign.in' : 'again'), act: sign ? acts.sign : acts.again, close: acts.dismiss };
}

/** @param {Known} known @param {Acts} acts */
function overview(known, acts) {
  const rows = known.rows ?? [];
  const name = known.info?.name ?? '';
  const all = whole(rows, name);
  const level = lowest(rows);
  const grids = ofLevel(rows, level);
  if (!all) return [heading(name, ''), h('p.empty', null, t('table.empty'))];
  return [
    tasks(known),
    chooser(known, acts),
    heading(name || all.name, ''),
    answer(all, grids, typeof known.view.campaign === 'number', known.asOf),
    publishedNote(known),
    bar(all),
    table({ rows: byNeed(grids), view: known.view, title: t('table.most'), head: word('level', level), all: known.allRows, more: acts.more }),
    exactFor(known.me) && outcomes(all),
    acts.publish(),
    method(!exactFor(known.me)),
  ].filter((piece) => piece !== false);
}

/** @param {Known} known @param {Acts} acts */
function area(known, acts) {
  const { view, info } = known;
  const rows = known.rows ?? [];
  const up = chain(rows, view.area);
  const row = up[0];
  const home = info?.name ?? '';
  if (!row) return [back(view, null, home), trouble('trouble.missing', 'trouble.missing.next', { code: view.area ?? '' })];
  const level = lowest(rows);
  const below = inside(rows, row.code, level);
  const above = up[1] && up[1].level !== 'county' ? up[1] : null;
  return [
    chooser(known, acts),
    back(view, above?.code ?? null, above?.name ?? home),
    heading(row.name, `${word('level', row.level)} · ${row.code}`),
    answer(row, below, typeof view.campaign === 'number', known.asOf),
    publishedNote(known),
    bar(row),
    row.level !== 'county' && row.rate !== null && known.me?.may.includes('rates') && besideOthers(view, row),
    below.length > 0 && table({ rows: byNeed(below), view, title: t('table.inside', { name: row.name }), head: word('level', level), all: known.allRows, more: acts.more }),
    row.eligible > 0 && waiting(known, acts),
    row.eligible > 0 && exactFor(known.me) && outcomes(row),
    method(!exactFor(known.me)),
  ].filter((piece) => piece !== false);
}

/** From an area to its place beside the others of its level. @param {T.View} view @param {T.Row} row */
const besideOthers = (view, row) => way('a.more', view, { rates: row.level, figure: null, within: null, compare: [], household: null }, { 'data-key': 'rates-of' }, t('rates.beside', { name: row.name, level: word('rates.level', row.level) }));

/** The households of an area that nobody has reached. @param {Known} known @param {Acts} acts */
function waiting({ view, me, waiting: kept }, acts) {
  const may = me?.may.includes('households');
  const head = h('h2', null, t('waiting'));
  if (!may) {
    return me?.role === 'public'
      ? h('section.waiting', null, head, h('p.hint', null, t('waiting.sign')), h('button.more', { type: 'button', onclick: acts.sign, 'data-key': 'waiting-sign' }, t('sign.in')))
      : h('section.waiting', null, head, h('p.hint', null, t('waiting.role')));
  }
  if (kept?.failed) return h('section.waiting', null, head, h('p.hint', null, t('waiting.failed')), h('button.more', { type: 'button', onclick: acts.again, 'data-key': 'again' }, t('again')));
  if (!kept?.list || kept.code !== view.area) return h('section.waiting', { 'aria-busy': 'true' }, head, h('i.line', null), h('i.line', null));
  const { total, households } = kept.list;
  if (total === 0) return h('section.waiting', null, head, h('p.hint', null, t('waiting.none')));
  const line = (/** @type {T.Unvisited} */ one) => h('li', null,
    h('a', { href: format({ ...view, household: one.code }), 'data-household': one.code, 'data-key': `household-${one.code}` },
      h(one.outcome ? 'i.tried' : 'i.never', null),
      h('span', null, one.address ?? one.code, one.address && h('small', null, one.code)),
      h('small.said', null, one.outcome ? word('outcome', one.outcome) : '', one.called_at && h('time', { datetime: one.called_at }, day(one.called_at.slice(0, 10))))));
  return h('section.waiting', { 'data-total': total }, head,
    h('ol.households', null, ...households.map(line)),
    households.length < total && h('p.hint', null, t('waiting.some', { n: number(households.length), total: number(total) })));
}

/** @param {Known} known @param {Acts} acts */
function household({ view, rows, info, me, household: kept }, acts) {
  const up = chain(rows ?? [], view.area);
  const way = back(view, view.area, up[0]?.name ?? info?.name ?? '');
  if (!me?.may.includes('households')) {
    return [way, trouble('trouble.refused', 'trouble.refused.next', {}, h('button.primary', { type: 'button', onclick: acts.sign, 'data-key': 'sign' }, t('sign.in')))];
  }
  if (kept?.failed === 'unkept') return [way, unkept(kept.code, acts.device, acts.again)];
  if (kept?.failed === 'missing') return [way, trouble('trouble.missing', 'trouble.missing.next', { code: kept.code })];
  if (kept?.failed) return [way, trouble(`trouble.${kept.failed}`, `trouble.${kept.failed}.next`, {}, h('button.primary', { type: 'button', onclick: acts.again, 'data-key': 'again' }, t('again')))];
  const one = kept?.found;
  if (!one || one.code !== view.household) return [way, h('div.loading', { 'aria-busy': 'true' }, h('i.line.wide', null), h('i.line', null))];
  if (one.kept) return [way, keptCard(one, one.kept, rows ?? [], acts.device)];
  return [
    way,
    h('article.card', { 'data-household': one.code },
      heading(one.address ?? `${t('household')} ${one.code}`, one.address ? `${t('household')} · ${one.code}` : t('no.address')),
      h('dl.figures', null,
        h('dt', null, t('household.status')), h('dd', { 'data-field': 'status' }, word('status', one.status)),
        h('dt', null, t('household.area')), h('dd', null, one.areas.map((code) => (rows ?? []).find((r) => r.code === code)?.name ?? code).slice(0, 2).join(' · ')),
        ...(one.caller ? [h('dt', null, t('household.caller')), h('dd', { 'data-field': 'caller' }, one.caller)] : []),
        ...(one.contact ? [h('dt', null, t('household.contact')), h('dd', { 'data-field': 'contact' }, one.contact)] : [])),
      one.needs && h('section', null, h('h2', null, t('household.needs')), h('ul.needs', { 'data-field': 'needs' }, ...one.needs.split('\n').map((need) => h('li', null, need)))),
      one.sealed && h('p.hint', { 'data-field': 'sealed' }, t('household.sealed')),
      h('h2', null, t('household.visits')),
      one.visits.length ? acts.visits(one) : h('p.need-note', null, t('household.unvisited')),
      acts.answer(one)),
  ];
}

/** @param {Known} known @param {Pick<Acts, 'campaign'>} acts */
export function chooser(known, acts) {
  const [campaigns, { view }] = [choices(known), known];
  if (campaigns.length === 0) return h('div', null);
  const chosen = campaigns.find((c) => c.id === view.campaign);
  const option = (/** @type {number | null} */ id, /** @type {string} */ text) => h('option', { value: id ?? '', selected: id === view.campaign }, text);
  const change = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    acts.campaign(value === '' ? null : Number(value));
  };
  return h('div.campaign', null,
    h('label', null, h('span', null, t('campaign')),
      h('select', { onchange: change, 'data-key': 'campaign', id: 'campaign' }, ...campaigns.toReversed().map((c) => option(c.id, c.name)), exactFor(known.me) && option(null, t('campaign.all')))),
    chosen && h('small', null, [chosen.theme, t('campaign.span', { from: day(chosen.from), to: day(chosen.to) })].filter(Boolean).join(' · ')));
}

/** @param {Pick<Known, 'me' | 'live' | 'asOf' | 'info'>} known */
export const foot = ({ me, live, asOf, info }) => h('p.foot', null,
  live && (exactFor(me) || live !== 'open') && h(`span.live.${live}`, { 'data-live': live }, t(`live.${live}`)),
  asOf && h('time', { datetime: asOf }, exactFor(me) ? t('as.of', { time: clock(asOf) }) : t('published.foot', { day: day(asOf.slice(0, 10)) })),
  info?.sample && h('span', null, t('sample.why')));
