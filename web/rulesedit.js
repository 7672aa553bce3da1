/** The rules of a plan as text: lines with numbers, checked while they are written, saved with a reason. A living piece: it keeps itself. */

import { h } from './dom.js';
import { t, tn } from './i18n.js';
import * as api from './api.js';

/** @import * as T from './types.js' */

const PAUSE_MS = 350; // after the last key

/**
 * @param {string} text @param {string} written  what stands there instead, not saved yet
 * @param {object} on
 * @param {(text: string) => void} on.changed
 * @param {(text: string, reason: string) => Promise<void>} on.save  throws what the service refused
 * @returns {HTMLElement}
 */
export function rulesEditor(text, written, on) {
  let running = new AbortController();
  let pause = 0;
  /** @type {Set<number>} */
  let wrong = new Set();
  const numbers = h('pre.numbers', { 'aria-hidden': 'true' });
  const area = /** @type {HTMLTextAreaElement} */ (h('textarea', { id: 'rules-text', 'data-key': 'rules-text', spellcheck: 'false', autocapitalize: 'none', autocomplete: 'off', wrap: 'off', 'aria-label': t('rules.text'), 'aria-describedby': 'rules-said' }));
  area.value = written;
  const list = h('div.faults', { id: 'rules-said', role: 'status' });
  const reason = /** @type {HTMLInputElement} */ (h('input', { id: 'rules-reason', 'data-key': 'rules-reason', maxlength: 500, required: true, autocomplete: 'off' }));
  const save = /** @type {HTMLButtonElement} */ (h('button.primary', { type: 'submit', id: 'rules-save', 'data-key': 'rules-save', disabled: true }, t('save')));
  const mark = h('span.unsaved', { hidden: true }, t('rules.unsaved'));

  const count = () => {
    const lines = area.value.split('\n').length;
    numbers.replaceChildren(...Array.from({ length: lines }, (_, i) => h('span', { class: wrong.has(i + 1) ? 'wrong' : '' }, `${i + 1}\n`)));
    numbers.scrollTop = area.scrollTop;
    mark.hidden = area.value === text;
    save.disabled = area.value === text || wrong.size > 0;
  };
  /** @param {number} line */
  const goTo = (line) => {
    const before = area.value.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(before, before + (area.value.split('\n')[line - 1] ?? '').length);
    area.scrollTop = Math.max(0, (line - 4) * Number.parseFloat(getComputedStyle(area).lineHeight));
  };
  /** @param {T.Fault[]} faults */
  const tellFaults = (faults) => {
    wrong = new Set(faults.map(({ line }) => line));
    list.replaceChildren(h('p.said', null, tn('rules.wrong', faults.length)), h('ul', null, ...faults.map(({ line, key, reason: why }) =>
      h('li', { 'data-line': line }, h('button.more', { type: 'button', onclick: () => goTo(line) }, t('rules.line', { line: String(line) })), h('span', null, key && h('code', null, key), ' ', why)))));
    count();
  };
  const check = async () => {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      const set = await api.checkRules(area.value, signal);
      if (signal.aborted) return;
      wrong = new Set();
      list.replaceChildren(h('p.fine', null, tn('rules.fine', set.rules.length)));
      count();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof api.Problem && error.faults.length) return tellFaults(error.faults);
      if (error instanceof api.Problem && error.status === 400) return tellFaults([{ line: 1, key: error.field, reason: error.message }]);
      list.replaceChildren(h('p.said', null, t(`trouble.${api.troubleOf(error)}`)));
    }
  };
  area.addEventListener('input', () => {
    on.changed(area.value);
    count();
    clearTimeout(pause);
    pause = window.setTimeout(check, PAUSE_MS);
  });
  area.addEventListener('scroll', () => { numbers.scrollTop = area.scrollTop; });
  const form = h('form.rules', { onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    save.disabled = true;
    try {
      await on.save(area.value, reason.value.trim());
    } catch (error) {
      if (error instanceof api.Problem && error.faults.length) tellFaults(error.faults);
      else list.replaceChildren(h('p.said', { role: 'alert' }, error instanceof api.Problem && error.status === 412 ? t('rules.clash') : error instanceof api.Problem && error.status === 400 ? error.message : t(`trouble.${api.troubleOf(error)}`)));
      save.disabled = false;
    }
  } },
  h('div.code', null, numbers, area), list,
  h('label.field', null, h('span', null, t('reason.why')), reason),
  h('p.acts', null, save, mark));
  count();
  void check();
  return form;
}
