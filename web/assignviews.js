/** The panel's views of assignment: the teams, and a plan of who calls on whom. Each turns what is known into elements and keeps nothing. */

import { badge, numbered } from './assignlayers.js';
import { h } from './dom.js';
import { day, number, percent, t, tn } from './i18n.js';
import { trouble } from './parts.js';
import { PLAIN, tasks, way } from './planviews.js';
import { chooser } from './views.js';
import { walked } from './worklistviews.js';

/** @import * as T from './types.js' */
/** @import { Task } from './assign.js' */

/** Metres; the last: for the balance alone. */
export const THRESHOLDS = [0, 100, 200, 300, 500, 1_000, 2_000, 5_000, 100_000];
const TOLERANCES = [0.05, 0.1, 0.2, 0.3, 0.5];
const FEW = 10; // rows until somebody asks for all
const PARTS = [1, 0.75, 0.5, 0.25]; // of a full-time member's work

/** Minutes as hours of work. @param {number} minutes */
export const hours = (minutes) => t('assign.hours', { n: number(minutes < 600 ? Math.round(minutes / 6) / 10 : Math.round(minutes / 60)) });

/** @param {T.Trouble} kind @param {Task['acts']} acts */
const stuck = (kind, acts) => trouble(`trouble.${kind}`, `trouble.${kind}.next`, {}, kind === 'refused' || kind === 'expired'
  ? h('button.primary', { type: 'button', onclick: acts.sign, 'data-key': 'sign' }, t('sign.in'))
  : h('button.primary', { type: 'button', onclick: acts.again, 'data-key': 'again' }, t('again')));
const reading = (/** @type {string} */ text) => h('div.loading', { 'aria-busy': 'true' }, h('p', null, text), h('i.line.wide', null), h('i.line', null), h('i.line', null));

/** Nobody but who answers for teams sees them. @param {Task['acts']} acts */
export const refused = (acts) => h('div.view', { 'data-view': 'teams' }, stuck('refused', acts));

/** @param {import('./views.js').Known} known @param {Task['state']} state @param {Task['acts']} acts */
export function listView(known, { teams, failed }, acts) {
  const { view } = known;
  const to = (/** @type {Partial<T.View>} */ change) => ({ ...PLAIN, plan: null, household: null, ...change });
  const line = (/** @type {T.Team} */ team) => {
    const active = team.members.filter((one) => one.active);
    const areas = team.areas.filter((one) => one.active).map(({ name, area }) => name ?? area);
    return h('li.team', { 'data-team': team.code },
      h('h2', null, team.name),
      h('p.fine-print', null, [tn('assign.active', active.length), areas.length > 0 ? areas.slice(0, 3).join(t('assign.and')) + (areas.length > 3 ? ` +${number(areas.length - 3)}` : '') : t('assign.nowhere')].join(' · ')),
      h('p.acts', null, way('a.act', view, to({ teams: 'now', team: team.code }), { 'data-key': `now-${team.code}` }, t('assign.now.short')), way('a.act', view, to({ teams: 'plan', team: team.code }), { 'data-key': `plan-${team.code}` }, t('assign.plan')), way('a.act', view, to({ teams: 'edit', team: team.code }), { 'data-key': `edit-${team.code}` }, t('assign.edit.short'))));
  };
  return h('div.view', { 'data-view': 'teams' }, tasks(known),
    h('div.heading', null, h('h1', { tabindex: '-1' }, t('assign.teams')), h('p', null, t('assign.what'))),
    failed ? stuck(failed, acts) : teams === null ? reading(t('loading'))
      : teams.length === 0 ? h('p.answer', { 'data-figure': 'empty' }, t('assign.none')) : h('ul.teams', null, ...teams.map(line)),
    !failed && teams !== null && h('p.acts', null, way('a.primary', view, to({ teams: 'new', team: null }), { 'data-key': 'team-new' }, t('assign.new'))));
}

