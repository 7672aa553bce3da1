/** What the page works out from the coverage rows. Pure. */

/** @import * as T from './types.js' */

/** @type {T.Level[]} from the whole to the smallest part */
export const LEVELS = ['county', 'township', 'village', 'grid'];

/** The smallest level that has areas, with figures if any has: what the map colours. @param {T.Row[]} rows @returns {T.Level} */
export const lowest = (rows) => LEVELS.findLast((level) => rows.some((row) => row.level === level && !row.held_back))
  ?? LEVELS.findLast((level) => rows.some((row) => row.level === level)) ?? 'grid';

/** The same, from how many areas each level has. @param {Record<T.Level, number>} levels @returns {T.Level} */
export const lowestOf = (levels) => LEVELS.findLast((level) => levels[level] > 0) ?? 'grid';

/** @param {T.Row[]} rows @param {T.Level} level */
export const ofLevel = (rows, level) => rows.filter((row) => row.level === level);

/** The whole: the sum over the uppermost level. @param {T.Row[]} rows @param {string} name @returns {T.Row | null} */
export function whole(rows, name) {
  const top = LEVELS.find((level) => rows.some((row) => row.level === level));
  if (!top) return null;
  const parts = ofLevel(rows, top);
  if (parts.length === 1) return parts[0];
  /** @type {T.Row} */
  const sum = { code: '', name, level: 'county', parent: null, eligible: 0, visited: 0, unvisited: 0, rate: null, by_outcome: /** @type {any} */ ({}) };
  if (parts.some((row) => row.held_back)) return { ...sum, held_back: true };
  if (parts[0].newest) Object.assign(sum, { oldest: parts[0].oldest, newest: parts[0].newest });
  for (const row of parts) {
    sum.eligible += row.eligible;
    sum.visited += row.visited;
    sum.unvisited += row.unvisited;
    for (const [outcome, n] of Object.entries(row.by_outcome)) sum.by_outcome[/** @type {T.Outcome} */ (outcome)] = (sum.by_outcome[/** @type {T.Outcome} */ (outcome)] ?? 0) + n;
  }
  sum.rate = sum.eligible ? sum.visited / sum.eligible : null;
  return sum;
}

/**
 * The campaign that a visitor is shown first: of those that run the one that began last; where none runs, of all that have begun.
 * None has begun: all visits.
 * @param {T.Campaign[]} campaigns @param {string} today  YYYY-MM-DD
 */
export function current(campaigns, today) {
  const last = (/** @type {T.Campaign[]} */ some) => some.filter((one) => one.from <= today).toSorted((a, b) => b.from.localeCompare(a.from) || b.id - a.id)[0];
  return (last(campaigns.filter(({ phase }) => phase === 'running')) ?? last(campaigns))?.id ?? null;
}

/** Most unvisited first, what is held back last; equals by code. @param {T.Row[]} rows */
export const byNeed = (rows) => rows.toSorted((a, b) => Number(a.held_back ?? false) - Number(b.held_back ?? false) || b.unvisited - a.unvisited || a.code.localeCompare(b.code));

/** @param {T.Row[]} rows */
export const belowHalf = (rows) => rows.filter((row) => row.rate !== null && row.rate < 0.5).length;

/** @param {T.Row} row @returns {{reached: number, tried: number, never: number}} adds up to the eligible households */
export function parts(row) {
  const called = Object.values(row.by_outcome).reduce((sum, n) => sum + n, 0); // eligible households only, each once
  const tried = Math.min(row.unvisited, Math.max(0, called - row.visited));
  return { reached: row.visited, tried, never: row.unvisited - tried };
}

/** The area itself and what it lies in, smallest first. @param {T.Row[]} rows @param {string | null} code */
export function chain(rows, code) {
  /** @type {T.Row[]} */
  const up = [];
  for (let next = code; next !== null && up.length < LEVELS.length;) {
    const row = rows.find((r) => r.code === next);
    if (!row) break;
    up.push(row);
    next = row.parent;
  }
  return up;
}

/** All areas of a level that lie in an area. @param {T.Row[]} rows @param {string} code @param {T.Level} level */
export function inside(rows, code, level) {
  const within = new Set([code]);
  for (const step of LEVELS) for (const row of rows) if (row.level === step && row.parent !== null && within.has(row.parent)) within.add(row.code);
  return rows.filter((row) => row.level === level && row.code !== code && within.has(row.code));
}

/**
 * The classes of the scale, read off the style that draws it.
 * @param {import('maplibre-gl').StyleSpecification} style
 * @returns {{classes: {color: string, from: number, to: number}[], none: string, held: string}}  `none`: nobody to visit; `held`: held back
 */
export function scale(style) {
  const layer = /** @type {any} */ (style.layers.find((l) => l.id === 'areas-fill'));
  const [, , [, , first, ...steps], , none, held] = layer.paint['fill-color'];
  const classes = [{ color: first, from: 0, to: 1 }];
  for (let i = 0; i < steps.length; i += 2) {
    classes[classes.length - 1].to = steps[i];
    classes.push({ color: steps[i + 1], from: steps[i], to: 1 });
  }
  return { classes, none, held };
}

/** How strongly the style fills areas at a zoom, 0 to 1. @param {import('maplibre-gl').StyleSpecification} style @param {number} zoom */
export function strength(style, zoom) {
  const layer = /** @type {any} */ (style.layers.find((l) => l.id === 'areas-fill'));
  const [, , , ...stops] = /** @type {number[]} */ (layer.paint['fill-opacity']); // interpolate, linear, zoom, then zoom and value by turns
  if (zoom <= stops[0]) return stops[1];
  for (let i = 2; i < stops.length; i += 2) {
    const [below, low, above, high] = stops.slice(i - 2, i + 2);
    if (zoom < above) return low + ((high - low) * (zoom - below)) / (above - below);
  }
  return stops[stops.length - 1];
}

/** How many rows fall in each class, then how many have nobody to visit, and last how many are held back. @param {T.Row[]} rows @param {{from: number}[]} classes */
export function countClasses(rows, classes) {
  const counts = new Array(classes.length + 2).fill(0);
  for (const row of rows) counts[row.held_back ? classes.length + 1 : row.rate === null ? classes.length : classes.findLastIndex((c) => /** @type {number} */ (row.rate) >= c.from)] += 1;
  return counts;
}
