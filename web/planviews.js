/** The panel's views of plans: the list, one plan, the form that founds one. Each turns what is known into elements and keeps nothing. */

import { format } from './address.js';
import { h } from './dom.js';
import { chain } from './figures.js';
import { moment, number, percent, said, t, tn, word } from './i18n.js';
import { LETTERS, isSplit } from './beside.js';
import { planAnswer, planMethod, sideBySide, unmeasured, waterfall, whyCard } from './planparts.js';
import { trouble } from './parts.js';
import { firstLevel } from './ratefigures.js';
import { widthsPart } from './planwidths.js';

/** @import * as T from './types.js' */
/** @import { Desk } from './plans.js' */

/** Nothing of one plan or one comparison is left open. */
export const PLAIN = { task: null, beside: null, split: false, rule: null, why: null, rates: null, figure: null, within: null, compare: /** @type {string[]} */ ([]), today: false, member: null, ledger: false, teams: null, team: null, calendar: false };

/** A link within the page. @param {string} tag @param {T.View} view @param {Partial<T.View>} change @param {Record<string, any>} props @param {...any} children */
export const way = (tag, view, change, props, ...children) =>
  h(tag, { href: format({ ...view, ...change }), 'data-go': JSON.stringify(change), ...props }, ...children);

/** The tasks that a person may turn to; nothing where there is but one. @param {import('./views.js').Known} known */
export function tasks({ view, me, info }) {
  const now = view.plan !== null ? 'plans' : view.rates !== null ? 'rates' : view.today ? 'today' : view.teams !== null ? 'teams' : view.calendar ? 'campaigns' : view.ledger ? 'ledger' : 'households';
  const task = (/** @type {'households' | 'today' | 'campaigns' | 'teams' | 'rates' | 'ledger' | 'plans'} */ name, /** @type {Partial<T.View>} */ change) =>
    way('a', view, { plan: null, ...PLAIN, ...change }, { 'aria-current': now === name ? 'page' : null, 'data-key': `task-${name}` }, t(`task.${name}`));
  const [visit, teams, rates, ledger, plans] = ['visit', 'teams', 'rates', 'ledger', 'plans'].map((right) => me?.may.includes(right));
  return !visit && !teams && !rates && !ledger && !plans ? h('div', null) : h('nav.tasks', { 'aria-label': t('tasks') },
    task('households', {}),
    visit && task('today', { household: null, today: true }),
    task('campaigns', { household: null, calendar: true }),
    teams && task('teams', { household: null, teams: 'list' }),
    rates && task('rates', { household: null, rates: firstLevel(info?.levels) }),
    ledger && task('ledger', { household: null, ledger: true }),
    plans && task('plans', { plan: 'list', area: null, household: null }));
}

const waiting = () => h('div.loading', { 'aria-busy': 'true' }, h('i.line.wide', null), h('i.line', null), h('i.line', null));

/** @param {T.Trouble} kind @param {Desk['acts']} acts */
const stuck = (kind, acts) => trouble(`trouble.${kind}`, `trouble.${kind}.next`, {}, kind === 'refused' || kind === 'expired'
  ? h('button.primary', { type: 'button', onclick: acts.sign, 'data-key': 'sign' }, t('sign.in'))
  : h('button.primary', { type: 'button', onclick: acts.again, 'data-key': 'again' }, t('again')));

/** @param {import('./views.js').Known} known @param {Desk['state']} state @param {Desk['acts']} acts @param {boolean} may  true: found and change plans */
export function listView(known, state, acts, may) {
  const { view } = known;
  const { list, failed } = state;
  const ready = (list ?? []).filter((plan) => plan.state === 'ready');
  const line = (/** @type {T.PlanHead} */ plan) => h('tr', { 'data-plan': plan.id },
    h('th', { scope: 'row' }, way('a', view, { plan: plan.id, ...PLAIN }, { 'data-key': `plan-${plan.id}`, 'data-fly': true }, plan.name, h('small', null, [word('phase', plan.phase), said(state.sets?.find((set) => set.id === plan.rules)?.name) || plan.rules].join(' · ')))),
    h('td', null, plan.state === 'ready' ? number(plan.stalls ?? 0) : h(`span.state.${plan.state}`, null, word('state', plan.state))));
  return h('div.view', { 'data-view': 'plans' }, tasks(known),
    h('div.heading', null, h('h1', { tabindex: '-1' }, t('plans')), h('p', null, t('plans.what'))),
    failed ? stuck(failed, acts) : list === null ? waiting() : list.length === 0
      ? h('p.answer', null, t(may ? 'plans.none' : 'plans.none.yet'))
      : h('div', null,
        h('p.half', { 'data-figure': 'plans' }, tn('plans.count', list.length, { ready: number(ready.length) })),
        h('table.areas.plans', null, h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('plan')), h('th', { scope: 'col' }, t('beside.stalls')))), h('tbody', null, ...list.map(line)))),
    may && h('p.acts', null, way('a.primary', view, { plan: 'new', ...PLAIN }, { 'data-key': 'plan-new' }, t('plan.new'))));
}

