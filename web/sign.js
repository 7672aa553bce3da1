/** Signing in and out: one small dialog. A token is kept by `api.js`, a session's cookie by the browser. */

import * as api from './api.js';
import { el, h } from './dom.js';
import { t, word } from './i18n.js';

/** @import * as T from './types.js' */

const dialog = /** @type {HTMLDialogElement} */ (el('sign'));

/**
 * @param {T.Me | null} me @param {() => Promise<void>} changed  somebody else asks from now on
 * @param {() => Promise<boolean>} leave  signs out; false: the person stays
 */
export function openSign(me, changed, leave) {
  dialog.replaceChildren(me && me.role !== 'public' ? signedIn(me, changed, leave) : signIn(changed));
  dialog.showModal();
}

dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });

const close = () => h('button.quiet', { type: 'button', onclick: () => dialog.close() }, t('sign.close'));

/** @param {T.Me} me @param {() => Promise<void>} changed @param {() => Promise<boolean>} leave */
const signedIn = (me, changed, leave) => h('div', null,
  h('h2', { id: 'sign-title' }, t('sign.as', { name: me.name || word('role', me.role) })),
  h('p', null, word('role', me.role), me.areas.length > 0 && h('small', null, t('sign.areas', { areas: me.areas.join(' ') }))),
  api.bySession() && h('details.other', null, h('summary', null, t('sign.change')), password(changed)),
  h('div.buttons', null, close(), h('button.primary', { type: 'button', id: 'sign-out', onclick: async () => {
    dialog.close();
    if (await leave()) await changed();
  } }, t('sign.out'))));

/**
 * A form that signs in, or says in words why not.
 * @param {string} id @param {HTMLInputElement[]} fields @param {() => Promise<unknown>} enter @param {(problem: api.Problem) => string} refusal
 * @param {() => Promise<void>} changed @param {(Node | null)[]} rest
 */
function form(id, fields, enter, refusal, changed, rest) {
  const said = h('p.said', { role: 'alert' });
  return h('form', { id, method: 'dialog', onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    said.textContent = '';
    try {
      await enter();
      dialog.close();
      await changed();
    } catch (error) {
      said.textContent = error instanceof api.Problem && [400, 401, 429].includes(error.status) ? refusal(error) : t('sign.failed');
      fields.at(-1)?.select();
    }
  } }, ...rest, ...fields.map((field) => h('label', null, h('span', null, field.title), field)), said);
}

/** @param {string} id @param {string} title @param {Record<string, any>} props @returns {HTMLInputElement} */
const input = (id, title, props) => /** @type {HTMLInputElement} */ (h('input', { id, title, required: true, spellcheck: 'false', autocapitalize: 'none', ...props }));

/** @param {() => Promise<void>} changed */
function signIn(changed) {
  const name = input('name', t('sign.name'), { autocomplete: 'username', maxlength: 64 });
  const password = input('password', t('sign.password'), { type: 'password', autocomplete: 'current-password' });
  const secret = input('token', t('sign.token'), { type: 'password', autocomplete: 'off' });
  const people = form('sign-password', [name, password], () => api.signIn({ name: name.value.trim(), password: password.value }),
    (problem) => (problem.status === 429 ? t('sign.slow', { seconds: String(problem.wait) }) : t('sign.wrong.password')), changed,
    [h('h2', { id: 'sign-title' }, t('sign.title')), h('p', null, t('sign.help'))]);
  people.append(h('div.buttons', null, close(), h('button.primary', { type: 'submit' }, t('sign.do'))));
  const programs = form('sign-token', [secret], () => bySecret(secret.value), () => t(linkIn(secret.value) ? 'sign.wrong.link' : 'sign.wrong'), changed,
    [h('p', null, t('sign.token.help'))]);
  programs.append(h('div.buttons', null, h('button', { type: 'submit' }, t('sign.do'))));
  return h('div', null, people, h('details.other', null, h('summary', null, t('sign.by.token')), programs));
}

/** Changes the password. @param {() => Promise<void>} changed */
function password(changed) {
  const old = input('old', t('sign.old'), { type: 'password', autocomplete: 'current-password', required: false });
  const next = input('new', t('sign.new'), { type: 'password', autocomplete: 'new-password', minlength: 12 });
  /** @param {api.Problem} problem */
  const refusal = (problem) => {
    if (problem.status === 429) return t('sign.slow', { seconds: String(problem.wait) });
    if (problem.status === 401) return t('trouble.expired');
    return t(problem.field === 'old' ? 'sign.wrong.old' : 'sign.wrong.new');
  };
  const made = form('sign-change', [old, next], () => api.changePassword(old.value, next.value), refusal, changed, [h('p', null, t('sign.change.help'))]);
  made.append(h('div.buttons', null, h('button', { type: 'submit' }, t('sign.change.do'))));
  return made;
}

/** Signs in by a one-time link. @param {string} link @returns {Promise<boolean>} false: it opens nothing any more */
export async function useLink(link) {
  try {
    await api.signIn({ link });
    return true;
  } catch (error) {
    if (error instanceof api.Problem && error.status === 401) return false;
    throw error;
  }
}

/** A one-time link, whole or its secret alone. @param {string} text */
const linkIn = (text) => /[#&]link=([^&\s]+)/.exec(text)?.[1] ?? /^\s*(ml_\w+)\s*$/.exec(text)?.[1] ?? null;

/** A token or a link, as it was pasted. @param {string} text */
async function bySecret(text) {
  const link = linkIn(text);
  if (link !== null) return api.signIn({ link: decodeURIComponent(link) });
  const token = /[#&]token=([^&\s]+)/.exec(text)?.[1] ?? text;
  api.setToken(decodeURIComponent(token.trim()));
  try {
    await api.me();
  } catch (error) {
    api.setToken(null);
    throw error;
  }
}
