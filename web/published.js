/** What is published and what is held back, as those see it who are not told exact figures. Pure. */

import { current, lowest, lowestOf } from './figures.js';

/** @import * as T from './types.js' */

/** Whether somebody is told figures as they are now. @param {T.Me | null} me */
export const exactFor = (me) => me?.may.includes('coverage') ?? false;

/** The level that the map colours. @param {Pick<import('./views.js').Known, 'rows' | 'info'>} known */
export const coloured = ({ rows, info }) => (rows?.length ? lowest(rows) : lowestOf(info?.levels ?? { county: 0, township: 0, village: 0, grid: 0 }));

/** Rows with all their members: what is held back counts nobody. @param {T.Coverage} read @returns {T.Coverage} */
export const filled = (read) => ({
  ...read,
  areas: read.areas.map((row) => (row.held_back
    ? { ...row, eligible: 0, visited: 0, unvisited: 0, rate: null, by_outcome: /** @type {any} */ ({}) }
    : { ...row, by_outcome: row.by_outcome ?? {} })),
});

/** Campaigns of which a person may choose: those that were published, for who is told no others. @param {Pick<import('./views.js').Known, 'me' | 'campaigns' | 'editions'>} known */
export const choices = ({ me, campaigns, editions }) => {
  const published = campaigns.filter((one) => editions.some((edition) => edition.campaign === one.id));
  return exactFor(me) || published.length === 0 ? campaigns : published;
};

/**
 * The campaign that is shown: the one that the address names, if there are figures of it; else the one that was published last, or
 * for who is told exact figures the one that began last. `null`, all visits, is for them only.
 * @param {import('./views.js').Known} known
 */
function settled(known) {
  const { view: { campaign }, me, campaigns, editions, info } = known;
  if (exactFor(me) ? campaign === null || campaigns.some((one) => one.id === campaign) : choices(known).some((one) => one.id === campaign)) return campaign;
  const latest = exactFor(me) ? undefined : editions[0]?.campaign;
  return latest ?? current(campaigns, (info?.as_of ?? '').slice(0, 10));
}

/** Shows that campaign; whether it is another than before. @param {import('./views.js').Known} known */
export function settle(known) {
  const campaign = settled(known);
  const other = campaign !== known.view.campaign;
  known.view = { ...known.view, campaign };
  return other;
}