/** @param {T.View} view @param {Desk['state']} state @param {Desk['acts']} acts @param {boolean} may */
export function planView(view, state, acts, may) {
  const { plan, failed, other, asked, otherAsked, sets } = state;
  const back = way('a.back', view, { plan: 'list', ...PLAIN }, { 'data-key': 'back' }, t('plan.back'));
  const frame = (/** @type {any[]} */ ...pieces) => h('div.view', { 'data-view': `plan-${view.plan}` }, back, ...pieces.flat());
  if (failed === 'missing') return frame(trouble('trouble.plan', 'trouble.plan.next', { id: String(view.plan) }));
  if (failed && !plan) return frame(stuck(failed, acts));
  if (!plan || plan.id !== view.plan) return frame(waiting());
  const set = sets?.find((one) => one.id === plan.rules);
  const head = h('div.heading', null, h('h1', { tabindex: '-1' }, plan.name), h('p', null, [word('phase', plan.phase), said(set?.name) || plan.rules].join(' · ')));
  const work = may && plan.phase !== 'ended' && h('p.acts', null,
    way('a.act', view, { task: 'draw', why: null, rule: null }, { 'data-key': 'task-draw' }, t('draw.open')),
    way('a.act', view, { task: 'rules', why: null, rule: null }, { 'data-key': 'task-rules' }, t('rules.open')));
  const open = state.sheets.get(plan.id)?.edits().length ?? 0;
  const unsaved = open > 0 && h('p.unsaved', { 'data-unsaved': open }, tn('unsaved', open), ' ', way('a.more', view, { task: 'draw' }, { 'data-key': 'unsaved' }, t('unsaved.go')));
  const begin = (/** @type {'again' | 'plan.run'} */ text) => h('button.primary', { type: 'button', 'data-key': 'run', onclick: () => acts.run(true) }, t(text));
  if (plan.state === 'failed') return frame(head, trouble('plan.failed', 'plan.failed.next', {}, h('p.reason', { 'data-field': 'error' }, plan.error ?? '')), may && h('p.acts', null, begin('again')), work, unsaved);
  const running = plan.state === 'running' && h('div.progress', { role: 'status' },
    h('p', null, t('plan.running', { share: percent(plan.progress) })),
    h('div.progress-line', null,
      h('progress', { max: 1, value: plan.progress, 'aria-label': t('plan.running', { share: percent(plan.progress) }) }),
      may && h('button.act', { type: 'button', 'data-key': 'stop', title: t('plan.stop.help'), onclick: () => acts.run(false) }, t('plan.stop'))),
    h('p.hint', null, t('plan.running.safe')));
  const stopped = plan.state === 'stopped' && h('div.progress', { role: 'status', 'data-part': 'stopped' },
    h('p', null, t('plan.stopped')), h('p.hint', null, t('plan.stopped.next')), may && h('p.acts', null, begin('plan.run')));
  if ((running || stopped) && !plan.by_rule?.length) return frame(head, running, stopped, work, unsaved);
  const others = (state.list ?? []).filter((one) => one.id !== plan.id && one.state === 'ready');
  const choose = (/** @type {Event} */ event) => acts.beside(Number(/** @type {HTMLSelectElement} */ (event.target).value) || null);
  const split = isSplit(view);
  const measured = other && other.id === view.beside && other.state === 'ready';
  const name = (/** @type {number} */ i, /** @type {T.Plan} */ one) => (split ? h('p.whose', null, h('b.letter', null, LETTERS[i]), one.name) : null);
  return frame(head, running, stopped,
    view.why !== null && whyCard(asked ?? { found: null, failed: null }, acts.why, (street) => widthsPart(street, state.measuring, state.unfolded === street.code, may && plan.phase !== 'ended', acts.measure), name(0, plan)),
    view.why !== null && split && measured && whyCard(otherAsked ?? { found: null, failed: null }, { ...acts.why, close: null }, null, name(1, other)),
    planAnswer(plan), unsaved, work,
    view.why === null && h('p.hint', { 'data-part': 'ask' }, t('why.help')),
    waterfall(plan, view, acts.rule),
    others.length > 0 && h('section.choose', null, h('label', null, h('span', null, t('beside.choose')),
      h('select', { id: 'beside', 'data-key': 'beside', onchange: choose }, h('option', { value: '' }, t('beside.none')), ...others.map((one) => h('option', { value: one.id, selected: one.id === view.beside }, one.name)))),
      view.beside !== null && h('button.act', { type: 'button', 'data-key': 'split', 'aria-pressed': String(split), onclick: () => acts.split(!split) }, t('beside.split'))),
    view.beside !== null && (other && other.id === view.beside ? (other.by_rule ? sideBySide(plan, other, view) : h('p.hint', { 'data-part': 'beside' }, t('beside.not', { name: other.name, state: word('state', other.state) }))) : waiting()),
    unmeasured(plan),
    may && phases(plan, acts),
    ...planMethod(plan, set, acts.file),
    h('p.foot', null, h('time', { datetime: plan.changed_at }, t('plan.changed', { time: moment(plan.changed_at), who: plan.by || '–' }))));
}

