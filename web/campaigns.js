/** The task of campaigns: which run and how far they are, whom each is to reach, founding, changing and closing them. The panel's view and the form are its pieces. */

import * as api from './api.js';
import { ask } from './ask.js';
import { areaFilter, changeOf, inputOf, newForm } from './campaignfigures.js';
import { campaignsView } from './campaignviews.js';
import { el } from './dom.js';
import { LEVELS, whole } from './figures.js';
import { t } from './i18n.js';
import { drawLegend } from './legend.js';
import { HOUSEHOLDS_FROM } from './map.js';

/** @import * as T from './types.js' */
/** @import { Form } from './campaignfigures.js' */

const REST_MS = 3_000; // between two readings that changes ask for
const TYPING_MS = 400; // after the last letter of a filter
const HOUSEHOLDS_NEAR = 15.2; // the zoom that shows them
/** @typedef {'gone' | 'new'} List */
/** @typedef {Pick<ReturnType<typeof createCampaigns>, 'state' | 'acts'>} Task */

/**
 * @param {object} page
 * @param {() => import('./views.js').Known} page.known
 * @param {(change: Partial<T.View>, how?: {step?: boolean, fly?: boolean}) => void} page.go
 * @param {() => import('./beside.js').PageMaps | null} page.map
 * @param {() => void} page.redraw
 * @param {() => void} page.sign
 */