/** @param {import('./views.js').Known} known @param {Task['state']} state @param {Task['acts']} acts */
export function planView(known, state, acts) {
  const { view } = known;
  const { plan, planning, planFailed, wrong, teams } = state;
  const team = teams?.find(({ code }) => code === view.team);
  const frame = (/** @type {any[]} */ ...pieces) => h('div.view', { 'data-view': 'assign' }, tasks(known),
    way('a.back', view, { teams: 'list', team: null }, { 'data-key': 'teams' }, t('assign.teams')),
    h('div.heading', null, h('h1', { tabindex: '-1' }, team?.name ?? view.team ?? '')), ...pieces);
  const terms = h('div.terms', null, chooser(known, { campaign: acts.campaign }), tolerance(state, acts));
  if (planFailed === 'missing') return frame(trouble('assign.team.missing', 'assign.team.missing.next'));
  if (planFailed) return frame(stuck(planFailed, acts));
  if (wrong) return frame(wrongly(wrong, view, acts), terms);
  if (plan === null) return frame(reading(t('assign.planning')));
  if (plan.total === 0) return frame(h('div.trouble', null, h('p.said', { 'data-figure': 'empty' }, t('assign.empty')), h('p', null, t('assign.empty.next'))), terms);
  return frame(
    h('div', { 'aria-busy': String(planning) }, answer(plan), decision(state, acts), household(plan, state.asked, view),
      threshold(state, acts), toggle(state, acts), members(plan, state, view, acts), changes(plan, state, view, acts)),
    terms, partTime(plan, state, acts), method(plan));
}

/** What was refused, and what to do about it. @param {{field: string, text: string}} wrong @param {T.View} view @param {Task['acts']} acts */
function wrongly({ field, text }, view, acts) {
  if (field === 'team') return trouble('assign.nobody.in', 'assign.nobody.in.next', {}, way('a.primary', view, { teams: 'edit' }, { 'data-key': 'edit' }, t('assign.edit')));
  if (field === 'tolerance') return trouble('assign.unbalanced', 'assign.unbalanced.next');
  return h('div.trouble', { role: 'alert' }, h('p.said', null, t('assign.refused')), h('p', { lang: 'en' }, text), h('button.primary', { type: 'button', 'data-key': 'again', onclick: acts.plan }, t('again')));
}

/** The answer first. @param {T.AssignmentPlan} plan */
function answer(plan) {
  const longest = (/** @type {'before' | 'after'} */ when) => Math.max(...plan.members.map((one) => one[when].walk_m));
  const [before, after] = [longest('before'), longest('after')];
  const first = plan.moves === 0 && plan.new > 0;
  const n = first ? plan.new : plan.moves;
  const walk = first || before === 0 ? t('assign.walk.first', { after: walked(after) })
    : t(after < before ? 'assign.walk.falls' : after > before ? 'assign.walk.rises' : 'assign.walk.stays', { before: walked(before), after: walked(after) });
  const spread = plan.spread.after === null ? '' : plan.spread.before === null ? t('assign.spread.first', { after: number(plan.spread.after) }) : t('assign.spread', { before: number(plan.spread.before), after: number(plan.spread.after) });
  return h('div.answer', null,
    h('p', null, h('strong', { class: n === 0 ? 'figure done' : 'figure', 'data-figure': 'moves' }, number(n)), ' ', h('span', { 'data-figure': 'sentence' }, tn(first ? 'assign.answer.first' : 'assign.answer', n, { total: number(plan.total) }))),
    h('p.half', { 'data-figure': 'walk' }, walk),
    spread && h('p.half', { 'data-figure': 'spread' }, spread),
    !first && plan.new > 0 && h('p.half', { 'data-figure': 'new' }, tn('assign.answer.new', plan.new)));
}

