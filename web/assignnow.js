/** Who of a team calls on whom now: reading it, and giving households to a member by hand, or taking that back. The view is in `assignnowviews.js`. */

import * as api from './api.js';
import { boundsOf, drawAssignLegend, homes } from './assignlayers.js';
import { nowView } from './assignnowviews.js';
import { el } from './dom.js';
import { narrow, sheet } from './panel.js';
import { marksOf } from './planlayers.js';

/** @import * as T from './types.js' */
/** @typedef {Pick<ReturnType<typeof createNow>, 'state' | 'acts'>} Task */

/** What was given last, and who had it before. @typedef {{households: number, to: string | null, before: Map<string | null, string[]>}} Given */

/**
 * @param {Pick<Parameters<typeof import('./assign.js').createAssign>[0], 'known' | 'map' | 'redraw'> & {sign: () => void}} page
 * @param {() => boolean} on  whether it is looked at
 */
export function createNow({ known, map, redraw, sign }, on) {
  const none = () => ({
    /** @type {T.Assignment | null} */ found: null,
    /** @type {T.Trouble | 'missing' | null} */ failed: null,
    /** @type {Set<string>} households that are to be given */ chosen: new Set(),
    /** To whom; empty: nobody was named. */ to: '',
    /** What is typed to name a household. */ typed: '',
    unknown: false,
    giving: false,
    /** @type {Given | null} */ given: null,
    /** @type {string | null} what was refused */ refused: null,
    undone: false,
    /** @type {string | null} */ lit: null,
  });
  const state = none();
  let reading = 0;
  let of = ''; // of which team it is

  const team = () => known().view.team ?? '';
  /** As the map and its legend take a plan. @param {T.Assignment} found @returns {T.AssignmentPlan} */
  const drawn = ({ members, households, total }) => /** @type {any} */ ({
    total, moves: 0, members: members.map(({ user, households: n }) => ({ user, before: { households: n } })),
    households: households.map(({ code, lon, lat, member }) => ({ code, lon, lat, from: member, to: member, why: 'stays' })),
  });
  const tend = () => { if (on()) map()?.mark(state.found === null ? marksOf([]) : homes(drawn(state.found), 'before', state.lit, state.chosen), marksOf([])); };
  function show() {
    tend();
    redraw();
  }

  async function read() {
    if (!on()) return;
    const now = (reading += 1);
    const mine = team();
    try {
      const found = await api.assignment(mine);
      if (now !== reading || mine !== team()) return; // asked for again already
      const known_ = new Set(found.households.map(({ code }) => code));
      for (const code of state.chosen) if (!known_.has(code)) state.chosen.delete(code);
      Object.assign(state, { found, failed: null });
      const bounds = of === mine ? null : boundsOf(drawn(found));
      of = mine;
      if (bounds) map()?.fit(bounds);
    } catch (error) {
      if (now !== reading) return;
      const missing = error instanceof api.Problem && error.status === 404;
      if (state.found === null || missing) Object.assign(state, { failed: missing ? 'missing' : api.troubleOf(error), found: null });
      else known().trouble = api.troubleOf(error); // the last one stays
    }
    show();
  }

  /** One gift after the other, then what stands is read. @param {[string | null, string[]][]} gifts @param {(households: number) => void} done */
  async function give(gifts, done) {
    const mine = team();
    Object.assign(state, { giving: true, refused: null });
    redraw();
    try {
      let households = 0;
      for (const [member, codes] of gifts) households += (await api.handOver(mine, member, codes)).households;
      if (mine === team()) done(households);
    } catch (error) {
      const said = error instanceof api.Problem && error.status >= 400 && error.status < 500 && error.status !== 401;
      if (said) state.refused = error.message;
      else known().trouble = api.troubleOf(error);
    }
    state.giving = false;
    await read();
  }

  /** @param {string} code */
  function toggle(code) {
    if (!state.chosen.delete(code)) state.chosen.add(code);
    Object.assign(state, { given: null, undone: false, refused: null, unknown: false });
  }

  const acts = {
    sign,
    again: () => { state.failed = null; redraw(); void read(); },
    /** @param {string} user */
    light: (user) => { state.lit = state.lit === user ? null : user; show(); },
    /** @param {string} text */
    type: (text) => { state.typed = text; },
    /** Chooses the household that is named. */
    add() {
      const code = state.typed.trim();
      const found = state.found?.households.find((one) => one.code === code);
      state.unknown = code !== '' && found === undefined;
      if (found) {
        state.chosen.add(code);
        Object.assign(state, { typed: '', given: null, undone: false, refused: null });
        map()?.door(found);
      }
      show();
    },
    /** Chooses all that somebody calls on, or nobody. @param {(member: string | null) => boolean} whose */
    all(whose) {
      for (const { code, member } of state.found?.households ?? []) if (whose(member)) state.chosen.add(code);
      Object.assign(state, { given: null, undone: false, refused: null, unknown: false });
      show();
    },
    clear: () => { state.chosen.clear(); show(); },
    /** @param {string} to */
    to: (to) => { state.to = to; redraw(); },
    give() {
      if (state.giving || state.chosen.size === 0 || state.to === '') return;
      const to = state.to === '-' ? null : state.to.slice(1);
      /** @type {Given['before']} */
      const before = new Map();
      for (const { code, member } of state.found?.households ?? []) if (state.chosen.has(code) && member !== to) before.set(member, [...before.get(member) ?? [], code]);
      void give([[to, [...state.chosen]]], (households) => {
        Object.assign(state, { given: { households, to, before }, undone: false, to: '' });
        state.chosen.clear();
      });
    },
    undo() {
      const { given } = state;
      if (given === null || state.giving) return;
      void give([...given.before], (households) => { Object.assign(state, { given: { ...given, households }, undone: true }); });
    },
  };

  return {
    state, acts, tend, read,
    /** Another team, or another person. */
    clear: () => { Object.assign(state, none()); of = ''; },
    /** @param {string} code */
    picked(code) {
      if (!state.found?.households.some((one) => one.code === code)) return;
      toggle(code);
      if (narrow() && el('panel').dataset.sheet === 'peek') sheet('half');
      show();
    },
    /** @param {T.Team | undefined} one */
    render: (one) => nowView(known(), one, state, acts),
    legend: () => drawAssignLegend({ plan: state.found === null ? null : drawn(state.found), when: 'before', title: 'assign.now', theme: known().view.theme, light: acts.light, lit: state.lit }),
  };
}
