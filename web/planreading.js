/** Reads what is known of plans: the list, one plan and its progress, its drawings, its rules as text, why, a second plan. */

import * as api from './api.js';
import { baseOf } from './drawings.js';
import { said } from './i18n.js';

/** @import * as T from './types.js' */

const POLL_MS = 700; // while a plan is computed: its progress is no change, so no live event tells it

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
 * @param {() => void} desk.mark  what is asked and drawn, on the map
 * @param {() => import('./drawtask.js').DrawTask} desk.task
 */
export function planReader({ state, texts, view, id, sheet, go, redraw, reread, mark, task }) {
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
      const ready = state.plan?.id === asked && state.plan.state === 'running' && found.state === 'ready';
      Object.assign(state, { plan: found, etag, failed: null });
      if (ready) reread();
      if (ready && view().why !== null) void readWhy();
      if (found.state === 'running') poll = window.setTimeout(readPlan, POLL_MS);
    } catch (error) {
      if (id() !== asked) return;
      state.failed = error instanceof api.Problem && error.status === 404 ? 'missing' : api.troubleOf(error);
    }
    redraw();
  }

  async function readDrawings() {
    const plan = id();
    if (plan === null) return;
    const saves = task().saves();
    if (saves === null) return; // read again once all is saved
    try {
      const [zones, spots] = await Promise.all([api.drawings('zones', plan), api.drawings('spots', plan)]);
      if (task().saves() !== saves) return void readDrawings(); // what was saved meanwhile may be missing
      const list = [...zones.map((one) => baseOf('zones', one, null)), ...spots.map((one) => baseOf('spots', one, null))];
      const drawn = sheet(plan);
      for (const key of drawn.load(list)) drawn.clash(key, list.find((one) => one.key === key) ?? null);
      if (view().task === 'draw') task().show();
      mark();
      redraw();
    } catch (error) {
      if (!(error instanceof api.Problem)) throw error;
    }
  }

  async function readWhy() {
    const { why } = view();
    const plan = id();
    if (why === null || plan === null) return void (state.asked = null);
    const at = why.join();
    state.asked = { at, found: null, failed: null };
    redraw();
    try {
      const found = await api.why(plan, why);
      if (state.asked?.at === at) state.asked = { at, found, failed: null };
    } catch (error) {
      if (state.asked?.at === at) state.asked = { at, found: null, failed: api.troubleOf(error) };
    }
    mark();
    redraw();
  }

  async function readOther() {
    const { beside } = view();
    clearTimeout(otherPoll);
    if (beside === null) return void (state.other = null);
    try {
      const { found } = await api.plan(beside);
      if (view().beside === beside) state.other = found;
      if (found.state === 'running' && view().beside === beside) otherPoll = window.setTimeout(readOther, POLL_MS);
    } catch {
      go({ beside: null });
    }
    redraw();
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
