/** The task of plans: what is known of them, reading it, and what a planner sets off. The panel's views and the drawing are its pieces. */

import * as api from './api.js';
import { ask } from './ask.js';
import { isSplit } from './beside.js';
import { h } from './dom.js';
import { createDrawings } from './drawings.js';
import { createDrawTask } from './drawtask.js';
import { startDraw } from './draw.js';
import { t, tn } from './i18n.js';
import { captionOf, drawPlanLegend } from './planlegend.js';
import { planReader } from './planreading.js';
import { INK, PLACES_FROM, asking, marksOf } from './planlayers.js';
import { PLAIN, listView, newView, planView, way } from './planviews.js';
import { measuring } from './planwidths.js';
import { trouble } from './parts.js';
import { rulesEditor } from './rulesedit.js';

/** @import * as T from './types.js' */

const SAVE_MS = 10_000; // after which a file that was saved need not be held any more

/**
 * @typedef {ReturnType<typeof createDesk>} Desk
 * @typedef {object} Page
 * @property {() => import('./views.js').Known} known
 * @property {(change: Partial<T.View>, how?: {step?: boolean, fly?: boolean}) => void} go
 * @property {() => import('./beside.js').PageMaps | null} map
 * @property {() => void} redraw
 * @property {() => void} sign
 */

