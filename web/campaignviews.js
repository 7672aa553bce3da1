/** The panel's view of campaigns, and its pieces. Each turns what is known into elements and keeps nothing. */

import { calendarStrip } from './calendar.js';
import { between, coming, running } from './campaignfigures.js';
import { campaignForm } from './campaignform.js';
import { format } from './address.js';
import { h } from './dom.js';
import { day, moment, number, percent, t, tn, word } from './i18n.js';
import { trouble } from './parts.js';
import { tasks } from './planviews.js';
import { chooser, foot } from './views.js';

/** @import * as T from './types.js' */
/** @import { Task, List } from './campaigns.js' */

const FEW = 8; // of the households that wait for a decision, at first

/** @param {import('./views.js').Known} known @param {Task['state']} state @param {Task['acts']} acts @param {boolean} may  found campaigns and decide */
export function campaignsView(known, state, acts, may) {
  const { campaigns, view, info } = known;
  const today = (info?.as_of ?? new Date().toISOString()).slice(0, 10);
  const frame = (/** @type {any[]} */ ...pieces) => h('div.view', { 'data-view': 'campaigns', onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape' && state.form !== null) acts.leave(); } },
    tasks(known), h('div.heading', null, h('h1', { tabindex: '-1' }, t('campaigns.ask'))), ...pieces, foot(known));
  if (state.form !== null) return frame(campaignForm(known, state.form, state.busy === 'saving', acts));
  const found = may && h('p.acts', null, h('button.primary', { type: 'button', 'data-key': 'found', onclick: () => acts.form(null) }, t('campaigns.found')));
  if (campaigns.length === 0) return frame(h('p.answer', { 'data-figure': 'none' }, t(may ? 'campaigns.none' : 'campaigns.none.yet')), found);
  const one = campaigns.find(({ id }) => id === view.campaign);
  return frame(answer(campaigns, state.rows, today), calendarStrip(campaigns, view, today), found,
    state.failed !== null && stuck(state.failed, acts),
    h('section.one', null, chooser(known, { campaign: acts.campaign }),
      one === undefined ? h('p.hint', null, t('campaigns.choose')) : about(one, state, acts, may)),
    one !== undefined && may && (state.target === null || state.target.campaign !== one.id
      ? state.failed === null && h('div.loading', { 'aria-busy': 'true' }, h('i.line.wide', null), h('i.line', null))
      : h('div', null, one.phase !== 'closed' && undecided(state.target, view, state, acts), decisions(state.target))));
}

/** @param {T.Trouble} kind @param {Task['acts']} acts */
const stuck = (kind, acts) => trouble(`trouble.${kind}`, `trouble.${kind}.next`, {}, kind === 'refused' || kind === 'expired'
  ? h('button.primary', { type: 'button', onclick: acts.sign, 'data-key': 'sign' }, t('sign.in'))
  : h('button.primary', { type: 'button', onclick: acts.again, 'data-key': 'again' }, t('again')));

/** How many run, when each ends, and who is not reached yet. @param {T.Campaign[]} campaigns @param {Map<number, T.Row | null>} rows @param {string} today */
function answer(campaigns, rows, today) {
  const now = running(campaigns);
  const next = coming(campaigns);
  const line = (/** @type {T.Campaign} */ one) => {
    const left = between(today, one.to);
    const row = rows.get(one.id);
    const end = left === 0 ? t('campaigns.ends.today', { name: one.name }) : tn('campaigns.ends', left, { name: one.name });
    return h('li', { 'data-running': one.id }, row ? t('campaigns.line', { end, left: number(row.unvisited), total: number(row.eligible) }) : end);
  };
  return h('div.answer', null,
    h('p', null, h('strong', { class: 'figure done', 'data-figure': 'running' }, number(now.length)), ' ', h('span', { 'data-figure': 'sentence' }, tn('campaigns.answer', now.length).replace(number(now.length), '').trim())),
    now.length > 0 && h('ul.half', null, ...now.map(line)),
    now.length === 0 && next && h('p.half', { 'data-figure': 'next' }, t('campaigns.next', { name: next.name, day: day(next.from) })));
}

/** @param {T.Campaign} one @param {Task['state']} state @param {Task['acts']} acts @param {boolean} may */
function about(one, { rows, target, busy }, acts, may) {
  const row = rows.get(one.id);
  const aim = target?.campaign === one.id ? target.households : undefined;
  const figure = (/** @type {any} */ label, /** @type {string} */ name, /** @type {string} */ value) => [h('dt', null, t(label)), h('dd', { 'data-field': name }, value)];
  return h('div', { 'data-about': one.id },
    h('dl.figures', null,
      ...figure('campaigns.phase', 'phase', word('campaign.phase', one.phase)),
      ...figure('campaigns.revisit', 'revisit', one.revisit_days === null ? t('campaigns.revisit.none') : tn('campaigns.days', one.revisit_days)),
      ...figure('campaigns.need', 'need', one.need_days === null ? t('campaigns.need.none') : tn('campaigns.days', one.need_days)),
      ...(row ? figure('campaigns.reached', 'reached', `${percent(row.rate)} · ${t('rates.count', { visited: number(row.visited), eligible: number(row.eligible) })}`) : []),
      ...(aim === undefined ? [] : figure('campaigns.target', 'target', aim === null ? t('campaigns.target.open') : tn('campaigns.households', aim)))),
    one.phase === 'ended' && h('p.hint', null, t('campaigns.ended.help')),
    one.phase === 'closed' && h('p.hint', null, t('campaigns.closed.help')),
    may && h('p.acts', null,
      one.phase !== 'closed' && h('button.act', { type: 'button', 'data-key': 'change', onclick: () => acts.form(one) }, t('campaigns.change')),
      h('button.act', { type: 'button', 'data-key': one.phase === 'closed' ? 'reopen' : 'close', disabled: busy !== null, onclick: () => void acts.close(one, one.phase !== 'closed') }, t(one.phase === 'closed' ? 'campaigns.reopen' : 'campaigns.close'))));
}

/** What waits for a decision: households of the target that are gone, and others that came. @param {T.Target} target @param {T.View} view @param {Task['state']} state @param {Task['acts']} acts */
function undecided(target, view, state, acts) {
  if (target.gone.total + target.new.total === 0) return h('p.hint', { 'data-part': 'decided' }, t('campaigns.decided'));
  return h('section', { 'data-part': 'undecided' }, h('h2', null, t('campaigns.undecided')), h('p.hint', null, t('campaigns.undecided.help')),
    .../** @type {List[]} */ (['gone', 'new']).map((list) => target[list].total > 0 && waiting(list, target[list], view, state, acts)).filter((part) => part !== false));
}

/** @param {List} list @param {T.Undecided} some @param {T.View} view @param {Task['state']} state @param {Task['acts']} acts */
function waiting(list, { total, households }, view, { ticked, reasons, refused, all, busy }, acts) {
  const marked = ticked[list];
  const shown = all[list] ? households : households.slice(0, FEW);
  const said = refused?.list === list ? refused.said : null;
  const line = (/** @type {string} */ code) => h('li', null,
    h('label.check', null, h('input', { type: 'checkbox', checked: marked.has(code), 'data-key': `tick-${code}`, onchange: (/** @type {Event} */ event) => acts.tick(list, [code], /** @type {HTMLInputElement} */ (event.target).checked) }), h('span', null, code)),
    h('a.more', { href: format({ ...view, calendar: false, household: code }), 'data-go': JSON.stringify({ calendar: false, household: code }), 'data-fly': true, 'data-key': `look-${code}`, 'aria-label': t('campaigns.look.at', { code }) }, t('campaigns.look')));
  return h('fieldset.undecided', { 'data-list': list, disabled: busy === 'deciding' },
    h('legend', null, tn(`campaigns.${list}`, total)),
    h('p.tick-all', null, h('button.more', { type: 'button', 'data-key': `tick-all-${list}`, onclick: () => acts.tick(list, households, marked.size < households.length) }, t(marked.size < households.length ? 'campaigns.tick.all' : 'campaigns.tick.none'))),
    h('ul', null, ...shown.map(line)),
    households.length > FEW && h('button.more', { type: 'button', 'data-key': `more-${list}`, onclick: () => acts.more(list) }, all[list] ? t('table.few') : t('table.all', { n: number(households.length) })),
    households.length < total && h('p.hint', null, t('waiting.some', { n: number(households.length), total: number(total) })),
    h('label.field', null, h('span', null, t('reason.why')),
      h('input', { id: `why-${list}`, 'data-key': `why-${list}`, maxlength: 200, autocomplete: 'off', value: reasons[list], 'aria-invalid': said !== null ? 'true' : null, 'aria-describedby': said !== null ? `why-${list}-said` : null,
        oninput: (/** @type {Event} */ event) => acts.reason(list, /** @type {HTMLInputElement} */ (event.target).value) })),
    said !== null && h('p.said', { id: `why-${list}-said`, role: 'alert' }, said),
    h('p.acts', null, h('button.act', { type: 'button', 'data-key': `decide-${list}`, disabled: marked.size === 0, 'aria-busy': String(busy === 'deciding'), onclick: () => void acts.decide(list) }, tn(`campaigns.${list}.do`, marked.size))));
}

/** @param {T.Target} target */
function decisions({ decisions: made }) {
  const line = (/** @type {T.Decision} */ one) => h('li', { 'data-decision': one.seq },
    h('p', null, one.reason),
    h('small', null, [one.added > 0 && tn('campaigns.added', one.added), one.removed > 0 && tn('campaigns.removed', one.removed), t('campaigns.by', { who: one.by, time: moment(one.at) })].filter(Boolean).join(' · ')));
  return h('section', { 'data-part': 'decisions' }, h('h2', null, t('campaigns.decisions')),
    made.length === 0 ? h('p.hint', null, t('campaigns.target.open.help')) : h('ol.decisions', null, ...made.toReversed().map(line)));
}
