/** The task of today: the list of whom to visit next, the visits logged on it, what others do meanwhile. The panel's view, the map's marks and the sheet are its pieces. */

import { ahead } from './ahead.js';
import * as api from './api.js';
import { el, h } from './dom.js';
import { t } from './i18n.js';
import { narrow, sheet } from './panel.js';
import { createMeanwhile } from './meanwhile.js';
import { keptLine } from './offlineviews.js';
import { called, logging, sync } from './logged.js';
import { marksOf } from './planlayers.js';
import { createVisitForm } from './visitform.js';
import { boundsOf, drawWalkLegend, walk } from './walklayers.js';
import { createWhose } from './whose.js';
import { worksheet } from './worklistprint.js';
import { listView, nameOf, refused } from './worklistviews.js';

/** @import * as T from './types.js' */

const LIMIT = 30; // households in a list: a day's walk
const CLOSE = 12; // the zoom from which the middle of the map is a place to start from
const SAVE_MS = 60_000;
const PATIENCE_MS = 8_000; // for a new list, where one is kept
const HERE = { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 };

/** @import { Log } from './logged.js' */
/** @typedef {{at: string, outcome: T.Outcome, by: string}} Seen  a visit that somebody else logged meanwhile */
/** @typedef {Pick<ReturnType<typeof createWorklist>, 'state' | 'acts'>} Task */

/**
 * @param {object} page
 * @param {() => import('./views.js').Known} page.known
 * @param {(change: Partial<T.View>, how?: {step?: boolean, fly?: boolean}) => void} page.go
 * @param {() => import('./beside.js').PageMaps | null} page.map
 * @param {() => void} page.redraw
 * @param {() => void} page.sign
 * @param {import('./queue.js').Queue} queue  takes what is logged
 * @param {import('./kept.js').Kept} kept  has lists for where there is no network
 */
