/** What is worked out of the weeks of a campaign: shares, the scale that all drawings share, their lines. Pure. */

/** @import * as T from './types.js' */

/** Units of a drawing, and around its lines, so that their ends are whole. */
export const [WIDE, HIGH, PAD] = [100, 56, 3];

/** Shares by week; nothing where nobody counts. @param {T.Grown} grown */
export const shares = ({ eligible, reached }) => (eligible === 0 ? [] : reached.map((n) => n / eligible));

/** The line of shares from 0 at the start of the first week. @param {number[]} of  0 to 1 @param {number} most  the top of the scale */
export function path(of, most) {
  const at = (/** @type {number} */ i, /** @type {number} */ share) => `${(PAD + (i / Math.max(1, of.length)) * (WIDE - 2 * PAD)).toFixed(1)} ${(HIGH - PAD - (share / most) * (HIGH - 2 * PAD)).toFixed(1)}`;
  return of.length === 0 ? '' : `M${[at(0, 0), ...of.map((share, i) => at(i + 1, share))].join('L')}`;
}

/** The top of the scale that all drawings share: the next ten per cent. @param {T.Weeks} weeks */
export const top = ({ areas, overall }) => Math.max(0.1, Math.ceil(Math.max(...[overall, ...areas].flatMap(shares), 0) * 10 - 1e-9) / 10);
