/** Reads what is known of plans: the list, one plan and its progress, its drawings, its rules as text, why, a second plan. */

import * as api from './api.js';
import { isSplit } from './beside.js';
import { baseOf } from './drawings.js';
import { said } from './i18n.js';

/** @import * as T from './types.js' */

const POLL_MS = 700; // while a plan is computed: its progress is no change, so no live event tells it
const STOPPED_MS = 5000; // between looks whether somebody begins a stopped one again, which is no change either

/** @typedef {{found: T.Why | null, failed: T.Trouble | null, at: string}} Asked  why at a place, by a plan */

/** @param {T.Plan} plan @returns {number | null} after how many milliseconds to look again */
const lookAgain = ({ state }) => (state === 'running' ? POLL_MS : state === 'stopped' ? STOPPED_MS : null);

/**
 * @param {object} desk
 * @param {import('./plans.js').Desk['state']} desk.state
 * @param {Map<number, {text: string, written: string, etag: string | null}>} desk.texts
 * @param {() => T.View} desk.view
 * @param {() => number | null} desk.id
 * @param {(plan: number) => import('./drawtask.js').Sheet} desk.sheet
 * @param {(change: Partial<T.View>) => void} desk.go
 * @param {() => void} desk.redraw
 * @param {() => void} desk.reread  the tiles of the plan
 * @param {() => void} desk.rereadBeside  those of the second plan
 * @param {() => void} desk.mark  what is asked and drawn, on the map
 * @param {() => import('./drawtask.js').DrawTask} desk.task
 */
export function planReader({ state, texts, view, id, sheet, go, redraw, reread, rereadBeside, mark, task }) {
  let poll = 0;
  let listPoll = 0;
  let otherPoll = 0;

  async function readSets() {
    if (state.sets) return;
    state.sets = (await api.ruleSets()).toSorted((a, b) => said(a.name).localeCompare(said(b.name)));
  }

  async function readPlan() {
    const asked = id();
    clearTimeout(poll);
    if (asked === null) return;
    try {
      const { found, etag } = await api.plan(asked);
      if (id() !== asked) return;
      const ready = state.plan?.id === asked && state.plan.state !== 'ready' && found.state === 'ready';
      Object.assign(state, { plan: found, etag, failed: null });
      if (ready) reread();
      if (ready && view().why !== null) void readWhy();
      const again = lookAgain(found);
      if (again !== null) poll = window.setTimeout(readPlan, again);
    } catch (error) {
      if (id() !== asked) return;
      state.failed = error instanceof api.Problem && error.status === 404 ? 'missing' : api.troubleOf(error);
    }
    redraw();
  }

  /** @param {number} plan */
  async function drawnOf(plan) {
    const [zones, spots] = await Promise.all([api.drawings('zones', plan), api.drawings('spots', plan)]);
    return [...zones.map((one) => baseOf('zones', one, null)), ...spots.map((one) => baseOf('spots', one, null))];
  }

  async function readDrawings() {
    const plan = id();
    if (plan === null) return;
    const saves = task().saves();
    if (saves === null) return; // read again once all is saved
    try {
      const list = await drawnOf(plan);
      if (task().saves() !== saves) return void readDrawings(); // what was saved meanwhile may be missing
      const drawn = sheet(plan);
      for (const key of drawn.load(list)) drawn.clash(key, list.find((one) => one.key === key) ?? null);
      if (view().task === 'draw') task().show();
      mark();
      redraw();
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
    }
  }

  /** Of both plans, where both are on the map. */
  async function readWhy() {
    const { why, beside } = view();
    const plan = id();
    state.asked = state.otherAsked = null;
    if (why === null || plan === null) return mark();
    await Promise.all([readOneWhy('asked', plan, why), ...(isSplit(view()) && beside !== null ? [readOneWhy('otherAsked', beside, why)] : [])]);
  }

  /** @param {'asked' | 'otherAsked'} key @param {number} plan @param {[number, number]} why */
  async function readOneWhy(key, plan, why) {
    const at = `${plan}/${why.join()}`;
    const tell = (/** @type {Partial<Asked>} */ told) => {
      state[key] = { at, found: null, failed: null, ...told };
      mark();
      redraw();
    };
    tell({});
    try {
      const found = await api.why(plan, why);
      if (state[key]?.at === at) tell({ found });
    } catch (error) {
      if (state[key]?.at === at) tell({ failed: api.troubleOf(error) });
    }
  }

  async function readOther() {
    const { beside } = view();
    clearTimeout(otherPoll);
    if (beside === null) return void Object.assign(state, { other: null, otherDrawn: [] });
    try {
      const { found } = await api.plan(beside);
      if (view().beside !== beside) return;
      const was = state.other?.id === beside ? state.other : null;
      state.other = found;
      const again = lookAgain(found);
      if (again !== null) otherPoll = window.setTimeout(readOther, again);
      if (was && was.state !== 'ready' && found.state === 'ready') {
        rereadBeside();
        if (view().why !== null) void readWhy();
      }
      if (isSplit(view()) && (!was || again === null)) await readGround(beside);
    } catch (error) {
      if (error instanceof api.Problem && error.status === 404 && view().beside === beside) go({ beside: null, split: false });
      else api.troubleOf(error); // what can be shown stays
    }
    mark();
    redraw();
  }

  /** What the legend and the captions of two maps tell. @param {number} beside */
  async function readGround(beside) {
    const drawn = drawnOf(beside);
    await Promise.all([id(), beside].map(async (plan) => {
      if (plan !== null && !state.bounds.has(plan)) state.bounds.set(plan, (await api.planTiles(plan)).bounds ?? null);
    }));
    if (view().beside === beside) state.otherDrawn = await drawn;
  }

  async function readList() {
    clearTimeout(listPoll);
    try {
      const [list] = await Promise.all([api.plans(), readSets()]);
      state.list = list;
      if (id() === null && view().plan !== null && list.some((plan) => plan.state === 'running')) listPoll = window.setTimeout(readList, POLL_MS);
      if (id() === null) state.failed = null;
    } catch (error) {
      if (id() === null) state.failed = api.troubleOf(error);
    }
    redraw();
  }

  async function readText() {
    const plan = id();
    if (plan === null || view().task !== 'rules' || texts.has(plan)) return;
    try {
      const [{ etag }, text] = await Promise.all([api.plan(plan), api.planRules(plan)]);
      texts.set(plan, { text, written: text, etag });
    } catch (error) {
      state.failed = api.troubleOf(error);
    }
    redraw();
  }

  return { readList, readPlan, readDrawings, readWhy, readOther, readText };
}
