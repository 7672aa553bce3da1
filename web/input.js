/** Buttons, links and keys that change what is seen. Decides where to go; going there is left to `go`. */

import * as address from './address.js';
import { el } from './dom.js';

/** @import * as T from './types.js' */

/**
 * @param {object} page
 * @param {() => T.View} page.view
 * @param {(change: Partial<T.View>, how?: {step?: boolean, fly?: boolean}) => void} page.go
 * @param {() => void} page.sign
 * @param {(token: string) => void} page.token  a link with a token was opened in this tab
 * @param {(link: string) => void} page.link  a one-time sign-in link was opened in this tab
 * @param {() => {zoomIn(): void, zoomOut(): void, focus(): void, jump(at: NonNullable<T.View['at']>): void} | null} page.map
 * @param {() => void} page.whole
 * @param {(back: boolean) => boolean} page.walk  undo or redo, where somebody draws
 */
export function listen({ view, go, sign, token, link, map, whole, walk }) {
  el('language').addEventListener('click', () => go({ lang: view().lang === 'zh' ? 'en' : 'zh' }, { step: false }));
  el('theme').addEventListener('click', () => go({ theme: view().theme === 'dark' ? 'light' : 'dark' }, { step: false }));
  el('account').addEventListener('click', sign);
  el('zoom-in').addEventListener('click', () => map()?.zoomIn());
  el('zoom-out').addEventListener('click', () => map()?.zoomOut());
  el('zoom-all').addEventListener('click', whole);
  el('home').addEventListener('click', (event) => {
    event.preventDefault();
    go({ area: null, household: null, plan: null, task: null, beside: null, split: false, rule: null, why: null, rates: null, figure: null, within: null, compare: [], today: false, member: null, ledger: false, teams: null, team: null, calendar: false }, { fly: true });
  });
  for (const skip of document.querySelectorAll('[data-skip]')) {
    skip.addEventListener('click', () => (skip.getAttribute('data-skip') === 'map' && map() ? map()?.focus() : el('panel-content').focus()));
  }

  // the panel's links are addresses, so they can be copied and opened in a new tab; a plain click stays on the page
  el('panel-content').addEventListener('click', (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest('a');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const { area, household, back, go: where } = link.dataset;
    if (where) go(JSON.parse(where), { fly: 'fly' in link.dataset });
    else if (household) go({ household }, { fly: true });
    else if (area) go({ area, household: null }, { fly: true });
    else if (back !== undefined) go({ area: back || null, household: null }, { fly: view().household === null });
  });

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (view().task !== null || view().today || view().calendar) return; // the drawing has the key: it lets go of a corner; the list closes its row
    if (view().why !== null) go({ why: null });
    else if (view().rule !== null) go({ rule: null }, { step: false });
    else if (view().split) go({ split: false });
    else if (view().household !== null) go({ household: null });
    else if (view().area !== null) go({ area: null });
  });

  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !/^[zy]$/i.test(event.key)) return;
    if (event.target instanceof HTMLElement && event.target.matches('input, select, textarea')) return;
    if (walk(event.key.toLowerCase() === 'z' && !event.shiftKey)) event.preventDefault();
  });

  addEventListener('popstate', () => {
    const now = address.here();
    if (now.token !== null) return token(now.token);
    if (now.link !== null) return link(now.link);
    go({ ...now.view, at: now.view.at ?? view().at }, { step: false });
    if (now.view.at) map()?.jump(now.view.at);
  });
}