/** Take it, or take it back. @param {Task['state']} state @param {Task['acts']} acts */
function decision({ stage, plan, planning, given }, acts) {
  const button = (/** @type {string} */ tag, /** @type {string} */ key, /** @type {() => void} */ act, /** @type {string} */ text, off = false) => h(tag, { type: 'button', 'data-key': key, disabled: off, onclick: act }, text);
  if (stage === 'taken') return h('div.decision', { role: 'status' }, h('p.fine', { 'data-figure': 'taken' }, tn('assign.taken', given)), button('button.act', 'undo', acts.undo, t('assign.undo')));
  if (stage === 'undone') return h('div.decision', { role: 'status' }, h('p.fine', { 'data-figure': 'undone' }, tn('assign.undone', given)), button('button.act', 'replan', acts.plan, t('assign.again')));
  if (stage === 'old') return h('div.decision', { role: 'alert' }, h('p.said', { 'data-figure': 'old' }, t('assign.old')), button('button.primary', 'replan', acts.plan, t('assign.again')));
  const nothing = plan?.moves === 0 && plan.new === 0;
  return h('div.decision', null, button('button.primary', 'take', acts.take, t(stage === 'taking' ? 'assign.taking' : 'assign.take'), stage === 'taking' || planning || nothing), h('p.fine-print', null, t('assign.nothing.yet')));
}

/** @param {Task['state']} state @param {Task['acts']} acts */
function threshold({ threshold: metres }, acts) {
  const step = Math.max(0, THRESHOLDS.indexOf(metres));
  const said = step === 0 ? t('assign.threshold.none') : step === THRESHOLDS.length - 1 ? t('assign.threshold.all') : t('assign.threshold.some', { length: walked(metres) });
  return h('label.slider', null, h('span', null, t('assign.threshold')),
    h('input', { type: 'range', min: 0, max: THRESHOLDS.length - 1, step: 1, value: step, 'data-key': 'threshold', 'aria-valuetext': said, oninput: (/** @type {Event} */ event) => acts.threshold(Number(/** @type {HTMLInputElement} */ (event.target).value)) }),
    h('small', { 'data-figure': 'threshold' }, said));
}

/** @param {Task['state']} state @param {Task['acts']} acts */
const tolerance = ({ tolerance: part }, acts) => h('label.area-of', null, h('span', null, t('assign.tolerance')),
  h('select', { 'data-key': 'tolerance', onchange: (/** @type {Event} */ event) => acts.tolerance(Number(/** @type {HTMLSelectElement} */ (event.target).value)) },
    ...TOLERANCES.map((one) => h('option', { value: one, selected: one === part }, percent(one)))));

/** @param {Task['state']} state @param {Task['acts']} acts */
const toggle = ({ when }, acts) => h('div.toggle', { role: 'group', 'aria-label': t('assign.when') },
  .../** @type {const} */ (['before', 'after']).map((one) => h('button.act', { type: 'button', 'data-key': `when-${one}`, 'aria-pressed': String(one === when), onclick: () => acts.when(one) }, t(`assign.${one}`))));

/** @param {T.AssignmentPlan} plan @param {Task['state']} state @param {T.View} view @param {Task['acts']} acts */
function members(plan, { lit, when }, view, acts) {
  const pair = (/** @type {T.MemberPlan} */ one, /** @type {(load: T.MemberLoad) => string} */ text, /** @type {string} */ name) => {
    const [was, is] = [text(one.before), text(one.after)];
    return h('td', { 'data-cell': name }, was !== is && h('s', { class: when === 'before' ? 'now' : '' }, was), h('b', { class: when === 'after' || was === is ? 'now' : '' }, is));
  };
  const line = (/** @type {T.MemberPlan} */ one, /** @type {number} */ i) => h('tr', { 'data-member': one.user, class: lit === one.user ? 'lit' : '' },
    h('th', { scope: 'row' }, h('button', { type: 'button', 'data-key': `member-${one.user}`, 'aria-pressed': String(lit === one.user), title: t('assign.light'), onclick: () => acts.light(one.user) }, badge(i + 1, view.theme), h('span', null, one.user, one.after.needs > 0 && h('small', null, tn('assign.needs', one.after.needs))))),
    pair(one, ({ households }) => number(households), 'households'), pair(one, ({ minutes }) => hours(minutes), 'hours'), pair(one, ({ walk_m: walk }) => walked(walk), 'walk'));
  const col = (/** @type {'households' | 'effort' | 'walk'} */ key) => h('th', { scope: 'col', title: t(`assign.${key}.what`) }, t(`assign.${key}`));
  return h('section', null, h('h2', null, t('assign.members')),
    h('table.loads', null, h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('assign.member')), col('households'), col('effort'), col('walk'))), h('tbody', null, ...plan.members.map(line))));
}

