/** The task of the ledger: the workbook that goes out, the one that comes back, what a person decides of it. The panel's view is its other piece. */

import * as api from './api.js';
import { h } from './dom.js';
import { frameLegend } from './legend.js';
import { areaOf, ledgerView, refused } from './ledgerviews.js';

/** @import * as T from './types.js' */

const SAVE_MS = 60_000;
const AT_ONCE = 2_000; // households in one request; the service takes 5,000
const PAGE = 50; // rows of a list, and how many more at a time
const TOO_LONG = 413;

/** @typedef {{kind: T.Trouble | 'refused-file' | 'large', said: string, about?: 'file' | 'sheet' | 'header' | 'origin'}} Failed  `about`: what of a file was refused */
/** @typedef {'changes' | 'conflicts' | 'unmatched' | 'problems'} List */
/** @typedef {Pick<ReturnType<typeof createLedger>, 'state' | 'acts' | 'decided'>} Task */

/**
 * @param {object} page
 * @param {() => import('./views.js').Known} page.known
 * @param {(change: Partial<T.View>, how?: {step?: boolean, fly?: boolean}) => void} page.go
 * @param {() => void} page.redraw
 * @param {() => void} page.sign
 */
export function createLedger({ known, go, redraw, sign }) {
  const fresh = () => ({
    /** @type {T.LedgerCheck | null} */ report: null,
    /** @type {Set<string>} codes of rows that are taken */ ticked: new Set(),
    /** @type {Set<string>} conflicts in which the ledger's value is taken: code and field */ chosen: new Set(),
    /** @type {Map<number, string>} which household a row is about */ matched: new Map(),
    /** @type {Map<string, T.LedgerResult>} what became of a household */ results: new Map(),
    /** @type {Record<List, number>} */ shown: { changes: PAGE, conflicts: PAGE, unmatched: PAGE, problems: PAGE },
    /** @type {Failed | null} */ failed: null,
  });
  const state = {
    ...fresh(),
    /** @type {File | null} */ file: null,
    /** @type {'out' | 'check' | 'take' | 'layout' | null} */ busy: null,
    /** @type {T.LedgerProposal | null} */ layout: null,
    /** @type {string | null} the area whose layout was kept */ kept: null,
    /** @type {string | null} why no layout was read or kept */ layoutFailed: null,
  };
  let asking = 0;
  /** @type {T.Me | null} */
  let who = null;

  const may = () => known().me?.may.includes('ledger') ?? false;

  /** @param {unknown} error @returns {Failed} */
  function failedOf(error) {
    if (error instanceof api.Problem && error.status === TOO_LONG) return { kind: 'large', said: '' };
    if (error instanceof api.Problem && error.status === 400) return { kind: 'refused-file', said: error.message, about: error.field === 'sheet' || error.field === 'header' || error.field === 'origin' ? error.field : 'file' };
    return { kind: api.troubleOf(error), said: '' };
  }

  /** @param {File} file */
  async function check(file) {
    const now = (asking += 1);
    Object.assign(state, fresh(), { file, busy: 'check' });
    redraw();
    try {
      const report = await api.checkLedger(file);
      if (now !== asking) return; // another file already
      // What is taken out, and what nobody can tell apart from the map's own news, a person ticks.
      const safe = report.changes.filter(({ fields }) => report.origin !== null && fields.every(({ ledger }) => ledger !== null));
      Object.assign(state, { report, ticked: new Set(safe.map(({ code }) => code)), busy: null });
    } catch (error) {
      if (now !== asking) return;
      Object.assign(state, { failed: failedOf(error), busy: null });
    }
    redraw();
  }

  /** What a person decided, a household each. @returns {T.LedgerDecision[]} */
  function decided() {
    /** @type {Map<string, T.LedgerDecision>} */
    const all = new Map();
    const take = (/** @type {string} */ code, /** @type {T.LedgerChange[]} */ fields) => {
      if (fields.length === 0 || ['stored', 'same'].includes(state.results.get(code)?.result ?? '')) return;
      const one = all.get(code) ?? { code, fields: [] };
      one.fields.push(...fields.map(({ field, map, ledger }) => ({ field, from: map, to: ledger })));
      all.set(code, one);
    };
    for (const { code, fields } of state.report?.changes ?? []) if (state.ticked.has(code)) take(code, fields);
    for (const { code, fields } of state.report?.conflicts ?? []) take(code, fields.filter(({ field }) => state.chosen.has(`${code}/${field}`)));
    for (const { row, candidates } of state.report?.unmatched ?? []) {
      const one = candidates.find(({ code }) => code === state.matched.get(row));
      if (one) take(one.code, one.fields);
    }
    return [...all.values()];
  }

  async function take() {
    const all = decided();
    if (all.length === 0 || state.busy !== null) return;
    state.busy = 'take';
    redraw();
    try {
      for (let from = 0; from < all.length; from += AT_ONCE) {
        for (const result of await api.applyLedger(all.slice(from, from + AT_ONCE))) state.results.set(result.code, result);
      }
    } catch (error) {
      known().trouble = api.troubleOf(error); // what was stored before says so
    }
    state.busy = null;
    redraw();
  }

  const acts = {
    sign,
    area: (/** @type {string | null} */ area) => go({ area }),
    campaign: (/** @type {number | null} */ campaign) => go({ campaign }),
    check: (/** @type {File} */ file) => void check(file),
    again: () => { if (state.file) void check(state.file); },
    close: () => { asking += 1; Object.assign(state, fresh(), { file: null, busy: null }); redraw(); },
    take: () => void take(),
    /** @param {string} code @param {boolean} on */
    tick: (code, on) => { state.ticked[on ? 'add' : 'delete'](code); redraw(); },
    tickAll: (/** @type {boolean} */ on) => { state.ticked = new Set(on ? state.report?.changes.map(({ code }) => code) : []); redraw(); },
    /** @param {string} key @param {boolean} ledger */
    choose: (key, ledger) => { state.chosen[ledger ? 'add' : 'delete'](key); redraw(); },
    /** @param {number} row @param {string | null} code */
    match(row, code) {
      // One household is one row's: the last pick has it.
      for (const [other, taken] of state.matched) if (taken === code) state.matched.delete(other);
      if (code === null) state.matched.delete(row);
      else state.matched.set(row, code);
      redraw();
    },
    more: (/** @type {List} */ list) => { state.shown[list] += PAGE; redraw(); },
    async out() {
      const { campaign, lang } = known().view;
      const area = areaOf(known());
      if (area === null || state.busy !== null) return;
      state.busy = 'out';
      redraw();
      try {
        const url = URL.createObjectURL(await api.ledger(area, campaign, lang));
        h('a', { href: url, download: `ledger-${area}.xlsx` }).click();
        setTimeout(() => URL.revokeObjectURL(url), SAVE_MS);
      } catch (error) {
        known().trouble = api.troubleOf(error);
      }
      state.busy = null;
      redraw();
    },
    /** @param {File} file */
    async layout(file) {
      Object.assign(state, { busy: 'layout', layout: null, kept: null, layoutFailed: null });
      redraw();
      try {
        state.layout = await api.readLayout(file);
      } catch (error) {
        state.layoutFailed = failedOf(error).said || null;
        if (state.layoutFailed === null) known().trouble = api.troubleOf(error);
      }
      state.busy = null;
      redraw();
    },
    /** @param {number} column @param {T.LedgerField} field */
    field(column, field) {
      if (!state.layout) return;
      state.layout.template.columns[column].field = field;
      state.layout.sure[column] = 'known';
      redraw();
    },
    async keep() {
      const area = areaOf(known());
      if (!state.layout || area === null || state.busy !== null) return;
      Object.assign(state, { busy: 'layout', layoutFailed: null });
      redraw();
      try {
        await api.keepLayout(area, state.layout.template);
        Object.assign(state, { layout: null, kept: area });
      } catch (error) {
        state.layoutFailed = failedOf(error).said || null;
        if (state.layoutFailed === null) known().trouble = api.troubleOf(error);
      }
      state.busy = null;
      redraw();
    },
  };

  return {
    state, acts, decided,
    open: (/** @type {T.View} */ { ledger }) => ledger,
    /** Another person sees nothing of what this one brought. */
    read() {
      const { me } = known();
      if (me?.name !== who?.name || me?.role !== who?.role) { asking += 1; Object.assign(state, fresh(), { file: null, busy: null, layout: null, kept: null, layoutFailed: null }); }
      who = me;
    },
    moved() {},
    /** @returns {HTMLElement} */
    render: () => (may() ? ledgerView(known(), { state, acts, decided }) : refused(acts)),
    legend: () => frameLegend(null, [], () => {}),
    /** Decisions that nobody has sent. */
    unsaved: () => (known().view.ledger && state.report !== null && state.results.size === 0 ? decided().length : 0),
  };
}
