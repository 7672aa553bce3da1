/** One question in a small dialog: yes, with a reason if one is needed, or no. */

import { el, h } from './dom.js';
import { t } from './i18n.js';

/**
 * @param {{title: string, text: string, yes: string, no: string, reason: boolean}} said
 * @returns {Promise<string | null>} the reason, empty where none is asked for; null: no
 */
export function ask({ title, text, yes, no, reason }) {
  const dialog = /** @type {HTMLDialogElement} */ (el('ask'));
  const field = /** @type {HTMLInputElement} */ (h('input', { id: 'ask-reason', required: true, maxlength: 500, autocomplete: 'off' }));
  return new Promise((answer) => {
    let said = /** @type {string | null} */ (null);
    dialog.replaceChildren(h('form', { method: 'dialog', onsubmit: () => { said = field.value.trim(); } },
      h('h2', { id: 'ask-title' }, title), h('p', null, text),
      reason && h('label', null, h('span', null, t('reason.why')), field),
      h('div.buttons', null, h('button.quiet', { type: 'button', id: 'ask-no', onclick: () => dialog.close() }, no), h('button.primary', { type: 'submit', id: 'ask-yes' }, yes))));
    dialog.addEventListener('close', () => answer(said), { once: true });
    dialog.showModal();
  });
}