/** Why one goes to whom it goes. @param {T.HouseholdMove} one */
function because({ why, gain_m: gain }) {
  if (why === 'nearer') return t('assign.why.nearer', { length: walked(gain ?? 0) });
  if (why === 'balance') return (gain ?? 0) < 0 ? t('assign.why.balance.farther', { length: walked(-(gain ?? 0)) }) : t('assign.why.balance');
  return t(`assign.why.${why}`);
}

/** @param {T.AssignmentPlan} plan @param {T.HouseholdMove} one @param {T.View['theme']} theme */
function path(plan, { from, to }, theme) {
  const numbers = numbered(plan);
  const name = (/** @type {string} */ user) => h('span.of', null, numbers.has(user) && badge(numbers.get(user) ?? 0, theme), user);
  return h('span.path', null, ...(from !== null && from !== to ? [name(from), h('span', { 'aria-label': t('assign.to') }, '→')] : []), name(to));
}

/** The household that was tapped. @param {T.AssignmentPlan} plan @param {string | null} asked @param {T.View} view */
function household(plan, asked, view) {
  const one = plan.households.find(({ code }) => code === asked);
  return one ? h('div.asked', { role: 'status', 'data-asked': one.code }, h('b', null, one.code), path(plan, one, view.theme), h('small', null, because(one)),
    way('a.more', view, { ...PLAIN, household: one.code }, { 'data-key': 'card', 'data-fly': true }, t('today.card'))) : null;
}

/** @param {T.AssignmentPlan} plan @param {Task['state']} state @param {T.View} view @param {Task['acts']} acts */
function changes(plan, { all, asked }, view, acts) {
  const moved = plan.households.filter(({ why }) => why === 'nearer' || why === 'balance' || why === 'left').toSorted((a, b) => (b.gain_m ?? 0) - (a.gain_m ?? 0) || a.code.localeCompare(b.code));
  if (moved.length === 0) return null;
  const line = (/** @type {T.HouseholdMove} */ one) => h('li', { 'data-move': one.code, class: one.code === asked ? 'lit' : '' },
    h('button', { type: 'button', 'data-key': `move-${one.code}`, title: t('assign.look'), onclick: () => acts.look(one.code) }, h('b', null, one.code), path(plan, one, view.theme), h('small', null, because(one))));
  return h('section', null, h('h2', null, tn('assign.changes', moved.length)),
    h('ol.moves', null, ...(all ? moved : moved.slice(0, FEW)).map(line)),
    moved.length > FEW && h('button.more', { type: 'button', 'data-key': 'more', onclick: acts.more }, all ? t('assign.few') : t('assign.all', { n: number(moved.length) })));
}

/** Who works less. @param {T.AssignmentPlan} plan @param {Task['state']} state @param {Task['acts']} acts */
const partTime = (plan, { shares }, acts) => h('details', { 'data-key': 'part-time' }, h('summary', { 'data-key': 'part-time-head' }, t('assign.shares')),
  h('p', null, t('assign.shares.what')),
  ...plan.members.map(({ user }) => h('label.area-of', null, h('span', null, user),
    h('select', { 'data-key': `share-${user}`, onchange: (/** @type {Event} */ event) => acts.share(user, Number(/** @type {HTMLSelectElement} */ (event.target).value)) },
      ...PARTS.map((part) => h('option', { value: part, selected: (shares.get(user) ?? 1) === part }, percent(part)))))));

/** @param {T.AssignmentPlan} plan */
const method = ({ terms, on, over_least: over }) => h('details', { 'data-key': 'method' }, h('summary', { 'data-key': 'method-head' }, t('method')),
  h('p', null, t('assign.method.effort', { call: number(terms.call_minutes), need: number(terms.need_minutes), pace: number(terms.metres_a_minute) })),
  h('p', null, t('assign.method.walk')), h('p', null, t('assign.method.known')),
  h('p', null, t('assign.method.flow', { over: over === null ? '–' : percent(over) })), h('p', null, t('assign.method.day', { day: day(on) })));
