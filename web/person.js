/** Who asks: told by a one-time link that was opened, or by what the browser holds. Touches neither page nor map. */

import * as api from './api.js';
import { useLink } from './sign.js';

/** @import * as T from './types.js' */

/**
 * @param {string | null} opened  a link that has not been used yet
 * @param {(me: T.Me, trouble: T.Trouble | null) => void} tell  who asks, and what was wrong with how they asked
 */
export function createPerson(opened, tell) {
  let link = opened;

  /** @returns {Promise<T.Trouble | null>} what is wrong with the link that was opened, if there was one */
  async function takeLink() {
    if (link === null) return null;
    const good = await useLink(link); // throws where nobody answers: the next try takes it again
    link = null;
    return good ? null : 'link';
  }

  return {
    /** Another link was opened. @param {string} next */
    open: (next) => { link = next; },

    async read() {
      if (api.leaving()) await api.endSession();
      const refused = await takeLink();
      try {
        tell(await api.me(), refused);
      } catch (error) {
        if (!(error instanceof api.Problem && error.status === 401)) throw error;
        await api.signOut(); // an old token or cookie must not stand in the way of what everybody may see
        tell(await api.me(), 'expired');
      }
    },
  };
}