const NEXT = { draft: ['consultation', 'ended'], consultation: ['draft', 'published', 'ended'], published: ['ended'], ended: [] };

/** @param {T.Plan} plan @param {Desk['acts']} acts */
function phases(plan, acts) {
  const next = /** @type {T.Phase[]} */ (NEXT[plan.phase] ?? []);
  if (next.length === 0) return null;
  return h('details', { 'data-key': 'phase' }, h('summary', { 'data-key': 'phase-head' }, t('phase')),
    h('p', null, t('phase.now', { phase: word('phase', plan.phase) })),
    h('p.acts', null, ...next.map((phase) => h('button.act', { type: 'button', 'data-key': `phase-${phase}`, onclick: () => acts.phase(phase) }, t(/** @type {any} */ (`phase.to.${phase}`))))));
}

/**
 * @typedef {object} Form  a plan before it is founded
 * @property {string} name
 * @property {string} rules
 * @property {string} area
 * @property {any} drawn  a polygon; null: the area holds
 * @property {boolean} zonesOnly  true: stalls may stand only inside allowed zones
 * @property {boolean} drawing
 * @property {boolean} busy
 * @property {string} refused
 */

/** @param {T.View} view @param {T.Row[]} rows @param {Desk['state']} state @param {Desk['acts']} acts */
export function newView(view, rows, { form, sets, failed }, acts) {
  const back = way('a.back', view, { plan: 'list', ...PLAIN }, { 'data-key': 'back' }, t('plan.back'));
  if (!sets) return h('div.view', { 'data-view': 'plan-new' }, back, failed ? stuck(failed, acts) : waiting());
  const set = sets.find((one) => one.id === form.rules);
  const named = rows.filter((row) => row.level === 'county' || row.level === 'township');
  const extra = chain(rows, form.area).filter((row) => !named.includes(row));
  const field = (/** @type {string} */ text, /** @type {HTMLElement} */ input, /** @type {string} */ help = '') => h('label.field', null, h('span', null, text), input, help && h('small', null, help));
  const option = (/** @type {T.Row} */ row) => h('option', { value: row.code, selected: row.code === form.area && form.drawn === null }, `${row.name} · ${word('level', row.level)}`);
  const value = (/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).value;
  return h('div.view', { 'data-view': 'plan-new' }, back,
    h('div.heading', null, h('h1', { tabindex: '-1' }, t('plan.new'))),
    h('form.found', { id: 'found-plan', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); acts.found(); } },
      field(t('plan.rules'), h('select', { id: 'plan-rules', 'data-key': 'plan-rules', required: true, onchange: (/** @type {Event} */ e) => acts.form({ rules: value(e) }) },
        h('option', { value: '', selected: !form.rules }, t('plan.rules.choose')),
        ...sets.map((one) => h('option', { value: one.id, selected: one.id === form.rules }, said(one.name))))),
      set && h('div.rule-set', { 'data-rule-set': set.id },
        h('dl.figures', null, h('dt', null, t('set.where')), h('dd', null, said(set.jurisdiction)), h('dt', null, t('set.year')), h('dd', null, set.year ?? '–'), h('dt', null, t('set.source')), h('dd', null, set.source)),
        set.weak && h('p.hint', null, t('set.weak')),
        h('p.not-advice', null, said(set.note) || t('not.advice'))),
      field(t('plan.within'), h('select', { id: 'plan-within', 'data-key': 'plan-within', onchange: (/** @type {Event} */ e) => acts.form({ area: value(e), drawn: null }) },
        h('option', { value: '', selected: !form.area || form.drawn !== null }, form.drawn ? t('within.drawn') : t('within.choose')), ...extra.map(option), ...named.map(option)), t('within.help')),
      h('p.acts', null, h('button.act', { type: 'button', 'data-key': 'within-draw', 'aria-pressed': String(form.drawing), onclick: acts.outline }, t(form.drawing ? 'within.drawing' : form.drawn ? 'within.again' : 'within.draw'))),
      h('label.check', null, h('input', { type: 'checkbox', id: 'plan-zones-only', 'data-key': 'plan-zones-only', checked: form.zonesOnly, onchange: (/** @type {Event} */ e) => acts.form({ zonesOnly: /** @type {HTMLInputElement} */ (e.target).checked }, false) }), h('span', null, t('plan.zones.only'))),
      field(t('plan.name'), h('input', { id: 'plan-name', 'data-key': 'plan-name', maxlength: 200, required: true, autocomplete: 'off', value: form.name, oninput: (/** @type {Event} */ e) => acts.form({ name: value(e) }, false) })),
      form.refused && h('p.said', { role: 'alert' }, form.refused),
      h('p.acts', null, h('button.primary', { type: 'submit', 'data-key': 'plan-found', disabled: form.busy || !form.rules || !(form.area || form.drawn) }, t(form.busy ? 'plan.founding' : 'plan.found')))));
}