/** @param {Page} page */
export function createDesk({ known, go, map, redraw, sign }) {
  /** A plan before anything is said of it. @type {import('./planviews.js').Form} */
  const blank = { name: '', rules: '', area: '', drawn: null, zonesOnly: false, drawing: false, busy: false, refused: '' };
  const state = {
    /** @type {T.RuleSetHead[] | null} */ sets: null,
    /** @type {T.PlanHead[] | null} */ list: null,
    /** @type {T.Plan | null} */ plan: null,
    /** @type {string | null} */ etag: null,
    /** @type {T.Plan | null} */ other: null,
    /** @type {T.Trouble | 'missing' | null | any} */ failed: null,
    /** @type {import('./drawings.js').Base[]} */ otherDrawn: [],
    /** What plans cover. @type {Map<number, [number, number, number, number] | null>} */ bounds: new Map(),
    /** @type {import('./planreading.js').Asked | null} */ asked: null,
    /** @type {import('./planreading.js').Asked | null} */ otherAsked: null,
    /** @type {Map<number, ReturnType<typeof createDrawings>>} */ sheets: new Map(),
    /** @type {string | null} */ hover: null,
    form: { ...blank },
    /** @type {import('./planwidths.js').Measuring | null} */ measuring: null,
    /** @type {string | null} the street whose widths are unfolded */ unfolded: null,
  };
  /** The text of a plan's rules, and what is written over it. @type {Map<number, {text: string, written: string, etag: string | null}>} */
  const texts = new Map();
  /** The editor that stands in the panel: it keeps itself. @type {{key: string, element: HTMLElement} | null} */
  let editor = null;
  /** @type {{stop(): void} | null} the outline of a new plan that is being drawn */
  let outline = null;

  const view = () => known().view;
  const id = () => (typeof view().plan === 'number' ? /** @type {number} */ (view().plan) : null);
  const may = () => known().me?.may.includes('draw') ?? false;
  const sheet = (/** @type {number} */ plan) => state.sheets.get(plan) ?? /** @type {any} */ (state.sheets.set(plan, createDrawings()).get(plan));

  const { readList, readPlan, readDrawings, readWhy, readOther, readText } = planReader({
    state, texts, view, id, sheet, redraw,
    go: (change) => go(change, { step: false }), reread: () => map()?.rereadPlan(), rereadBeside: () => map()?.rereadBeside(), mark: () => marks(), task: () => task,
  });

  // ---- the map ----

  /** What is asked, drawn and outlined, on the map. */
  function marks() {
    const { why, plan, task: doing } = view();
    const ground = plan === 'new' ? state.form.drawn ?? undefined : state.plan?.id === plan ? state.plan?.within : undefined;
    map()?.mark(marksOf([...asking(why, state.asked?.found, ground), ...(doing === 'draw' ? task.marks() : [])]), marksOf(asking(why, state.otherAsked?.found, state.other?.within)));
  }

  const task = createDrawTask({ view, map, redraw: () => { marks(); redraw(); }, saved: () => { void readPlan(); map()?.rereadPlan(); void readDrawings(); } });

  /** @param {Partial<T.PlanInput>} change @param {string | null} match */
  async function change(change, match) {
    const { plan } = state;
    if (!plan) return;
    const { name, phase, within, zones_only, widths } = plan;
    await api.changePlan(plan.id, { name, phase, ...(within === undefined ? {} : { within }), ...(zones_only === undefined ? {} : { zones_only }), ...(widths === undefined ? {} : { widths }), ...change }, match);
    await readPlan();
  }

  const acts = {
    sign,
    again: () => { state.failed = null; redraw(); read(); },
    beside: (/** @type {number | null} */ beside) => go({ beside, split: beside !== null && view().split }),
    split(/** @type {boolean} */ split) {
      go({ split });
      if (!split) /** @type {HTMLElement | null} */ (document.querySelector('[data-key="split"]'))?.focus();
    },
    /** Stops the computation, or begins it again. */
    async run(/** @type {boolean} */ on) {
      const plan = id();
      try {
        if (plan !== null) await api.runPlan(plan, on);
      } catch (error) {
        if (!(error instanceof api.Problem && error.status === 409)) known().trouble = api.troubleOf(error);
      }
      await readPlan();
    },
    rule: {
      hover: (/** @type {string | null} */ rule) => { map()?.show({ ...view(), rule: rule ?? view().rule }); },
      pin: (/** @type {string | null} */ rule) => go({ rule }, { step: false }),
    },
    why: {
      near: (/** @type {{lon: number, lat: number}} */ at) => map()?.door(at),
      close: () => go({ why: null }),
      again: () => void readWhy(),
    },
    measure: measuring({ state, change, redraw }),
    async file(/** @type {string} */ f) {
      const plan = id();
      if (plan === null) return;
      try {
        const url = URL.createObjectURL(await api.planFile(plan, f));
        h('a', { href: url, download: `plan-${plan}.${f}` }).click();
        setTimeout(() => URL.revokeObjectURL(url), SAVE_MS);
      } catch (error) {
        known().trouble = api.troubleOf(error);
        redraw();
      }
    },
    async phase(/** @type {T.Phase} */ phase) {
      const reason = await ask({ title: t(/** @type {any} */ (`phase.to.${phase}`)), text: t('phase.ask'), yes: t('save'), no: t('stay'), reason: true });
      if (reason === null) return;
      try {
        await change({ phase, rules_text: await api.planRules(/** @type {T.Plan} */ (state.plan).id), reason }, state.etag);
      } catch (error) {
        known().trouble = api.troubleOf(error);
        redraw();
      }
    },
    form(/** @type {Partial<import('./planviews.js').Form>} */ said, again = true) {
      Object.assign(state.form, said, { refused: '' });
      if (!again) return;
      marks();
      redraw();
      if (said.area !== undefined) map()?.show({ ...view(), area: said.area || null });
      if (said.area) void api.area(said.area).then(({ bbox }) => map()?.fit(bbox)).catch(api.troubleOf);
    },
    async outline() {
      if (outline) return stopOutline();
      const lent = map()?.lend();
      if (!lent) return;
      state.form.drawing = true;
      outline = { stop: lent.back };
      redraw();
      const draw = await startDraw(lent, { ...INK[view().theme] }, {
        drawn: (geometry) => { stopOutline(); acts.form({ drawn: geometry, area: '' }); },
        shaped: () => {}, chosen: () => {}, dropped: () => {},
      });
      outline = { stop: () => { draw.stop(); lent.back(); } };
      draw.mode('polygon');
    },
    async found() {
      const { form } = state;
      if (form.busy) return;
      Object.assign(form, { busy: true, refused: '' });
      redraw();
      try {
        const plan = await api.foundPlan({ name: form.name.trim(), rules: form.rules, within: form.drawn ?? form.area, ...(form.zonesOnly ? { zones_only: true } : {}) });
        state.form = { ...blank };
        state.list = null;
        go({ plan, ...PLAIN });
      } catch (error) {
        Object.assign(form, { busy: false, refused: error instanceof api.Problem && error.status === 400 ? error.message : t(`trouble.${api.troubleOf(error)}`) });
        redraw();
      }
    },
  };

  function stopOutline() {
    outline?.stop();
    outline = null;
    state.form.drawing = false;
    redraw();
  }

  function read() {
    if (view().plan === null || !known().me?.may.includes('plans')) return;
    void readList();
    void readPlan();
    void readDrawings();
    void readWhy();
    void readOther();
    void readText();
  }

  /** The drawing stands on the map as long as it is the task. */
  function tend() {
    const plan = id();
    if (view().task === 'draw' && plan !== null && may()) void task.start(plan, sheet(plan));
    else task.stop();
    if (view().plan !== 'new' && outline) stopOutline();
    marks();
  }

  /** @returns {HTMLElement} */
  function rulesView() {
    const plan = /** @type {number} */ (id());
    const kept = texts.get(plan);
    const key = `${plan}/${view().lang}/${kept?.text.length}/${state.plan?.id}`;
    if (editor?.key === key && kept) return editor.element;
    const head = [way('a.back', view(), { task: null }, { 'data-key': 'back' }, t('back', { name: state.plan?.name ?? t('plan') })),
      h('div.heading', null, h('h1', { tabindex: '-1' }, t('rules')), h('p', null, t('rules.what')))];
    if (!kept) return h('div.view', { 'data-view': 'rules' }, ...head, state.failed ? h('p.said', null, t('trouble.failed')) : h('div.loading', { 'aria-busy': 'true' }, h('i.line.wide', null), h('i.line', null)));
    const element = h('div.view', { 'data-view': 'rules' }, ...head, rulesEditor(kept.text, kept.written, {
      changed: (text) => { kept.written = text; },
      save: async (text, reason) => {
        await change({ rules_text: text, reason }, kept.etag);
        texts.delete(plan);
        go({ task: null });
      },
    }));
    editor = { key, element };
    return element;
  }

  return {
    state, acts,
    open: (/** @type {T.View} */ { plan }) => plan !== null,
    /** The view changed. @param {T.View} was */
    moved(was) {
      const { plan, task: doing, beside, split, why, rule, theme } = view();
      if (plan !== was.plan) {
        Object.assign(state, { plan: null, etag: null, failed: null, asked: null, otherAsked: null, other: null, otherDrawn: [], measuring: null, unfolded: null });
        if (plan !== null) read();
      } else {
        if (why?.join() !== was.why?.join()) void readWhy();
        if (beside !== was.beside || split !== was.split) void readOther().then(readWhy);
        if (doing !== was.task) void readText();
      }
      if (plan !== was.plan || doing !== was.task || why !== was.why || rule !== was.rule) tend();
      if (theme !== was.theme && doing === 'draw') task.recolour();
    },
    read, tend,
    /** @param {T.Change} change */
    changed(change) {
      const plan = id();
      if (view().plan === null || (!change.reset && !change.plans?.length)) return;
      void readList();
      const touched = (/** @type {number | null} */ one) => one !== null && (change.reset || change.plans?.includes(one));
      if (touched(view().beside)) {
        void readOther();
        map()?.rereadBeside();
      }
      if (!touched(plan)) return;
      void readPlan();
      void readDrawings();
      if (view().why !== null) void readWhy();
      map()?.rereadPlan();
    },
    /** A place on the map was pointed at. @param {[number, number]} place */
    asked(place) {
      if (view().task === null) go({ why: [Number(place[0].toFixed(6)), Number(place[1].toFixed(6))] });
    },
    /** An area was found or picked: where a plan is founded, it is its ground. @param {string} code @returns {boolean} whether it was */
    area(code) {
      if (view().plan === 'new') acts.form({ area: code, drawn: null });
      else if (id() !== null) void api.area(code).then(({ bbox }) => map()?.fit(bbox)).catch(api.troubleOf);
      else return false;
      return true;
    },
    /** Something on the map was picked: an area is the ground of a plan, and leads nowhere else. @param {import('./map.js').Picked} one */
    picked(one) {
      if (one?.kind === 'area') this.area(one.code);
      return one?.kind !== 'household';
    },
    /** What a plan covers. @returns {Promise<[number, number, number, number] | null>} */
    async bounds() {
      const plan = id();
      return plan === null ? known().info?.bbox ?? null : (await api.planTiles(plan)).bounds ?? null;
    },
    /** @returns {HTMLElement} */
    render() {
      const { plan, task: doing } = view();
      if (!known().me?.may.includes('plans')) return h('div.view', { 'data-view': 'plans' }, trouble('trouble.refused', 'trouble.refused.next', {}, h('button.primary', { type: 'button', onclick: sign, 'data-key': 'sign' }, t('sign.in'))));
      if (plan === 'list') return listView(known(), state, acts, may());
      if (plan === 'new') return newView(view(), known().rows ?? [], state, acts);
      if (doing === 'rules' && may()) return rulesView();
      if (doing === 'draw' && may()) return task.render(state.plan, sheet(/** @type {number} */ (plan)));
      return planView(view(), state, acts, may());
    },
    legend() {
      const { theme, rule, beside, at } = view();
      const own = { plan: state.plan?.id === id() ? state.plan : null, drawn: id() === null ? [] : sheet(/** @type {number} */ (id())).all() };
      const other = { plan: state.other?.id === beside ? state.other : null, drawn: state.otherDrawn };
      drawPlanLegend({ theme, rule, near: (at?.zoom ?? 0) >= PLACES_FROM, shown: isSplit(view()) ? [own, other] : [own] });
      map()?.caption([own, other].map(({ plan }) => captionOf(plan, state.sets, plan ? state.bounds.get(plan.id) ?? null : null)));
    },
    /** Undo and redo by keys, while somebody draws. @param {boolean} back */
    walk(back) {
      if (view().task !== 'draw') return false;
      if (back) task.undo(); else task.redo();
      return true;
    },
    /** How much is not saved. */
    unsaved: () => [...state.sheets.values()].reduce((sum, one) => sum + one.edits().length, 0) + [...texts.values()].filter(({ text, written }) => text !== written).length,
    /** Asks before what is not saved is left behind. @returns {Promise<boolean>} true: it may go */
    async leave() {
      const open = this.unsaved();
      if (open === 0) return true;
      const gone = await ask({ title: tn('leave', open), text: t('leave.text'), yes: t('leave.go'), no: t('stay'), reason: false });
      if (gone === null) return false;
      for (const one of state.sheets.values()) one.discard();
      texts.clear();
      editor = null;
      return true;
    },
  };
}
