/** Signing in and out: one small dialog. The token itself is kept by `api.js`. */

import * as api from './api.js';
import { el, h } from './dom.js';
import { t, word } from './i18n.js';

/** @import * as T from './types.js' */

const dialog = /** @type {HTMLDialogElement} */ (el('sign'));

/** @param {T.Me | null} me @param {() => Promise<void>} changed  somebody else asks from now on */
export function openSign(me, changed) {
  dialog.replaceChildren(me && me.role !== 'public' ? signedIn(me, changed) : signIn(changed));
  dialog.showModal();
}

dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });

const close = () => h('button.quiet', { type: 'button', onclick: () => dialog.close() }, t('sign.close'));

/** @param {T.Me} me @param {() => Promise<void>} changed */
const signedIn = (me, changed) => h('div', null,
  h('h2', { id: 'sign-title' }, t('sign.as', { name: me.name || word('role', me.role) })),
  h('p', null, word('role', me.role), me.areas.length > 0 && h('small', null, t('sign.areas', { areas: me.areas.join(' ') }))),
  h('div.buttons', null, close(), h('button.primary', { type: 'button', id: 'sign-out', onclick: () => {
    api.setToken(null);
    dialog.close();
    changed();
  } }, t('sign.out'))));

/** @param {() => Promise<void>} changed */
function signIn(changed) {
  const field = /** @type {HTMLInputElement} */ (h('input', { id: 'token', type: 'password', autocomplete: 'off', required: true, spellcheck: 'false' }));
  const said = h('p.said', { role: 'alert' });
  return h('form', { method: 'dialog', onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    // a whole sign-in link may be pasted as well
    const token = /[#&]token=([^&]+)/.exec(field.value)?.[1] ?? field.value;
    api.setToken(decodeURIComponent(token.trim()));
    try {
      await api.me();
      dialog.close();
      await changed();
    } catch (error) {
      api.setToken(null);
      said.textContent = t(error instanceof api.Problem && error.status === 401 ? 'sign.wrong' : 'sign.failed');
      field.select();
    }
  } },
  h('h2', { id: 'sign-title' }, t('sign.title')),
  h('p', null, t('sign.help')),
  h('label', null, h('span', null, t('sign.token')), field),
  said,
  h('div.buttons', null, close(), h('button.primary', { type: 'submit' }, t('sign.do'))));
}
