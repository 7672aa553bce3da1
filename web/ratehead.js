/** What stands above each figure of areas: which one it is, of which campaign, level and ground. Elements only. */

import { h } from './dom.js';
import { ofLevel } from './figures.js';
import { t, word } from './i18n.js';
import { trouble } from './parts.js';
import { tasks, way } from './planviews.js';
import { chooser, foot } from './views.js';

/** @import * as T from './types.js' */
/** @typedef {{campaign: (campaign: number | null) => void, choose: (what: string, value: string) => void, sign: () => void, again: () => void}} Acts */

/** What may be looked at, with the right that it needs. */
const FIGURES = /** @type {const} */ ([[null, 'rates'], ['satisfaction', 'rates'], ['codes', 'codes']]);

/** Choosing campaign, level and ground, the same for each figure. @param {(change: Partial<T.View>) => void} go */
export const choosing = (go) => ({
  campaign: (/** @type {number | null} */ campaign) => go({ campaign }),
  /** @param {string} what @param {string} value */
  choose(what, value) {
    if (what === 'within') return go({ within: value || null, compare: [] });
    const rates = /** @type {T.Level} */ (value);
    go({ rates, compare: [], ...(rates === 'county' || rates === 'township' ? { within: null } : {}) });
  },
});

/** Which figure, for who may see more than one. @param {import('./views.js').Known} known */
function figures({ view, me }) {
  const may = FIGURES.filter(([, right]) => me?.may.includes(right));
  return may.length < 2 ? null : h('nav.figures-of', { 'aria-label': t('figure') }, ...may.map(([figure]) =>
    way('a', view, { figure, compare: [] }, { 'aria-current': view.figure === figure ? 'true' : null, 'data-key': `figure-${figure ?? 'coverage'}` }, t(figure === null ? 'figure.coverage' : `figure.${figure}`))));
}

/** @param {import('./views.js').Known} known @param {Acts} acts */
function choosers(known, acts) {
  const { view, info, rows } = known;
  const level = /** @type {T.Level} */ (view.rates);
  const levelled = view.figure !== 'codes';
  const levels = /** @type {T.Level[]} */ (['county', 'township', 'village', 'grid']).filter((one) => one === level || (info?.levels[one] ?? 0) > 1);
  const grounds = !levelled || level === 'village' || level === 'grid' ? ofLevel(rows ?? [], 'township') : [];
  const pick = (/** @type {string} */ name, /** @type {any} */ label, /** @type {[string, string][]} */ options, /** @type {string} */ value) => h('label', null, h('span', null, label),
    h('select', { id: `rates-${name}`, 'data-key': `rates-${name}`, onchange: (/** @type {Event} */ event) => acts.choose(name, /** @type {HTMLSelectElement} */ (event.target).value) },
      ...options.map(([id, said]) => h('option', { value: id, selected: id === value }, said))));
  return h('div.choosers', null,
    levelled && pick('level', t('rates.level'), levels.map((one) => [one, word('rates.level', one)]), level),
    grounds.length > 1 && pick('within', t(levelled ? 'rates.within' : 'codes.within'), [['', info?.name ?? ''], .../** @type {[string, string][]} */ (grounds.map((row) => [row.code, row.name]))], view.within ?? ''));
}

/** The whole view of a figure. @param {import('./views.js').Known} known @param {Acts} acts @param {{ask: string, asOf: string | null, on?: Record<string, any>}} said @param {...any} pieces */
export const figureView = (known, acts, { ask, asOf, on = {} }, ...pieces) => h('div.view', { 'data-view': 'rates', 'data-figure-of': known.view.figure ?? 'coverage', ...on },
  tasks(known), figures(known), chooser(known, acts), choosers(known, acts),
  h('div.heading', null, h('h1', { tabindex: '-1' }, ask)),
  ...pieces, foot({ ...known, asOf }));

export const loading = () => h('div.loading', { 'aria-busy': 'true' }, h('p', null, t('loading')), h('i.line.wide', null), h('i.line', null), h('i.line', null));

/** @param {T.Trouble | 'missing'} kind @param {T.View} view @param {Pick<Acts, 'sign' | 'again'>} acts */
export function stuck(kind, view, acts) {
  if (kind === 'missing') return trouble('trouble.missing', 'trouble.missing.next', { code: view.within ?? '' });
  const sign = kind === 'refused' || kind === 'expired';
  return trouble(`trouble.${kind}`, `trouble.${kind}.next`, {}, h('button.primary', { type: 'button', onclick: sign ? acts.sign : acts.again, 'data-key': sign ? 'sign' : 'again' }, t(sign ? 'sign.in' : 'again')));
}

/** Nobody but who may compare areas sees any. @param {Pick<Acts, 'sign' | 'again'>} acts */
export const refused = (acts) => h('div.view', { 'data-view': 'rates' }, stuck('refused', /** @type {any} */ ({}), acts));
