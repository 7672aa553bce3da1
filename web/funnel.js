/** Draws a funnel: areas by size and rate, between the limits of chance. Spiegelhalter 2005. Knows no service. */

import { h, svg } from './dom.js';
import { number, percent, t, word } from './i18n.js';
import { axes, compared, fitLabels, scaleOf } from './ratefigures.js';
import { shape } from './ratelayers.js';

/** @import * as T from './types.js' */

const EDGE = { left: 42, right: 10, top: 20, bottom: 38 }; // pixels around the plot
const REACH = 11; // pixels around a point that a finger may land on
const MANY = 1500; // points more than these that lie inside are drawn as one shape, and found in the table alone
const ALL_NAMED = 40; // of so many areas or fewer each is named where its name fits; of more only those outside
const LETTER = 6.1; // pixels of a letter, at most, and of a Chinese one
const HAN = 11.5;
const LONG = 22; // letters of a name

/** @param {string} text */
const widthOf = (text) => [...text].reduce((sum, one) => sum + (one > '\u2e80' ? HAN : LETTER), 0) + 2;
/** @param {string} name */
const short = (name) => (name.length > LONG ? `${name.slice(0, LONG - 1)}…` : name);
/** @param {number} n */
const px = (n) => Number(n.toFixed(1));

/**
 * @param {object} given
 * @param {T.Rates} given.rates
 * @param {T.RateRow[]} given.order  the areas as the table has them: the order of the keys
 * @param {number} given.width  pixels
 * @param {number} given.height
 * @param {string | null} given.chosen  the area that is selected
 * @param {(area: T.RateRow) => string} given.about  an area in words
 * @param {((area: T.RateRow) => Record<string, any>) | null} given.link  null: on paper, where nothing can be pressed
 */
export function funnel({ rates, order, width, height, chosen, about, link }) {
  const { x, y } = axes(rates);
  const [left, right, top, bottom] = [EDGE.left, width - EDGE.right, EDGE.top, height - EDGE.bottom];
  const [atX, atY] = [scaleOf(x, left, right), scaleOf(y, bottom, top)];
  const text = (/** @type {string} */ said, /** @type {Record<string, any>} */ props) => svg('text', props, document.createTextNode(said));
  const place = (/** @type {T.RateRow} */ area) => ({ x: px(atX(area.eligible)), y: px(atY(area.rate ?? 0)) });

  const grid = [
    ...y.ticks.flatMap((tick) => [svg('line', { class: 'grid', x1: left, x2: right, y1: px(atY(tick)), y2: px(atY(tick)) }),
      text(percent(tick), { class: 'tick', x: left - 6, y: px(atY(tick) + 4), 'text-anchor': 'end' })]),
    ...x.ticks.flatMap((tick) => [svg('line', { class: 'grid up', x1: px(atX(tick)), x2: px(atX(tick)), y1: bottom, y2: bottom + 4 }),
      text(number(tick), { class: 'tick', x: px(atX(tick)), y: bottom + 16, 'text-anchor': 'middle' })]),
    text(t('rates.y'), { class: 'axis', x: 0, y: 10 }),
    text(t(x.log ? 'rates.x.log' : 'rates.x'), { class: 'axis', x: right, y: height - 4, 'text-anchor': 'end' }),
  ];

  const limits = rates.limits.filter((at) => at.eligible >= x.from && at.eligible <= x.to);
  /** @param {'lower_998' | 'lower_95' | 'upper_95' | 'upper_998'} limit */
  const curve = (limit) => limits.map((at) => `${px(atX(at.eligible))} ${px(atY(at[limit]))}`);
  const band = (/** @type {'95' | '998'} */ which) => [
    svg('path', { class: `band of-${which}`, d: `M${[...curve(`upper_${which}`), ...curve(`lower_${which}`).toReversed()].join('L')}z` }),
    ...[curve(`upper_${which}`), curve(`lower_${which}`)].map((line) => svg('path', { class: `limit of-${which}`, d: `M${line.join('L')}` }))];
  const whole = px(atY(rates.overall.rate ?? 0));

  const units = compared(order);
  const faint = units.length > MANY ? units.filter((area) => area.position === 'within' && area.code !== chosen) : [];
  const single = faint.length > 0 ? units.filter((area) => !faint.includes(area)) : units;
  const named = single.filter((area) => units.length <= ALL_NAMED || area.position !== 'within' || area.code === chosen);
  const weight = (/** @type {T.RateRow} */ area) => (area.code === chosen ? 0 : area.position?.endsWith('998') ? 1 : area.position !== 'within' ? 2 : 3);
  const wishes = named.toSorted((a, b) => weight(a) - weight(b)).map((area) => ({ ...place(area), text: short(area.name), width: widthOf(short(area.name)) }));
  const labels = fitLabels(wishes, units.map(place), { x: left, y: 0, width: width - left, height: bottom });

  const focusable = single.some((area) => area.code === chosen) ? chosen : single[0]?.code;
  const points = single.map((area) => {
    const at = place(area);
    const props = { class: `point${area.code === chosen ? ' chosen' : ''}`, transform: `translate(${at.x} ${at.y})`, 'data-mark': area.code, 'data-x': at.x, 'data-y': at.y };
    const drawn = [svg('circle', { class: 'ring', r: REACH }), shape(area.position ?? 'within')];
    return link === null ? svg('g', props, ...drawn) : svg('a', {
      ...props, ...link(area), 'data-key': `point-${area.code}`, tabindex: area.code === focusable ? 0 : -1, 'aria-label': about(area) }, ...drawn);
  });

  return svg('svg', { class: 'funnel', viewBox: `0 0 ${width} ${height}`, width, height, role: link ? 'group' : 'img', 'aria-label': t('rates.funnel.label', { n: number(units.length), level: word('rates.level', rates.level) }), ...(link ? { onkeydown: walk } : {}) },
    ...(limits.length > 1 ? [...band('998'), ...band('95')] : []), ...grid,
    svg('line', { class: 'whole', x1: left, x2: right, y1: whole, y2: whole }),
    ...(faint.length > 0 ? [svg('path', { class: 'many', d: faint.map((area) => `M${place(area).x} ${place(area).y}h0`).join('') })] : []),
    ...points,
    ...labels.map((label) => text(label.text, { class: 'name', x: px(label.x), y: px(label.y), 'text-anchor': label.anchor })));
}

/** Arrow keys go from point to point, in the order of the table; one of them is where Tab stops. @param {KeyboardEvent} event */
function walk(event) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const from = /** @type {Element} */ (event.target).closest('a');
  if (by === undefined || !from) return;
  event.preventDefault();
  const all = [.../** @type {Element} */ (event.currentTarget).querySelectorAll('a')];
  const next = /** @type {SVGAElement | undefined} */ (/** @type {unknown} */ (all[all.indexOf(from) + by]));
  if (!next) return;
  from.setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
}

/** What the lines and shades are, and where the axes begin. @param {T.Rates} rates */
export function funnelKey(rates) {
  const { x, y } = axes(rates);
  const line = (/** @type {string} */ name, /** @type {string} */ said) => h('li', null, h(`i.${name}`, null), said);
  const begin = y.from > 0 ? t('rates.axis', { rate: percent(y.from), n: number(Math.round(x.from)) }) : x.from > 0 ? t('rates.axis.x', { n: number(Math.round(x.from)) }) : '';
  return [
    h('ul.funnel-key', null, line('whole', t('rates.key.whole', { rate: percent(rates.overall.rate) })), line('of-95', t('rates.key.95')), line('of-998', t('rates.key.998'))),
    begin === '' ? null : h('p.fine-print', null, begin),
  ];
}
