/**
 * One at a time in all tabs of a browser: who signs in or out, and who sends what was logged. A visit is then never sent while
 * somebody else's session begins.
 */

/** One for each place of the service. */
const name = () => `melonmap:${new URL('.', document.baseURI).pathname}:turn`;

/** What runs in this tab, where the browser knows no locks. @type {Promise<unknown>} */
let last = Promise.resolve();

/** Does it when all who came before are done. @template R @param {() => Promise<R>} act @returns {Promise<R>} */
export function turn(act) {
  if (navigator.locks) return /** @type {Promise<any>} */ (navigator.locks.request(name(), act));
  const mine = last.then(act, act);
  last = mine.catch(() => {});
  return mine;
}
