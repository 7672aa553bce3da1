/** The pieces that the panel's views share. */

import { format } from './address.js';
import { h } from './dom.js';
import { belowHalf, parts } from './figures.js';
import { number, percent, t, tn, word } from './i18n.js';
import { heldAnswer, publishedMethod } from './publishedviews.js';

/** @import * as T from './types.js' */

/**
 * The answer: one number, the sentence around it, and how many grids are below half.
 * @param {T.Row} row @param {T.Row[]} all  grids @param {boolean} campaign  true: of one campaign, not of all visits @param {string | null} asOf
 */
export function answer(row, all, campaign, asOf) {
  const grids = all.filter((grid) => !grid.held_back);
  if (row.held_back) return heldAnswer(asOf);
  if (row.eligible === 0) return h('p.answer', { 'data-figure': 'eligible' }, t('answer.nobody'));
  const sentence = tn(campaign ? 'answer.campaign' : 'answer', row.unvisited, { total: number(row.eligible) }).replace(number(row.unvisited), '').trim();
  const done = t(campaign ? 'answer.campaign.done' : 'answer.done');
  const half = belowHalf(grids);
  return h('div.answer', null,
    h('p', null,
      h('strong.figure', { 'data-figure': 'unvisited', class: row.unvisited === 0 ? 'figure done' : 'figure' }, number(row.unvisited)), ' ',
      h('span', { 'data-figure': 'sentence' }, row.unvisited === 0 ? done : sentence)),
    grids.length > 1 && h('p.half', { 'data-figure': 'half' }, tn('answer.half', half, { all: number(grids.length) })));
}

/** @param {string} text @param {string} under */
export const heading = (text, under) => h('div.heading', null, h('h1', { tabindex: '-1' }, text), under && h('p', null, under));

/** Reached, tried, never called on: one bar and its key. @param {T.Row} row */
export function bar(row) {
  if (row.eligible === 0) return null;
  if (row.newest) return publishedBar(row);
  const { reached, tried, never } = parts(row);
  const piece = (/** @type {string} */ name, /** @type {number} */ n) => n > 0 && h(`i.${name}`, { style: { 'flex-grow': n } });
  const key = (/** @type {string} */ name, /** @type {any} */ text, /** @type {number} */ n) =>
    h('li', null, h(`i.${name}`, null), h('span', null, text), h('b', { 'data-figure': name }, number(n)));
  return h('div.share', null,
    h('div.bar-line', { role: 'img', 'aria-label': t('bar.label', { rate: percent(row.rate), tried: number(tried), never: number(never) }) },
      piece('reached', reached), piece('tried', tried), piece('never', never)),
    h('ul.key', null,
      key('reached', `${t('part.reached')} · ${percent(row.rate)}`, reached),
      key('tried', t('part.tried'), tried),
      key('never', t('part.never'), never)));
}

/** Reached and not yet: who was called on in vain is not published. @param {T.Row} row */
const publishedBar = (row) => h('div.share', null,
  h('div.bar-line', { role: 'img', 'aria-label': t('bar.published', { rate: percent(row.rate), rest: number(row.unvisited) }) },
    row.visited > 0 && h('i.reached', { style: { 'flex-grow': row.visited } }), row.unvisited > 0 && h('i.never', { style: { 'flex-grow': row.unvisited } })),
  h('ul.key', null,
    h('li', null, h('i.reached', null), h('span', null, `${t('part.reached')} · ${percent(row.rate)}`), h('b', { 'data-figure': 'reached' }, number(row.visited))),
    h('li', null, h('i.never', null), h('span', null, t('part.rest')), h('b', { 'data-figure': 'rest' }, number(row.unvisited)))));

const TAIL = 3; // digits that tell one grid of a township from another

/** What a name leaves open of the code: nothing where it ends with the same digits. @param {T.Row} row */
const tail = ({ name, code }) => (name.endsWith(code.slice(-TAIL)) ? '' : code.length > 2 * TAIL ? `…${code.slice(-TAIL)}` : code);

/**
 * Areas by need, each a link that shows the area.
 * @param {object} given
 * @param {T.Row[]} given.rows
 * @param {T.View} given.view
 * @param {string} given.title
 * @param {string} given.head  what the first column holds
 * @param {boolean} given.all  true: no row is left out
 * @param {() => void} given.more
 */
export function table({ rows, view, title, head, all, more }) {
  const FEW = 10;
  const shown = all ? rows : rows.slice(0, FEW);
  const line = (/** @type {T.Row} */ row) => h('tr', { 'data-code': row.code },
    h('th', { scope: 'row' },
      h('a', { href: format({ ...view, area: row.code, household: null }), title: row.code, 'data-area': row.code, 'data-key': `row-${row.code}` },
        row.name, tail(row) && h('small', null, tail(row)))),
    row.held_back ? h('td.held', { colspan: 2 }, t('held')) : h('td.need', null, number(row.unvisited)),
    !row.held_back && h('td.rate', null, h('span.meter', { 'aria-hidden': 'true' }, h('i', { style: { width: `${(row.rate ?? 0) * 100}%` } })), h('span.number', null, percent(row.rate))));
  return h('section', null,
    h('h2', null, title),
    h('table.areas', null,
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, head), h('th', { scope: 'col' }, t('table.unvisited')), h('th', { scope: 'col' }, t('table.rate')))),
      h('tbody', null, ...shown.map(line))),
    rows.length > FEW && h('button.more', { type: 'button', 'data-key': 'more', onclick: more }, all ? t('table.few') : t('table.all', { n: number(rows.length) })));
}

/** @param {T.Row} row */
export function outcomes(row) {
  const counted = Object.entries(row.by_outcome).filter(([, n]) => n > 0);
  const never = parts(row).never;
  return h('details', { 'data-key': 'outcomes' },
    h('summary', { 'data-key': 'outcomes-head' }, t('outcomes')),
    h('dl.figures', null,
      ...counted.flatMap(([name, n]) => [h('dt', null, word('outcome', name)), h('dd', { 'data-outcome': name }, number(n))]),
      h('dt', null, t('outcome.none')), h('dd', { 'data-outcome': 'none' }, number(never))));
}

/** @param {boolean} published */
export const method = (published) => h('details', { 'data-key': 'method' },
  h('summary', { 'data-key': 'method-head' }, t('method')),
  h('p', null, t('method.coverage')), h('p', null, t('method.eligible')), h('p', null, t('method.half')), ...(published ? publishedMethod() : []));

/** The way back up. @param {T.View} view @param {string | null} area @param {string} name */
export const back = (view, area, name) =>
  h('a.back', { href: format({ ...view, area, household: null }), 'data-back': area ?? '', 'data-key': 'back' }, t('back', { name }));

/** What went wrong and what to do next. @param {import('./i18n.js').Key} said @param {import('./i18n.js').Key} next @param {Record<string, string>} [values] @param {Node | null} [action] */
export const trouble = (said, next, values = {}, action = null) =>
  h('div.trouble', { role: 'alert' }, h('p.said', null, t(said, values)), h('p', null, t(next, values)), action);
