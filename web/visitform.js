/** What a visit says beside its outcome, as it is written in the list for today; and what is told once it is logged: flags, and the way back. */

import { h } from './dom.js';
import { distance, number, t, tn } from './i18n.js';

/** @import * as T from './types.js' */

const STEP = 5; // minutes
const MOST_MINUTES = 720;
const MOST_TEXT = 4_000;
const FAR = 100_000; // metres of accuracy, beyond which a position says nothing
const HERE = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 };

/** @param {() => void} redraw */
export function createVisitForm(redraw) {
  /** @typedef {{open: string | null, needs: string, minutes: string, note: string, position: T.Fix | 'asking' | 'refused' | 'failed' | null}} Written  `open`: the household that it is open for */
  const none = () => /** @type {Written} */ ({ open: null, needs: '', minutes: '', note: '', position: null });
  const state = none();
  let asked = 0;

  function clear() {
    asked += 1;
    Object.assign(state, none());
  }

  /** Asks the browser once; nothing is watched. */
  function locate() {
    const now = (asked += 1);
    state.position = 'asking';
    redraw();
    const found = (/** @type {Written['position']} */ position) => { if (now === asked) { state.position = position; redraw(); } };
    navigator.geolocation.getCurrentPosition(({ coords: { longitude, latitude, accuracy } }) => {
      found(accuracy <= FAR ? { lon: Number(longitude.toFixed(6)), lat: Number(latitude.toFixed(6)), accuracy_m: Math.round(accuracy) } : 'failed');
    }, ({ code, PERMISSION_DENIED }) => found(code === PERMISSION_DENIED ? 'refused' : 'failed'), HERE);
  }

  /** @param {number} by */
  function step(by) {
    const next = Math.min(MOST_MINUTES, Math.max(0, (Number(state.minutes) || 0) + by));
    state.minutes = next === 0 ? '' : String(next);
    redraw();
  }

  /** Opens it for a household, empty, or throws away what is written. @param {string} code */
  function toggle(code) {
    const was = state.open;
    clear();
    if (was !== code) state.open = code;
    redraw();
  }

  return {
    state, clear,
    /** What is written for a household; the form is empty afterwards. @param {string} code @returns {T.VisitMore} */
    take(code) {
      const { open, needs, minutes, note, position } = state;
      if (open !== code) return {};
      const number = Math.round(Number(minutes));
      /** @type {T.VisitMore} */
      const more = {
        ...(needs.trim() && { needs: needs.trim() }), ...(note.trim() && { note: note.trim() }),
        ...(minutes !== '' && Number.isFinite(number) && { minutes: number }),
        ...(position !== null && typeof position === 'object' && { position }),
      };
      clear();
      return more;
    },
    /** The button that opens it. @param {string} code */
    button: (code) => h('button.more', { type: 'button', 'data-key': 'visit-more', 'aria-expanded': String(state.open === code), onclick: () => toggle(code) }, t(state.open === code ? 'visit.less' : 'visit.more')),
    /** What it opens, above the outcomes: they are tapped last. @param {string} code */
    fields: (code) => (state.open === code ? form() : null),
  };

  function form() {
    const { position } = state;
    const text = (/** @type {'needs' | 'note'} */ name, /** @type {any} */ help) => h('label.field', null, h('span', null, t(`visit.${name}`)),
      h('textarea', { id: `visit-${name}`, 'data-key': `visit-${name}`, rows: 2, maxlength: MOST_TEXT, oninput: (/** @type {Event} */ event) => { state[name] = /** @type {HTMLTextAreaElement} */ (event.target).value; } }, state[name]), help && h('small', null, t(help)));
    const found = position !== null && typeof position === 'object' ? position : null;
    return h('div.visit-form', null,
      h('p.hint', null, t('visit.more.help')),
      text('needs', 'visit.needs.help'),
      h('div.field', null, h('label', { for: 'visit-minutes' }, t('visit.minutes')),
        h('div.stepper', null,
          h('button.act', { type: 'button', 'data-key': 'minutes-less', 'aria-label': t('visit.minutes.less'), onclick: () => step(-STEP) }, '−'),
          h('input', { id: 'visit-minutes', 'data-key': 'visit-minutes', type: 'number', inputmode: 'numeric', min: 0, max: MOST_MINUTES, step: 1, value: state.minutes, oninput: (/** @type {Event} */ event) => { state.minutes = /** @type {HTMLInputElement} */ (event.target).value; } }),
          h('button.act', { type: 'button', 'data-key': 'minutes-more', 'aria-label': t('visit.minutes.more'), onclick: () => step(STEP) }, '+'))),
      text('note', null),
      h('div.place-of', null,
        found ? h('p', { 'data-figure': 'fix' }, tn('visit.place.known', found.accuracy_m, { m: distance(found.accuracy_m) }))
          : h('button.act', { type: 'button', 'data-key': 'visit-place', disabled: position === 'asking', onclick: locate }, t(position === 'asking' ? 'today.here.asking' : 'visit.place')),
        found && h('button.more', { type: 'button', 'data-key': 'visit-place-none', onclick: () => { asked += 1; state.position = null; redraw(); } }, t('visit.place.none')),
        (position === 'refused' || position === 'failed') && h('p.said', { role: 'alert', 'data-figure': 'fix' }, t(`visit.place.${position}`))));
  }
}

/** Why somebody will look at a visit. @param {T.VisitFlag} flag */
export function flagSaid(flag) {
  if (flag.flag !== 'far') return t(`visit.flag.${flag.flag}`);
  const metres = flag.away_m < 10_000 ? Math.round(flag.away_m / 100) * 100 : Math.round(flag.away_m / 1000) * 1000;
  return t('visit.flag.far', { length: distance(metres) });
}

/** What stands below a visit that is logged. @param {string} code @param {T.VisitFlag[]} flags @param {import('./logged.js').Log['undone']} undone @param {() => void} undo */
export const afterwards = (code, flags, undone, undo) => h('div.afterwards', null,
  ...flags.map((flag) => h('p', { role: 'status', 'data-flag': flag.flag }, flagSaid(flag))),
  undone === 'undo failed' && h('p.said', { role: 'alert' }, t('visit.undo.failed')),
  undone === 'undo waits' ? h('p.waits', { role: 'status', 'data-undone': 'waits' }, t('visit.undo.waits'))
    : h('button.act', { type: 'button', 'data-key': `undo-${code}`, disabled: undone === 'undoing', onclick: undo }, t(undone === 'undoing' ? 'visit.undoing' : 'visit.undo')));

/** Minutes as they are said. @param {number} n */
export const minutesSaid = (n) => t('visit.took', { n: number(n) });
