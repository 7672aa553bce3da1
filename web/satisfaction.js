/** The task of satisfaction: how many of those who answered are satisfied, area by area, as far as chance lets one tell. */

import * as api from './api.js';
import { createFigure } from './figuretask.js';
import { drawRatesLegend } from './ratelayers.js';
import { satisfactionView } from './satisfactionviews.js';

/** @import * as T from './types.js' */

/** @param {Parameters<typeof createFigure>[0]} page */
export const createSatisfaction = (page) => createFigure(page, {
  figure: 'satisfaction',
  right: 'rates',
  ask: ({ rates, campaign, within }) => api.satisfaction(/** @type {T.Level} */ (rates), campaign, within),
  touched: ({ areas }) => areas.length > 0, // a household that counts no more is asked no more
  about: ({ rates, campaign, within }) => `${rates}/${campaign}/${within}`,
  placed: (/** @type {T.Satisfaction} */ { areas }) => areas,
  render: satisfactionView,
  legend: (found, style, { theme, at }) => drawRatesLegend({ rates: found, none: 'few', style, theme, zoom: at?.zoom ?? 0 }),
});
