/** The task of assignment: teams, a plan of who calls on whom, taking it and taking it back. The panel's views, the form and the map's marks are its pieces. */

import * as api from './api.js';
import { ask } from './ask.js';
import { blank, formOf, formView, inputOf } from './assignform.js';
import { boundsOf, drawAssignLegend, homes } from './assignlayers.js';
import { createNow } from './assignnow.js';
import { THRESHOLDS, listView, planView, refused } from './assignviews.js';
import { el } from './dom.js';
import { number, t, tn } from './i18n.js';
import { narrow, sheet } from './panel.js';
import { marksOf } from './planlayers.js';

/** @import * as T from './types.js' */

const REST_MS = 400; // a slider is left alone for so long before it is planned anew

/** @typedef {Pick<ReturnType<typeof createAssign>, 'state' | 'acts'>} Task */

/**
 * @param {object} page
 * @param {() => import('./views.js').Known} page.known
 * @param {(change: Partial<T.View>, how?: {step?: boolean, fly?: boolean}) => void} page.go
 * @param {() => import('./beside.js').PageMaps | null} page.map
 * @param {() => void} page.redraw
 * @param {() => void} page.sign
 */
export function createAssign({ known, go, map, redraw, sign }) {
  const state = {
    /** @type {T.Team[] | null} */ teams: null,
    /** @type {T.Trouble | null} */ failed: null,
    /** @type {T.TeamForm | null} */ form: null,
    /** @type {{field: string, text: string} | null} what was refused of the form, or of the plan */ wrong: null,
    saving: false,
    /** @type {T.AssignmentPlan | null} */ plan: null,
    planning: false,
    /** @type {T.Trouble | 'missing' | null} */ planFailed: null,
    /** Whether it was taken, taken back, or is of what is not so any more. @type {'shown' | 'taking' | 'taken' | 'undone' | 'old'} */ stage: 'shown',
    /** How many households that was. */ given: 0,
    threshold: 300,
    tolerance: 0.1,
    /** @type {Map<string, number>} of who works less */ shares: new Map(),
    /** @type {'before' | 'after'} */ when: 'after',
    /** @type {string | null} the household that is asked about */ asked: null,
    /** @type {string | null} the member whose households stand out */ lit: null,
    /** Whether the list shows all that change hands. */ all: false,
  };
  let reading = 0;
  let rest = 0;
  let planned = ''; // of which team, campaign and terms the plan is
  /** @type {T.Me | null} */
  let who = null;

  const view = () => known().view;
  const may = () => known().me?.may.includes('teams') ?? false;
  const on = () => view().teams !== null && may();
  const onNow = () => on() && view().teams === 'now' && view().team !== null;
  const present = createNow({ known, map, redraw, sign }, onNow);
  const onPlan = () => on() && view().teams === 'plan' && view().team !== null;
  const terms = () => ({
    campaign: view().campaign ?? null, threshold_m: state.threshold, tolerance: state.tolerance,
    shares: [...state.shares].filter(([, share]) => share !== 1).map(([user, share]) => ({ user, share })),
  });
  const about = () => JSON.stringify([view().team, terms()]);

  const tend = () => { if (onNow()) present.tend(); else if (on()) map()?.mark(onPlan() && state.plan !== null ? homes(state.plan, state.when, state.lit, state.asked) : marksOf([]), marksOf([])); };
  function show() {
    tend();
    redraw();
  }

  async function readTeams() {
    if (!on()) return;
    try {
      Object.assign(state, { teams: (await api.teams()).teams, failed: null });
      if (view().teams === 'edit' && state.form === null) begin();
    } catch (error) {
      if (state.teams === null) state.failed = api.troubleOf(error);
      else known().trouble = api.troubleOf(error); // the last list stays
    }
    redraw();
  }

  /** Fills the form with the team that the address names. */
  function begin() {
    const { teams, team } = view();
    const found = state.teams?.find(({ code }) => code === team);
    state.form = teams === 'new' ? blank(known()) : teams === 'edit' && found ? formOf(found) : null;
    state.wrong = null;
  }

  async function plan() {
    const { team, campaign } = view();
    if (!onPlan() || team === null || campaign === undefined) return;
    const now = (reading += 1);
    planned = about();
    Object.assign(state, { planning: true, planFailed: null, wrong: null, stage: 'shown' });
    redraw();
    try {
      const found = await api.planAssignment(team, terms());
      if (now !== reading) return; // asked for again already
      const first = state.plan === null;
      Object.assign(state, { plan: found, planning: false, asked: null });
      const bounds = boundsOf(found);
      if (first && bounds) map()?.fit(bounds);
    } catch (error) {
      if (now !== reading) return;
      const { status, field, message } = error instanceof api.Problem ? error : { status: 0, field: '', message: '' };
      state.planning = false;
      if (status === 400) Object.assign(state, { wrong: { field, text: message }, plan: null });
      else Object.assign(state, { planFailed: status === 404 ? 'missing' : api.troubleOf(error), plan: null });
    }
    show();
  }

  /** Once whoever moves a slider has come to rest. */
  function soon() {
    clearTimeout(rest);
    rest = window.setTimeout(() => { if (planned !== about()) void plan(); }, REST_MS);
    redraw();
  }

  /** @param {'taking' | 'taken'} was @param {'taken' | 'undone'} then @param {() => Promise<{households: number}>} act */
  async function give(was, then, act) {
    state.stage = 'taking';
    redraw();
    try {
      const { households } = await act();
      Object.assign(state, { stage: then, given: households });
    } catch (error) {
      const old = error instanceof api.Problem && error.status === 409;
      state.stage = old ? 'old' : was === 'taken' ? 'taken' : 'shown';
      if (!old) known().trouble = api.troubleOf(error);
    }
    show();
  }

  async function save() {
    const { form } = state;
    if (form === null || state.saving) return;
    Object.assign(state, { saving: true, wrong: null });
    redraw();
    try {
      await api.putTeam(form.code.trim(), inputOf(form));
      Object.assign(state, { saving: false, form: null, plan: null });
      planned = '';
      await readTeams();
      go({ teams: 'list', team: null });
    } catch (error) {
      state.saving = false;
      if (error instanceof api.Problem && error.status === 400) state.wrong = { field: error.field, text: error.message };
      else known().trouble = api.troubleOf(error);
      redraw();
      el('panel-content').querySelector('[role="alert"]')?.scrollIntoView({ block: 'nearest' });
    }
  }

  const acts = {
    sign, save, redraw,
    again: () => { Object.assign(state, { failed: null, planFailed: null }); redraw(); void readTeams(); void plan(); },
    campaign: (/** @type {number | null} */ campaign) => go({ campaign }),
    cancel: () => go({ teams: 'list', team: null }),
    /** @param {number} step  a place in THRESHOLDS */
    threshold: (step) => { state.threshold = THRESHOLDS[step] ?? 300; soon(); },
    /** @param {number} part */
    tolerance: (part) => { state.tolerance = part; void plan(); },
    /** @param {string} user @param {number} share */
    share: (user, share) => { state.shares.set(user, share); void plan(); },
    /** @param {'before' | 'after'} when */
    when: (when) => { state.when = when; show(); },
    /** @param {string} user */
    light: (user) => { state.lit = state.lit === user ? null : user; show(); },
    more: () => { state.all = !state.all; redraw(); },
    /** @param {string} code */
    look: (code) => {
      const one = state.plan?.households.find((household) => household.code === code);
      state.asked = code;
      if (one) map()?.door(one);
      if (narrow()) sheet('peek');
      show();
    },
    plan: () => void plan(),
    async take() {
      const found = state.plan;
      if (found === null) return;
      const sure = await ask({ title: t('assign.take.ask'), text: t('assign.take.what', { moves: number(found.moves), first: number(found.new) }), yes: t('assign.take'), no: t('assign.cancel'), reason: false });
      if (sure !== null) await give('taking', 'taken', () => api.takeAssignment(found.team, found.plan));
    },
    async undo() {
      const found = state.plan;
      if (found === null) return;
      const sure = await ask({ title: t('assign.undo.ask'), text: tn('assign.undo.what', state.given), yes: t('assign.undo'), no: t('assign.cancel'), reason: false });
      if (sure !== null) await give('taken', 'undone', () => api.undoAssignment(found.team, found.plan));
    },
  };

  return {
    state, acts, tend,
    open: (/** @type {T.View} */ { teams }) => teams !== null,
    read() {
      const { me } = known();
      if (me?.name !== who?.name || me?.role !== who?.role) {
        Object.assign(state, { teams: null, failed: null, form: null, wrong: null, plan: null, planFailed: null, asked: null, lit: null });
        state.shares.clear();
        planned = '';
        present.clear();
      }
      who = me;
      void readTeams();
      void present.read();
      if (view().teams === 'new' && state.form === null) begin();
      if (planned !== about()) void plan();
    },
    /** The view changed. @param {T.View} was */
    moved(was) {
      const now = view();
      if (!on()) return;
      if (was.teams === null) { void readTeams(); tend(); }
      if (now.teams !== was.teams || now.team !== was.team) {
        begin();
        if (now.team !== was.team) {
          Object.assign(state, { plan: null, wrong: null, planFailed: null, lit: null, asked: null, all: false });
          state.shares.clear();
          planned = ''; // opened again it is planned again
          present.clear();
        }
        tend();
        void present.read();
      }
      if (onPlan() && planned !== about()) void plan();
    },
    /** The map was tapped; whether that was ours. @param {import('./map.js').Picked} one */
    picked(one) {
      if (onNow()) { if (one?.kind === 'household') present.picked(one.code); return true; }
      const found = one?.kind === 'household' ? state.plan?.households.find(({ code }) => code === one.code) : null;
      state.asked = found?.code ?? null;
      if (found && narrow() && el('panel').dataset.sheet === 'peek') sheet('half');
      show();
      return true;
    },
    /** @returns {HTMLElement} */
    render() {
      if (!may()) return refused(acts);
      const { teams } = view();
      if (teams === 'new' || teams === 'edit') return formView(known(), state, acts);
      if (teams === 'now') return present.render(state.teams?.find(({ code }) => code === view().team));
      return teams === 'plan' ? planView(known(), state, acts) : listView(known(), state, acts);
    },
    /** Somebody gave households to others. @param {T.Change} change */
    changed(change) {
      if (!change.reset && !change.teams?.includes(view().team ?? '')) return;
      void present.read();
      if (onPlan() && state.plan !== null && state.stage === 'shown') { state.stage = 'old'; redraw(); }
    },
    legend: () => onNow() ? present.legend() : drawAssignLegend({ plan: onPlan() ? state.plan : null, when: state.when, theme: view().theme, light: acts.light, lit: state.lit }),
    unsaved: () => (on() && state.form?.touched ? 1 : 0),
  };
}