export function createWorklist({ known, go, map, redraw, sign }, queue, kept) {
  const state = {
    /** @type {T.Worklist | null} */ list: null,
    /** @type {T.Trouble | 'large' | 'missing' | 'nobody' | null} */ failed: null,
    busy: false,
    /** @type {string | null} the row that is open */ open: null,
    /** Whether it shows all outcomes. */ more: false,
    /** @type {Map<string, Log>} the last one of each household */ logs: new Map(),
    /** @type {Map<string, Seen>} */ seen: new Map(),
    /** @type {'here' | 'middle'} */ from: 'middle',
    /** @type {[number, number] | null} where the walk begins; null: where the service chooses */ start: null,
    /** @type {'asking' | 'refused' | 'failed' | null} */ here: null,
    /** Whether the list is made of what was kept. */ old: false,
    /** Whether households were given to others since it was made. */ moved: false,
  };
  /** Visits that the list knows of already: they are no news in it. @type {Set<string>} */
  let past = new Set();
  const form = createVisitForm(redraw);
  const whose = createWhose({ known, go, redraw });
  let asking = 0;
  let made = ''; // for which campaign, area and member the list is
  /** @type {T.Me | null} */
  let who = null;

  const view = () => known().view;
  const may = () => known().me?.may.includes('visit') ?? false;
  const on = () => view().today && may();
  const about = () => `${view().campaign}/${view().area}/${view().member}`;
  /** @param {number} limit @returns {api.Asked} */
  const terms = (limit) => ({ campaign: view().campaign, area: view().area, member: view().member, near: state.start?.map((degrees) => degrees.toFixed(6)).join(','), limit });

  /** Whom a person stands before, or walks to next. */
  const next = () => state.open ?? state.list?.households.find(({ code }) => !settled(code))?.code ?? null;
  const settled = (/** @type {string} */ code) => state.seen.has(code) || called(state.logs.get(code));
  /** @param {T.Waiting} one @returns {'now' | 'stop' | 'done'} */
  const stateOf = ({ code }) => (code === next() ? 'now' : settled(code) ? 'done' : 'stop');

  function tend() {
    if (on()) map()?.mark(walk(state.list, state.start, stateOf), marksOf([]));
  }

  /** Draws what changed in the list. */
  function show() {
    tend();
    redraw();
  }

  /** Whether somebody is in the middle of the list. */
  const inUse = () => state.open !== null || state.logs.size > 0;

  /** A new list. @param {boolean} [mild]  it gives way to one that somebody has begun with by the time it is there */
  async function ask(mild = false) {
    if (!on() || view().campaign === undefined) return;
    const now = (asking += 1);
    const mine = made = about();
    Object.assign(state, { busy: true, failed: null });
    redraw();
    try {
      const knows = new Set(queue.own().flatMap(({ id, state: became }) => (became === 'waiting' ? [] : [id])));
      const said = await api.worklist(terms(LIMIT), kept.has() ? AbortSignal.timeout(PATIENCE_MS) : undefined);
      const open = queue.calls().filter(({ state: became }) => became === 'waiting');
      const list = open.length === 0 ? said : /** @type {T.Worklist} */ (ahead({ lists: [said], done: (code) => open.some(({ household }) => household === code), start: state.start, limit: LIMIT }));
      if (now !== asking || mine !== about()) return; // asked for again already
      if (mild && inUse()) {
        Object.assign(state, { busy: false, moved: true });
        return show();
      }
      take(list, knows);
      void forget();
    } catch (error) {
      if (now !== asking) return;
      const done = new Set(queue.calls().map(({ household }) => household));
      const list = view().member !== null || (error instanceof api.Problem && error.status !== 0 && error.status < 500) ? null : await kept.list({ area: view().area, done: (code) => done.has(code), start: state.start, limit: LIMIT });
      if (now !== asking || mine !== about()) return;
      if (list !== null) {
        take(list, new Set(queue.own().map(({ id }) => id)));
        state.old = true;
        return show();
      }
      const { status, field } = error instanceof api.Problem ? error : { status: 0, field: '' };
      const kind = status === 400 && field === 'area' ? 'large' : status === 404 ? (view().member === null ? 'missing' : 'nobody') : api.troubleOf(error);
      state.busy = false;
      if (state.list === null || kind === 'large' || kind === 'missing' || kind === 'nobody') Object.assign(state, { failed: kind, list: null });
      else known().trouble = kind; // the last list stays
    }
    show();
  }

  /** @param {T.Worklist} list @param {Set<string>} knows  visits that it was made with */
  function take(list, knows) {
    past = knows;
    state.logs.clear();
    state.seen.clear();
    Object.assign(state, { list, open: null, more: false, busy: false, old: false, moved: false });
    sync(state.logs, queue, past);
    if (view().member === null) void kept.walk(list, view().area);
    const bounds = boundsOf(list, state.start);
    if (bounds) map()?.fit(bounds);
  }

  /** Forgets visits that are stored, once no list that is kept is older than they. */
  async function forget() {
    const done = new Set(queue.own().flatMap(({ id, state: became }) => (became === 'stored' ? [id] : [])));
    if (done.size === 0) return;
    if (await kept.renew()) await queue.forget(({ id }) => done.has(id));
  }

  function middle() {
    const at = view().at;
    state.start = at && at.zoom >= CLOSE ? [at.lng, at.lat] : null;
  }

  /** A new list from where the person stands, who is asked by the browser. */
  function fromHere() {
    state.here = 'asking';
    redraw();
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      Object.assign(state, { here: null, from: 'here', start: [coords.longitude, coords.latitude] });
      void ask();
    }, ({ code, PERMISSION_DENIED }) => {
      state.here = code === PERMISSION_DENIED ? 'refused' : 'failed';
      redraw();
    }, HERE);
  }

  /** @param {string | null} code */
  function open(code) {
    Object.assign(state, { open: code, more: false });
    if (code !== form.state.open) form.clear();
    show();
  }

  /** Brings a row into sight. @param {string} code @param {boolean} [focus] */
  const reveal = (code, focus = false) => requestAnimationFrame(() => {
    const row = el('panel-content').querySelector(`[data-row="${CSS.escape(code)}"]`);
    row?.scrollIntoView({ block: 'nearest' });
    if (focus) /** @type {HTMLElement | null | undefined} */ (row?.querySelector('button'))?.focus({ preventScroll: true });
  });

  const meanwhile = createMeanwhile({ on, view, state, settled, show });

  const acts = {
    sign,
    again: () => void ask(),
    campaign: (/** @type {number | null} */ campaign) => go({ campaign }),
    area: (/** @type {string | null} */ area) => go({ area }),
    own: () => go({ member: null }),
    fresh: () => (state.from === 'here' ? fromHere() : void ask()),
    here: fromHere,
    middle: () => { Object.assign(state, { from: 'middle', here: null }); middle(); void ask(); },
    /** @param {string} code */
    open: (code) => { open(state.open === code ? null : code); if (state.open) reveal(code); },
    close: () => { const was = state.open; if (was) { open(null); reveal(was, true); } },
    more: () => { state.more = !state.more; redraw(); if (state.open) reveal(state.open); },
    /** @param {string} code @param {T.Outcome} outcome */
    log(code, outcome) {
      const was = state.logs.get(code);
      if (was?.now === 'sending') return;
      Object.assign(state, { open: null, more: false });
      const first = was && called(was) ? was : null;
      if (first?.now === 'unsent' && first.outcome === outcome) void queue.send(); // the same once more
      else {
        // Of a visit that is logged already another outcome is a correction: it took place when that did.
        const more = first ? { ...first.more, ...form.take(code), corrects: first.id } : form.take(code);
        const at = first?.at ?? new Date().toISOString();
        state.logs.set(code, logging({ at, outcome, more }));
        void queue.add({ household: code, campaign: state.list?.campaign ?? null, outcome, at, more, ...(first && { before: first }) });
      }
      show();
      reveal(code, true);
    },
    details: form,
    /** Takes back a visit that was logged here. @param {string} code */
    async undo(code) {
      const log = state.logs.get(code);
      if (!log || log.id === '' || log.undone === 'undoing') return;
      await queue.undo({ ...log, household: code }, t('visit.undo.reason'));
      show();
      reveal(code, true);
    },
    /** @param {'gpx' | 'xlsx'} kind */
    async file(kind) {
      try {
        const url = URL.createObjectURL(await api.worklistFile(terms(LIMIT), kind, view().lang));
        h('a', { href: url, download: `worklist.${kind}` }).click();
        setTimeout(() => URL.revokeObjectURL(url), SAVE_MS);
      } catch (error) {
        known().trouble = api.troubleOf(error);
        redraw();
      }
    },
  };

  return {
    state, acts, tend,
    open: (/** @type {T.View} */ { today }) => today,
    /** The first list, or another person's; and what could not be sent. A list that stands there stays as it is. */
    read() {
      const { me } = known();
      if (me?.name !== who?.name || me?.role !== who?.role) {
        Object.assign(state, { list: null, failed: null, open: null, start: null, from: 'middle', here: null });
        state.logs.clear();
        state.seen.clear();
        form.clear();
      }
      who = me;
      sync(state.logs, queue, past);
      if (on()) void whose.read();
      if (on() && (state.list === null || made !== about())) { if (state.start === null) middle(); void ask(); }
    },
    /** The view changed. @param {T.View} was */
    moved(was) {
      if (!on()) return;
      if (!was.today) void whose.read();
      if (made === about() && state.list !== null) { if (!was.today) show(); return; }
      if (was.today && was.campaign === view().campaign && was.area === view().area && was.member === view().member) return;
      Object.assign(state, { list: null, failed: null, open: null });
      if (state.start === null) middle();
      tend();
      void ask();
    },
    /** @param {T.Change} change */
    changed(change) {
      meanwhile.changed(change);
      if (!on() || !change.teams?.length || state.list === null) return;
      if (!inUse()) void ask(true);
      else { state.moved = true; redraw(); }
    },
    /** The map was tapped; whether that was ours. @param {import('./map.js').Picked} one */
    picked(one) {
      if (one?.kind !== 'household' || !state.list?.households.some(({ code }) => code === one.code)) return true;
      if (narrow() && el('panel').dataset.sheet === 'peek') sheet('half');
      open(one.code);
      reveal(one.code);
      return true;
    },
    /** How many visits would be lost with the page: those that the browser could not write. */
    unsaved: () => queue.loose(),
    /** What became of a visit that was logged here. */
    synced: () => { sync(state.logs, queue, past); tend(); },
    /** What a household is called, where the list says. @param {string} code */
    name: (code) => { const one = state.list?.households.find((some) => some.code === code); return one ? nameOf(one) : code; },
    /** @returns {HTMLElement} */
    render: () => (may() ? listView(known(), state, acts, keptLine(kept.state), whose.field()) : refused(acts)),
    legend: () => drawWalkLegend({ list: on() ? state.list : null, started: state.start !== null, done: state.list?.households.some(({ code }) => settled(code)) ?? false, theme: view().theme }),
    /** A list of paper instead of the map. */
    sheets: () => (on() && state.list !== null && state.list.households.length > 0 ? [worksheet(known(), state.list)] : null),
  };
}
