/** The task of codes: which members take households out of the count more often than the others, as a question to ask. It scores nobody. */

import * as api from './api.js';
import { codesView } from './codesviews.js';
import { createFigure } from './figuretask.js';
import { drawRatesLegend } from './ratelayers.js';


/** @param {Parameters<typeof createFigure>[0]} page */
export const createCodes = (page) => createFigure(page, {
  figure: 'codes',
  right: 'codes',
  ask: ({ campaign, within }) => api.codes(campaign, within),
  touched: ({ areas }) => areas.length > 0,
  about: ({ campaign, within }) => `${campaign}/${within}`,
  placed: () => [],
  render: codesView,
  legend: (_, style, { theme, at }) => drawRatesLegend({ rates: null, none: 'none', style, theme, zoom: at?.zoom ?? 0 }),
});
