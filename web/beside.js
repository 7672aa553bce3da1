/** The page's map, and a second one while two plans are laid side by side: one camera, one style, a plan each. Knows no service and no address. */

import { el, h } from './dom.js';
import { t } from './i18n.js';
import { createMap } from './map.js';
import * as panel from './panel.js';
import { marksOf } from './planlayers.js';

/** @import * as T from './types.js' */
/** @typedef {[number, number, number, number]} Bbox */

/** What the two plans are called wherever both are shown. */
export const LETTERS = /** @type {const} */ (['A', 'B']);

/** Side by side, not one above the other: as in app.css. */
const SIDEWAYS = matchMedia('(min-width: 1080px)');

/** Whether the map shows two plans; a task has the one map to itself. @param {T.View} view */
export const isSplit = ({ split, plan, beside, task }) => split && typeof plan === 'number' && beside !== null && task === null;

/** @param {T.View} view @returns {T.View} what the second map shows */
const otherView = (view) => ({ ...view, plan: view.beside, beside: null });

/** @typedef {{name: string, about: string, bounds: Bbox | null}} Caption  of one of the plans; `bounds`: what it covers, where that is known */

/**
 * @param {Parameters<typeof createMap>[0]} given  of the first map
 * @param {Omit<Parameters<typeof createMap>[1], 'moving'> & {closed: () => void}} on  `closed`: somebody wants the second map gone
 */
export function createMaps(given, on) {
  const main = /** @type {HTMLElement} */ (el('map').parentElement);
  let { view, style, households, padding } = given;
  let marks = marksOf([]);
  /** @type {import('./map.js').PageMap | null} */
  let second = null;
  let help = '';
  /** @type {Caption[]} */
  let captions = [];

  /** Whether one map is only following the other: what it tells then is no news. */
  let following = false;
  /** @param {() => void} act */
  const quietly = (act) => {
    following = true;
    try { act(); } finally { following = false; }
  };
  /** @param {import('./map.js').PageMap | null} map @param {NonNullable<T.View['at']>} at */
  const follow = (map, at) => { if (map && !following) quietly(() => map.jump(at)); };
  const moved = (/** @type {NonNullable<T.View['at']>} */ at) => { if (!following) on.moved(at); };

  lay(isSplit(view)); // first, so that the map has its size when it is made
  const first = createMap(given, { ...on, moved, moving: (at) => follow(second, at) });
  if (isSplit(view)) open();

  /** @param {boolean} two */
  function lay(two) {
    main.toggleAttribute('data-split', two);
    for (const id of ['map-beside', 'aim-beside', 'caption', 'caption-beside']) el(id).hidden = !two;
  }

  function open() {
    lay(true);
    if (panel.narrow()) panel.sheet('peek'); // two maps need the height
    quietly(() => {
      first.resize();
      second = createMap({ ...given, container: el('map-beside'), style, households, padding: { left: 0, right: 0, top: 0, bottom: 0 }, view: { ...otherView(view), at: first.place() } },
        { ...on, moved, moving: (at) => follow(first, at), picked: () => {}, pointed: () => {} });
    });
    second?.mark(marks);
    pad();
    label();
  }

  function close() {
    second?.remove();
    second = null;
    lay(false);
    if (panel.narrow()) panel.sheet('half');
    for (const id of ['caption', 'caption-beside']) el(id).replaceChildren();
    quietly(() => first.resize());
    pad();
    label();
  }

  /** Puts the aim of both maps in the middle of what panel and sheet leave free; the legend may lie over the second one. */
  function pad() {
    const { left = 0, right = 0, top = 0, bottom = 0 } = padding;
    quietly(() => {
      first.pad(second ? { left, right: 0, top, bottom: 0 } : { left, right, top, bottom });
      second?.pad({ left: SIDEWAYS.matches ? 0 : left, right: 0, top: 0, bottom: 0 });
    });
    el('aim').style.inset = second ? `${top}px var(--a-right) var(--a-bottom) ${left}px` : `${top}px ${right}px ${bottom}px ${left}px`;
    el('aim-beside').style.inset = `var(--b-top) 0 var(--b-bottom) ${SIDEWAYS.matches ? 'var(--b-left)' : `${left}px`}`;
  }
  SIDEWAYS.addEventListener('change', pad);

  function label() {
    [first, second].forEach((map, i) => map?.label(second && captions[i] ? t('beside.map', { letter: LETTERS[i], name: captions[i].name, help }) : help));
  }

  /** What stands on each map: whose plan it is, and the way to it where it lies elsewhere. */
  function caption() {
    if (!second) return;
    [{ box: el('caption'), map: first }, { box: el('caption-beside'), map: second }].forEach(({ box, map }, i) => {
      const told = captions[i];
      const bounds = told?.bounds && !map.meets(told.bounds) ? told.bounds : null;
      const text = JSON.stringify([told, bounds, t('beside.close')]);
      if (box.dataset.text === text && box.firstChild) return;
      box.dataset.text = text;
      const key = document.activeElement instanceof HTMLElement && box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
      box.replaceChildren(h('b.letter', null, LETTERS[i]),
        h('p', null, h('b', null, told?.name ?? ''), h('small', null, told?.about ?? ''),
          bounds && h('small.away', { role: 'status' }, t('beside.away'), ' ', h('button', { type: 'button', 'data-key': `away-${i}`, onclick: () => first.fit(bounds) }, t('why.go')))),
        i === 1 ? h('button.close', { type: 'button', 'data-key': 'beside-close', 'aria-label': t('beside.close'), title: t('beside.close'), onclick: on.closed }, '×') : '');
      if (key) /** @type {HTMLElement | null} */ (box.querySelector(`[data-key="${key}"]`))?.focus();
    });
  }

  return {
    ...first,
    /** @param {T.View} next */
    show(next) {
      view = next;
      if (isSplit(next) !== (second !== null)) (second ? close : open)();
      first.show(next);
      second?.show(otherView(next));
    },
    /** @type {typeof first.dress} */
    dress(next, who) {
      style = next;
      households = who.households;
      first.dress(next, who);
      second?.dress(next, who);
    },
    /** @type {typeof first.refresh} */
    refresh(tiles) {
      first.refresh(tiles);
      second?.refresh(tiles);
    },
    /** What is asked and drawn, as GeoJSON. @param {any} own @param {any} others  on the second map */
    mark(own, others) {
      marks = others;
      first.mark(own);
      second?.mark(others);
    },
    rereadBeside: () => second?.rereadPlan(),
    /** @param {import('maplibre-gl').PaddingOptions} next */
    pad(next) {
      padding = next;
      pad();
    },
    /** @param {string} text  how a map is used by keys */
    label(text) {
      help = text;
      label();
    },
    /** Says whose plan each map shows. @param {Caption[]} next */
    caption(next) {
      const renamed = next.some(({ name }, i) => name !== captions[i]?.name);
      captions = next;
      caption();
      if (renamed) label();
    },
  };
}
/** @typedef {ReturnType<typeof createMaps>} PageMaps */
