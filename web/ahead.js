/** The list for today when nobody can be asked for it: made of lists that were kept, less whom somebody called on since; pure. */

/** @import * as T from './types.js' */
/** @typedef {[number, number]} Place  longitude and latitude */

const EARTH_M = 6_371_008.8; // mean radius: as the service measures

/** Metres, as the crow flies. @param {Place} a @param {Place} b */
export function crow([lon, lat], [toLon, toLat]) {
  const rad = Math.PI / 180;
  const half = Math.sin(((toLat - lat) * rad) / 2) ** 2 + Math.cos(lat * rad) * Math.cos(toLat * rad) * Math.sin(((toLon - lon) * rad) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

const HURRY = ['left_to_do', 'overdue', 'due_soon', 'not_reached', 'on_the_way'];

/**
 * Whom to call on next: those of the last list who still wait, in its order; then the most pressing and nearest of the others, each
 * after the one that is nearest to it.
 * @param {object} given
 * @param {T.Worklist[]} given.lists  kept; the first one is the list that was walked last, whose order stays
 * @param {(code: string) => boolean} given.done  whether somebody called since
 * @param {Place | null} given.start  where the walk begins
 * @param {number} given.limit  households at most
 * @returns {T.Worklist | null} null: nothing is kept
 */
export function ahead({ lists, done, start, limit }) {
  if (lists.length === 0) return null;
  const [first] = lists;
  /** @type {Map<string, T.Waiting>} */
  const left = new Map();
  const gone = new Set();
  for (const one of lists.flatMap(({ households }) => households)) {
    if (done(one.code)) gone.add(one.code);
    else if (!left.has(one.code)) left.set(one.code, one);
  }
  const waiting = Math.max(left.size, ...lists.map((list) => list.waiting - gone.size)); // a list names fewer than wait
  const at = (/** @type {T.Waiting} */ { lon, lat }) => /** @type {Place} */ ([lon, lat]);
  const listed = new Set(first.households.map(({ code }) => code));
  const walk = [...left.values()].filter(({ code }) => listed.has(code)).slice(0, limit);
  const others = [...left.values()].filter((one) => !walk.includes(one));
  let here = walk.length > 0 ? at(walk[walk.length - 1]) : start ?? (others.length > 0 ? at(others[0]) : null);
  const chosen = here === null ? [] : others
    .map((one) => ({ one, hurry: HURRY.indexOf(one.reason.kind), away: crow(/** @type {Place} */ (here), at(one)) }))
    .sort((a, b) => a.hurry - b.hurry || a.away - b.away).slice(0, limit - walk.length).map(({ one }) => one);
  while (chosen.length > 0 && here !== null) {
    let nearest = 0;
    for (let i = 1; i < chosen.length; i += 1) if (crow(here, at(chosen[i])) < crow(here, at(chosen[nearest]))) nearest = i;
    const [next] = chosen.splice(nearest, 1);
    walk.push(next);
    here = at(next);
  }
  let before = start;
  const households = walk.map((one) => {
    const leg = before === null ? 0 : Math.round(crow(before, at(one)));
    before = at(one);
    return { ...one, leg_m: leg };
  });
  const oldest = lists.map(({ as_of }) => as_of).toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];
  return { campaign: first.campaign, as_of: oldest, waiting, length_m: households.reduce((sum, { leg_m }) => sum + leg_m, 0), households };
}