export function createCampaigns({ known, go, map, redraw, sign }) {
  const state = {
    /** @type {Map<number, T.Row | null>} how far each is, whole */ rows: new Map(),
    /** @type {T.Target | null} of the chosen one */ target: null,
    /** @type {T.Trouble | null} */ failed: null,
    /** @type {Record<List, Set<string>>} households that are ticked */ ticked: { gone: new Set(), new: new Set() },
    /** @type {Record<List, string>} why */ reasons: { gone: '', new: '' },
    /** @type {{list: List, said: string} | null} */ refused: null,
    /** @type {Record<List, boolean>} whether all that wait are listed */ all: { gone: false, new: false },
    /** @type {Form | null} */ form: null,
    /** @type {'deciding' | 'saving' | null} */ busy: null,
  };
  let reading = 0;
  let waiting = 0;
  let typing = 0;
  let counting = new AbortController();
  /** @type {string | null} */
  let who = null;

  const view = () => known().view;
  const may = () => known().me?.may.includes('campaign') ?? false;
  const on = () => view().calendar;
  const chosen = () => known().campaigns.find(({ id }) => id === view().campaign) ?? null;

  async function read() {
    const { me, info, campaigns } = known();
    if (me?.name !== who) Object.assign(state, { form: null, target: null, refused: null });
    who = me?.name ?? null;
    if (!on() || !info) return;
    const now = (reading += 1);
    clearTimeout(waiting);
    waiting = 0;
    const level = LEVELS.find((one) => info.levels[one] > 0);
    try {
      const begun = campaigns.filter(({ phase }) => phase === 'running' || phase === 'ended');
      const found = level === undefined ? [] : await Promise.all(begun.map(async ({ id }) => /** @type {const} */ ([id, whole((await api.coverageLevel(id, level)).areas, info.name)])));
      const one = chosen();
      const target = may() && one !== null ? await api.target(one.id) : null;
      if (now !== reading) return; // asked for again already
      for (const list of /** @type {List[]} */ (['gone', 'new'])) {
        state.ticked[list] = new Set([...state.ticked[list]].filter((code) => target?.[list].households.includes(code)));
      }
      Object.assign(state, { rows: new Map(found), target, failed: null });
    } catch (error) {
      if (now !== reading) return;
      state.failed = api.troubleOf(error);
    }
    redraw();
  }

  /** What the service knows of campaigns, anew; then whatever is shown of them. */
  async function readAll() {
    try {
      known().campaigns = await api.campaigns();
    } catch (error) {
      known().trouble = api.troubleOf(error);
    }
    await read();
  }

  /** How many households the form's target has now. */
  async function count() {
    const { form } = state;
    if (form === null || form.id !== null) return;
    counting.abort();
    counting = new AbortController();
    const { signal } = counting;
    const filter = form.kind === 'all' ? null : form.kind === 'area' ? areaFilter(known().rows ?? [], form.area) : form.filter.trim();
    if (filter === '') return void Object.assign(form, { count: null, countFailed: '' });
    Object.assign(form, { count: 'asking', countFailed: '' });
    redraw();
    try {
      form.count = await api.matching(filter, signal);
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof api.Problem && error.status === 400 ? error.message : null;
      Object.assign(form, { count: null, countFailed: problem ?? t('campaigns.count.failed') });
      if (problem === null) api.troubleOf(error);
    }
    if (!signal.aborted) redraw();
  }

  /** @param {unknown} error  what came back of a form */
  function refuse(error) {
    const { form } = state;
    const said = error instanceof api.Problem && error.status >= 400 && error.status < 500 && error.status !== 401 ? error : null;
    if (form === null || said === null) known().trouble = api.troubleOf(error);
    else form.refused = { field: said.field, said: said.message };
    redraw();
    point();
  }

  /** Leads to what was refused. */
  const point = () => void requestAnimationFrame(() => /** @type {HTMLElement | null} */ (el('panel-content').querySelector('[aria-invalid="true"]'))?.focus());

  /** Closes a campaign, or opens it again. @param {T.Campaign} one @param {boolean} closed */
  async function close(one, closed) {
    const said = closed ? 'campaigns.close' : 'campaigns.reopen';
    if (await ask({ title: t(said), text: t(`${said}.ask`, { name: one.name }), yes: t(`${said}.yes`), no: t('campaigns.no'), reason: false }) === null) return;
    state.busy = 'saving';
    redraw();
    try {
      await api.changeCampaign(one.id, { ...changeOf(one), closed });
    } catch (error) {
      known().trouble = api.troubleOf(error);
    }
    state.busy = null;
    await readAll();
  }

  const acts = {
    sign,
    again: () => { state.failed = null; redraw(); void readAll(); },
    campaign: (/** @type {number | null} */ campaign) => go({ campaign }),
    close,
    /** Opens the form: of a new campaign, or of one that is there. @param {T.Campaign | null} one */
    form(one) {
      state.form = newForm(one, (known().info?.as_of ?? new Date().toISOString()).slice(0, 10));
      redraw();
      void count();
      requestAnimationFrame(() => el('panel-content').scrollTo(0, 0));
    },
    leave: () => { state.form = null; redraw(); },
    /** What somebody writes into the form. @param {Partial<Form>} change */
    fill(change) {
      const { form } = state;
      if (form === null) return;
      Object.assign(form, change);
      if (form.refused && Object.keys(change).includes(form.refused.field)) form.refused = null;
      clearTimeout(typing);
      if ('filter' in change) typing = window.setTimeout(() => void count(), TYPING_MS);
      else if ('kind' in change || 'area' in change) { redraw(); void count(); }
    },
    async save() {
      const { form } = state;
      if (form === null || state.busy !== null) return;
      Object.assign(state, { busy: 'saving' });
      form.refused = null;
      redraw();
      try {
        const input = inputOf(form, known().rows ?? []);
        const saved = form.id === null ? await api.foundCampaign(input) : await api.changeCampaign(form.id, input);
        Object.assign(state, { form: null, busy: null });
        await readAll();
        if (view().campaign !== saved.id) go({ campaign: saved.id });
      } catch (error) {
        state.busy = null;
        refuse(error);
      }
    },
    /** @param {List} list @param {string[]} codes @param {boolean} now */
    tick(list, codes, now) {
      for (const code of codes) state.ticked[list][now ? 'add' : 'delete'](code);
      redraw();
    },
    reason: (/** @type {List} */ list, /** @type {string} */ why) => { state.reasons[list] = why; if (state.refused?.list === list) state.refused = null; },
    more: (/** @type {List} */ list) => { state.all[list] = !state.all[list]; redraw(); },
    /** Takes the ticked households out of the target, or into it. @param {List} list */
    async decide(list) {
      const one = chosen();
      const codes = [...state.ticked[list]];
      const reason = state.reasons[list].trim();
      if (one === null || state.busy !== null || codes.length === 0) return;
      if (reason === '') {
        state.refused = { list, said: t('campaigns.reason.needed') };
        redraw();
        return point();
      }
      Object.assign(state, { busy: 'deciding', refused: null });
      redraw();
      try {
        state.target = await api.decide(one.id, { [list === 'gone' ? 'remove' : 'add']: codes, reason });
        state.ticked[list].clear();
        state.reasons[list] = '';
      } catch (error) {
        const told = error instanceof api.Problem && error.status === 400;
        if (told) state.refused = { list, said: error.message };
        else known().trouble = api.troubleOf(error);
      }
      state.busy = null;
      await read();
    },
  };

  return {
    state, acts,
    open: (/** @type {T.View} */ { calendar }) => calendar,
    /** At the start, and whenever everything may have changed: another campaign too. */
    read: () => void (on() ? readAll() : read()),
    /** The view changed. @param {T.View} was */
    moved(was) {
      if (!on()) return;
      if (was.calendar && view().campaign === was.campaign) return;
      if (view().campaign !== was.campaign) {
        Object.assign(state, { target: null, refused: null });
        state.ticked = { gone: new Set(), new: new Set() };
      }
      void (was.calendar ? read() : readAll());
    },
    /** @param {T.Change} change */
    changed(change) {
      if (!on() || waiting || !(change.reset || change.areas.length > 0 || change.campaign !== null)) return;
      waiting = window.setTimeout(() => void readAll(), REST_MS);
    },
    /** A campaign that is being written would be lost. */
    unsaved: () => (state.form !== null && state.form.name !== '' ? 1 : 0),
    /** @returns {HTMLElement} */
    render: () => campaignsView(known(), state, acts, may()),
    /** The map shows the coverage of the chosen one, as it does without the task. @param {import('maplibre-gl').StyleSpecification | null} style */
    legend(style) {
      const { rows, me } = known();
      const { at, hidden } = view();
      if (!style || !rows) return;
      drawLegend({ style, rows, hidden, households: me?.may.includes('households') ?? false, zoom: at?.zoom ?? 0, near: (at?.zoom ?? 0) >= HOUSEHOLDS_FROM, approach: () => map()?.zoomTo(HOUSEHOLDS_NEAR), hide: (off) => go({ hidden: off }) });
    },
    picked: () => true,
  };
}
