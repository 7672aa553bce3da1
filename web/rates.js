/** The task of comparing rates: what is known, reading it, what a person sets off. The panel's view, the map's colours and the bulletin are its pieces. */

import * as api from './api.js';
import { el } from './dom.js';
import { createReading } from './figurereading.js';
import { compared } from './ratefigures.js';
import { drawRatesLegend } from './ratelayers.js';
import { bulletins } from './rateprint.js';
import { choosing, refused } from './ratehead.js';
import { about, ratesView } from './rateviews.js';
import { narrow } from './panel.js';

/** @import * as T from './types.js' */

const WIDE = matchMedia('(min-width: 1080px)'); // the panel is wider then: as in rates.css

/** @typedef {Pick<ReturnType<typeof createRates>, 'state' | 'acts'>} Task */

/**
 * @param {object} page
 * @param {() => import('./views.js').Known} page.known
 * @param {(change: Partial<T.View>, how?: {step?: boolean, fly?: boolean}) => void} page.go
 * @param {() => import('./beside.js').PageMaps | null} page.map
 * @param {() => void} page.redraw
 * @param {() => void} page.sign
 */
export function createRates({ known, go, map, redraw, sign }) {
  const state = {
    /** @type {T.Rates | null} */ rates: null,
    /** @type {T.Trouble | 'missing' | null} */ failed: null,
    /** @type {T.RateSort} */ sort: 'name',
    /** @type {T.Difference | null} */ pair: null,
    pairFailed: false,
    /** @type {T.Weeks | null} of the campaign; null for all visits, too */ weeks: null,
    weeksFailed: false,
    /** Whether all areas are drawn week by week. */ allWeeks: false,
    /** Whether the table shows all areas. */ all: false,
    /** @type {string | null} the area that is pointed at */ lit: null,
  };
  const view = () => known().view;
  const on = () => view().rates !== null && view().figure === null && may();
  const may = () => known().me?.may.includes('rates') ?? false;
  const judge = () => map()?.judge(!on() || state.rates === null ? null
    : Object.fromEntries(state.rates.areas.flatMap(({ code, position }) => (position === null ? [] : [[code, position]]))));

  const reading = createReading({
    ask: () => api.rates(/** @type {T.Level} */ (view().rates), view().campaign, view().within),
    has: () => state.rates !== null,
    put: ({ found = state.rates, failed }) => Object.assign(state, { rates: found, failed }),
    known,
    after: () => { judge(); redraw(); },
  });

  async function read() {
    if (!may()) state.rates = null; // another person
    if (!on() || view().campaign === undefined) return judge();
    await reading.read();
  }

  /** How it grew, week by week: after the answer, which waits for nothing. */
  async function readWeeks() {
    const { rates: level, campaign, within } = view();
    if (!on() || level === null || typeof campaign !== 'number') return;
    const now = () => view().rates === level && view().campaign === campaign && view().within === within;
    try {
      const weeks = await api.weeks(level, campaign, within);
      if (now()) Object.assign(state, { weeks, weeksFailed: false });
    } catch (error) {
      api.troubleOf(error);
      if (now() && state.weeks === null) state.weeksFailed = true; // the last ones stay
    }
    redraw();
  }

  async function readPair() {
    const { compare: [a, b], campaign } = view();
    if (!on() || b === undefined || campaign === undefined) return;
    const now = () => view().compare[0] === a && view().compare[1] === b && view().campaign === campaign;
    try {
      const pair = await api.difference(a, b, campaign);
      if (now()) Object.assign(state, { pair, pairFailed: false });
    } catch (error) {
      api.troubleOf(error);
      if (now()) Object.assign(state, { pair: null, pairFailed: true });
    }
    redraw();
  }

  /** Lights an area wherever it stands: point, row, map. @param {string | null} code @param {boolean} [there]  true: it is the map that was pointed at */
  function light(code, there = false) {
    if (code === state.lit) return;
    state.lit = code;
    shine();
    if (!there && on()) map()?.show({ ...view(), area: code ?? view().area });
  }

  function shine() {
    const content = el('panel-content');
    for (const one of content.querySelectorAll('[data-mark]')) one.classList.toggle('lit', /** @type {HTMLElement} */ (one).dataset.mark === state.lit);
    const tip = /** @type {HTMLElement | null} */ (content.querySelector('.point-tip'));
    const point = /** @type {SVGElement | null} */ (content.querySelector('.funnel .point.lit'));
    const area = state.rates?.areas.find(({ code }) => code === state.lit);
    if (!tip) return;
    tip.hidden = !point || !area;
    if (!point || !area || !state.rates) return;
    tip.textContent = about(area, compared(state.rates.areas).length);
    const wide = content.querySelector('.funnel')?.clientWidth ?? 0;
    const [x, y] = [Number(point.dataset.x), Number(point.dataset.y)];
    tip.style.top = `${y + 14}px`;
    tip.style.insetInlineStart = `${Math.max(0, Math.min(x - tip.offsetWidth / 2, wide - tip.offsetWidth))}px`;
  }

  const acts = {
    sign, light, ...choosing(go),
    again: () => { state.failed = null; redraw(); void read(); void readPair(); void readWeeks(); },
    sort: (/** @type {T.RateSort} */ sort) => { state.sort = sort; redraw(); },
    moreWeeks: () => { state.allWeeks = !state.allWeeks; redraw(); },
    more: () => { state.all = !state.all; redraw(); },
    /** @param {string} code */
    compare(code) {
      const { compare } = view();
      go({ compare: compare.includes(code) ? compare.filter((one) => one !== code) : [...compare.slice(-1), code] }, { step: false });
    },
    clear: () => go({ compare: [] }, { step: false }),
  };

  return {
    state, acts,
    open: (/** @type {T.View} */ { rates, figure }) => rates !== null && figure === null,
    read: () => { void read(); void readPair(); void readWeeks(); },
    /** The view changed. @param {T.View} was */
    moved(was) {
      const now = view();
      const other = now.rates !== was.rates || now.figure !== was.figure || now.campaign !== was.campaign || now.within !== was.within;
      const [pair, wasPair] = [now.compare.join('\n'), was.compare.join('\n')];
      if (pair !== wasPair || now.campaign !== was.campaign) {
        Object.assign(state, { pair: null, pairFailed: false });
        void readPair();
      }
      if (!other) return;
      Object.assign(state, { rates: null, failed: null, lit: null, all: false, weeks: null, weeksFailed: false, allWeeks: false });
      judge();
      void read();
      void readWeeks();
    },
    /** @param {T.Change} change */
    changed(change) {
      if (on() && (change.reset || change.areas.length > 0)) reading.soon(() => { void read(); void readPair(); void readWeeks(); });
    },
    /** An area on the map is pointed at. @param {string | null} code */
    pointed: (code) => { if (on()) light(code, true); },
    /** @returns {HTMLElement} */
    render() {
      if (!may()) return refused(acts);
      requestAnimationFrame(shine); // what is pointed at stays so in the new elements
      return ratesView(known(), state, acts, narrow() ? innerWidth - 36 : WIDE.matches ? 472 : 340);
    },
    /** @param {import('maplibre-gl').StyleSpecification | null} style */
    legend: (style) => style && drawRatesLegend({ rates: may() ? state.rates : null, none: 'none', style, theme: view().theme, zoom: view().at?.zoom ?? 0 }),
    /** Sheets of paper instead of the map's; null: the map is printed. */
    sheets: () => (on() && state.rates !== null && compared(state.rates.areas).length > 1 ? bulletins(known(), state.rates, state.sort, state.pair, state.weeks) : null),
  };
}
