/** What others do meanwhile: households of the list for today that somebody else called on since it was made. */

import * as api from './api.js';

/** @import * as T from './types.js' */

const CHECK = 300; // the most that the service lists: whether a household of this list still waits
const GATHER_MS = 1_500; // between two checks

/**
 * @param {object} list
 * @param {() => boolean} list.on
 * @param {() => T.View} list.view
 * @param {{list: T.Worklist | null, logs: Map<string, import('./logged.js').Log>, seen: Map<string, import('./worklist.js').Seen>}} list.state  `seen` is filled
 * @param {(code: string) => boolean} list.settled
 * @param {() => void} list.show
 */
export function createMeanwhile({ on, view, state, settled, show }) {
  let waiting = 0;
  /** @type {Set<string>} areas in which something changed */
  const stirred = new Set();

  async function check() {
    waiting = 0;
    const list = state.list;
    if (!on() || list === null) return stirred.clear();
    const grounds = new Set(list.households.filter(({ code, area }) => area !== null && stirred.has(area) && !settled(code)).map(({ area }) => area));
    stirred.clear();
    try {
      for (const area of grounds) {
        const { waiting: all, households } = await api.worklist({ campaign: list.campaign, area, member: view().member, limit: CHECK });
        const still = new Set(households.map(({ code }) => code));
        const gone = list.households.filter((one) => one.area === area && !settled(one.code) && (!still.has(one.code) || all > CHECK));
        for (const { code } of gone) {
          const last = (await api.household(code)).visits.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
          if (last && last.at.slice(0, 10) >= list.as_of.slice(0, 10) && state.logs.get(code)?.id !== last.id) state.seen.set(code, last);
        }
      }
    } catch (error) {
      api.troubleOf(error); // the next change asks again
    }
    if (list === state.list && state.seen.size > 0) show();
  }

  return {
    /** @param {T.Change} change */
    changed(change) {
      if (!on() || state.list === null) return;
      for (const { area } of state.list.households) if (area !== null && (change.reset || change.areas.includes(area))) stirred.add(area);
      if (stirred.size > 0 && !waiting) waiting = window.setTimeout(() => void check(), GATHER_MS);
    },
  };
}
