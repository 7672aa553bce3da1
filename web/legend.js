/** The legend, on the map and on paper: the style's own colours, how many areas have each, and what they mean. */

import { el, h } from './dom.js';
import { countClasses, lowest, ofLevel, scale, strength } from './figures.js';
import { number, percent, t, word } from './i18n.js';

/** @import * as T from './types.js' */

const legend = el('legend');
let open = matchMedia('(min-width: 720px)').matches;

/**
 * @param {object} given
 * @param {import('maplibre-gl').StyleSpecification} given.style
 * @param {T.Row[]} given.rows
 * @param {boolean} given.households  true: this person may see them
 * @param {number} given.zoom  of the map: it fills areas more faintly when it is close
 * @param {boolean} given.near  true: the map is close enough to show them
 * @param {boolean} given.hidden
 * @param {() => void} given.approach
 * @param {(hidden: boolean) => void} given.hide
 */
export function drawLegend(given) {
  frameLegend(head(given.rows), [classList(given), ...(given.households ? [households(given)] : [])], () => drawLegend(given));
}

/** The legend's frame, which opens and closes. @param {HTMLElement[] | null} title  null: no legend @param {HTMLElement[]} pieces @param {() => void} again */
export function frameLegend(title, pieces, again) {
  const key = document.activeElement instanceof HTMLElement && legend.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  legend.dataset.open = String(open);
  legend.replaceChildren(...(title === null ? [] : [
    h('button.legend-head', { type: 'button', 'aria-expanded': String(open), 'data-key': 'legend', title: t(open ? 'legend.less' : 'legend.more'), onclick: () => { open = !open; again(); } }, ...title),
    ...pieces]));
  if (key) /** @type {HTMLElement | null} */ (legend.querySelector(`[data-key="${key}"]`))?.focus();
}

/** What is coloured. @param {T.Row[]} rows */
export function head(rows) {
  const level = lowest(rows);
  return [h('span', null, t('legend.title')), h('small', null, t('legend.counts', { n: number(ofLevel(rows, level).length), level: word('levels', level) }))];
}

/**
 * The classes of the scale, as strong as the style draws them at this zoom.
 * @param {{style: import('maplibre-gl').StyleSpecification, rows: T.Row[], zoom: number}} given
 */
export function classList({ style, rows, zoom }) {
  const { classes, none, held } = scale(style);
  const counts = countClasses(ofLevel(rows, lowest(rows)), classes);
  const under = /** @type {any} */ (style.layers.find((l) => l.type === 'background')).paint['background-color'];
  const share = Math.round(strength(style, zoom) * 100);
  const entry = (/** @type {string} */ color, /** @type {string} */ range, /** @type {number} */ n, name = 'class') =>
    h(`li.${name}`, { 'aria-label': t('legend.class', { range, n: number(n) }) },
      h('i', { style: { background: `color-mix(in srgb, ${color} ${share}%, ${under})` } }),
      h('span', null, range.replace('%', ''), range.endsWith('%') && h('u', null, '%')), h('b', { 'data-count': n }, number(n)));
  const ranges = classes.map((c, i) => entry(c.color, t('legend.range', { from: number(c.from * 100), to: percent(c.to) }), counts[i]));
  const [empty, back] = counts.slice(classes.length);
  if (empty > 0) ranges.push(entry(none, t('legend.none'), empty, 'none'));
  if (back > 0) ranges.push(entry(held, t('legend.held'), back, 'held'));
  return h('ol.classes', null, ...ranges);
}

/** How the style draws households, alone and many as one. @param {import('maplibre-gl').StyleSpecification} style */
export function kindList(style) {
  const paint = (/** @type {string} */ id) => /** @type {any} */ (style.layers.find((l) => l.id === `households-${id}`))?.paint ?? {};
  const mark = (/** @type {string} */ id) => {
    const p = paint(id);
    return h('i.dot', { class: `dot ${id}`, style: { background: p['circle-color'], 'border-color': p['circle-stroke-color'] ?? p['circle-color'] } });
  };
  const kinds = /** @type {const} */ (['unvisited', 'tried', 'partly', 'visited', 'out']);
  return h('ul', null, ...kinds.map((id) => h('li', null, mark(id), h('span', null, t(`legend.${id}`)))),
    h('li.cells', null, h('span.ramp', null, ...scale(style).classes.map(({ color }) => h('i', { style: { background: color } }))), h('span', null, t('legend.cells'))));
}

/** @param {Parameters<typeof drawLegend>[0]} given */
function households({ style, near, hidden, approach, hide }) {
  const box = /** @type {HTMLInputElement} */ (h('input', { type: 'checkbox', 'data-key': 'households', checked: !hidden, onchange: () => hide(!box.checked) }));
  return h('div.legend-households', null,
    h('label', null, box, h('span', null, t('legend.households'))),
    ...(hidden ? [] : near
      ? [kindList(style)]
      : [h('button.more', { type: 'button', 'data-key': 'approach', onclick: approach }, t('legend.zoom'))]));
}
