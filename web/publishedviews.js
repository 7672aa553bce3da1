/** How the page says that figures were published, and that some are held back. */

import { h } from './dom.js';
import { day, t } from './i18n.js';
import { exactFor } from './published.js';

/** Of which day the figures are, and what is left out. @param {Pick<import('./views.js').Known, 'me' | 'asOf'>} known */
export const publishedNote = ({ me, asOf }) => (exactFor(me) ? null
  : h('p.published', { 'data-figure': 'published' }, publishedText(asOf)));

/** The same as text. @param {string | null} asOf */
export const publishedText = (asOf) => (asOf === null ? t('published.never') : t('published.on', { day: day(asOf.slice(0, 10)) }));

/** In the place of a figure that is held back. @param {string | null} asOf */
export const heldAnswer = (asOf) => h('div.answer.held', { 'data-figure': 'held' }, h('p', null, t(asOf === null ? 'held.never' : 'held.answer')));

/** How published figures come about. */
export const publishedMethod = () => [h('p', null, t('method.published')), h('p', null, t('method.held'))];
