/** A figure of areas or members as a task: reading it, again when it changed, and what a person sets off. What it looks like is told by who makes it. */

import { el } from './dom.js';
import { createReading } from './figurereading.js';
import { choosing, refused } from './ratehead.js';

/** @import * as T from './types.js' */

/**
 * @template F
 * @typedef {object} Look
 * @property {NonNullable<T.View['figure']>} figure
 * @property {'rates' | 'codes'} right  to see it
 * @property {(view: T.View) => Promise<F>} ask
 * @property {(change: T.Change) => boolean} touched  whether a change may have changed it
 * @property {(view: T.View) => string} about  what it is read for: another one is read anew
 * @property {(found: F) => {code: string, position: T.Position | null}[]} placed  what the map colours
 * @property {(known: import('./views.js').Known, state: State<F>, acts: Acts) => HTMLElement} render
 * @property {(found: F | null, style: import('maplibre-gl').StyleSpecification, view: T.View) => void} legend
 */

/**
 * @template F
 * @typedef {{found: F | null, failed: T.Trouble | 'missing' | null, sort: T.RateSort, all: boolean}} State  `all`: no row is left out
 */

/** @typedef {import('./ratehead.js').Acts & {light: (code: string | null) => void, sort: (sort: T.RateSort) => void, more: () => void}} Acts */

/**
 * @template F
 * @param {Pick<Parameters<typeof import('./plans.js').createDesk>[0], 'known' | 'go' | 'map' | 'redraw' | 'sign'>} page
 * @param {Look<F>} look
 */
export function createFigure({ known, go, map, redraw, sign }, look) {
  /** @type {State<F>} */
  const state = { found: null, failed: null, sort: 'name', all: false };
  /** @type {string | null} the area that is pointed at */
  let lit = null;

  const view = () => known().view;
  const may = () => known().me?.may.includes(look.right) ?? false;
  const open = (/** @type {T.View} */ { rates, figure }) => rates !== null && figure === look.figure;
  const on = () => open(view()) && may();
  const judge = () => {
    if (on()) map()?.judge(Object.fromEntries((state.found === null ? [] : look.placed(state.found)).flatMap(({ code, position }) => (position === null ? [] : [[code, position]]))));
  };

  const reading = createReading({
    ask: () => look.ask(view()), has: () => state.found !== null, put: (now) => Object.assign(state, now), known, after: () => { judge(); redraw(); },
  });

  async function read() {
    if (!may()) state.found = null; // another person
    if (on() && view().campaign !== undefined) await reading.read();
  }

  /** @type {Acts} */
  const acts = {
    sign, ...choosing(go),
    again: () => { state.failed = null; redraw(); void read(); },
    sort: (sort) => { state.sort = sort; redraw(); },
    more: () => { state.all = !state.all; redraw(); },
    light(code) {
      if (code === lit) return;
      lit = code;
      shine();
      if (on()) map()?.show({ ...view(), area: code ?? view().area });
    },
  };

  function shine() {
    for (const one of el('panel-content').querySelectorAll('[data-mark]')) one.classList.toggle('lit', /** @type {HTMLElement} */ (one).dataset.mark === lit);
  }

  return {
    open,
    read: () => void read(),
    /** The view changed. @param {T.View} was */
    moved(was) {
      if (!open(view())) { reading.forget(); state.found = null; return; }
      if (open(was) && look.about(was) === look.about(view())) return;
      Object.assign(state, { found: null, failed: null, all: false });
      lit = null;
      judge();
      void read();
    },
    /** @param {T.Change} change */
    changed(change) {
      if (on() && (change.reset || look.touched(change))) reading.soon(() => void read());
    },
    /** An area on the map is pointed at. @param {string | null} code */
    pointed: (code) => { if (on() && code !== lit) { lit = code; shine(); } },
    /** @returns {HTMLElement} */
    render() {
      if (!may()) return refused(acts);
      requestAnimationFrame(shine); // what is pointed at stays so in the new elements
      return look.render(known(), state, acts);
    },
    /** @param {import('maplibre-gl').StyleSpecification | null} style */
    legend: (style) => { if (style) look.legend(may() ? state.found : null, style, view()); },
  };
}
