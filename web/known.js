/** What the page knows when it starts: the address first, then what was chosen last time, then what the browser prefers. */

import { parse } from './address.js';
import { preferred } from './i18n.js';

/** @import * as T from './types.js' */

const KEPT = 'melonmap.choice'; // language and theme, kept between visits

/** @param {Partial<T.View>} here  what the address says @returns {import('./views.js').Known} */
export function firstKnown(here) {
  const { lang, theme } = parse(localStorage.getItem(KEPT) ?? '').view;
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  return {
    view: {
      at: null, campaign: undefined, area: null, household: null, hidden: false, plan: null, task: null, beside: null, split: false, rule: null, why: null,
      rates: null, figure: null, within: null, compare: [], today: false, member: null, ledger: false, teams: null, team: null, calendar: false,
      lang: lang ?? preferred(),
      theme: theme ?? (dark ? 'dark' : 'light'),
      ...here,
    },
    info: null, me: null, campaigns: [], editions: [], rows: null, asOf: null, live: null, trouble: null, waiting: null, household: null, allRows: false,
  };
}

/** @param {T.View} view */
export const keepChoice = ({ lang, theme }) => localStorage.setItem(KEPT, `lang=${lang}&theme=${theme}`);
