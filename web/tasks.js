/** The tasks beside the households: plans, rates, the list for today. One at a time has panel, legend, map and paper; all hear what moves and changes. */

/** @import * as T from './types.js' */

/**
 * @typedef {object} Task  what a task answers to; what it has nothing to say to, it leaves out
 * @property {(view: T.View) => boolean} open  whether this view is the task's
 * @property {() => HTMLElement} render
 * @property {(style: import('maplibre-gl').StyleSpecification | null) => void} legend  `style`: null until it is read
 * @property {() => unknown} read  at the start, for another person, and after trouble
 * @property {(was: T.View) => void} moved  the view changed
 * @property {(change: T.Change) => void} [changed]  what the service holds changed
 * @property {() => void} [tend]  once there is a map to draw on
 * @property {(one: import('./map.js').Picked) => boolean} [picked]  something on the map was picked; whether that was the task's
 * @property {(code: string | null) => void} [pointed]  an area on the map is pointed at
 * @property {() => Promise<[number, number, number, number] | null>} [bounds]  what it is about
 * @property {() => HTMLElement[] | null} [sheets]  of paper, instead of the map's
 * @property {() => number} [unsaved]  how much would be lost with the page
 */

/** @param {Task[]} all */
export function createTasks(all) {
  /** The one whose view it is; null: the households have it. @param {T.View} view */
  const front = (view) => all.find((task) => task.open(view)) ?? null;
  return {
    front,
    read: () => all.forEach((task) => void task.read()),
    tend: () => all.forEach((task) => task.tend?.()),
    /** @param {T.View} was */
    moved: (was) => all.forEach((task) => task.moved(was)),
    /** @param {T.Change} change */
    changed: (change) => all.forEach((task) => task.changed?.(change)),
    /** @param {string | null} code */
    pointed: (code) => all.forEach((task) => task.pointed?.(code)),
    /** @param {T.View} view @param {import('./map.js').Picked} one */
    picked: (view, one) => front(view)?.picked?.(one) ?? false,
    /** @param {T.View} view */
    sheets: (view) => front(view)?.sheets?.() ?? null,
    unsaved: () => all.reduce((sum, task) => sum + (task.unsaved?.() ?? 0), 0),
  };
}
