/** The search: a field with a list that the keyboard walks. Says what was chosen; shows nothing else. */

import { search } from './api.js';
import { el, h } from './dom.js';
import { t, tn, word } from './i18n.js';

/** @import * as T from './types.js' */

const PAUSE_MS = 150; // after the last key

const field = /** @type {HTMLInputElement} */ (el('search'));
const list = el('found');

/** @param {(found: T.Found) => void} chosen */
export function startSearch(chosen) {
  /** @type {T.Found[]} */
  let found = [];
  let at = -1;
  let running = new AbortController();
  let pause = 0;

  const close = () => {
    running.abort();
    clearTimeout(pause);
    list.hidden = true;
    at = -1;
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
  };
  /** @param {T.Found} one */
  const choose = (one) => {
    field.value = '';
    close();
    field.blur();
    chosen(one);
  };
  const mark = () => {
    [...list.children].forEach((li, i) => li.setAttribute('aria-selected', String(i === at)));
    if (at < 0) return field.removeAttribute('aria-activedescendant');
    field.setAttribute('aria-activedescendant', `found-${at}`);
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  };
  /** @param {Node[]} items */
  const open = (...items) => {
    list.replaceChildren(...items);
    list.hidden = false;
    field.setAttribute('aria-expanded', 'true');
    mark();
  };
  const run = async () => {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    const text = field.value.trim();
    if (text === '') return close();
    try {
      found = await search(text, signal);
      if (signal.aborted) return;
      at = found.length ? 0 : -1;
      list.setAttribute('aria-label', `${t('search.results')}: ${tn('search.count', found.length)}`);
      if (found.length === 0) return open(h('li.hint', { role: 'status' }, t('search.none')));
      open(...found.map((one, i) => h('li', { role: 'option', id: `found-${i}`, onpointerdown: (/** @type {Event} */ e) => e.preventDefault(), onclick: () => choose(one) },
        h('span', null, one.name), h('small', null, [one.type === 'area' && one.level ? word('level', one.level) : t('search.household'), one.code === one.name ? '' : one.code].filter(Boolean).join(' · ')))));
    } catch {
      if (signal.aborted) return;
      found = [];
      open(h('li.hint', { role: 'alert' }, t('search.failed')));
    }
  };

  field.addEventListener('input', () => {
    clearTimeout(pause);
    pause = window.setTimeout(run, PAUSE_MS);
  });
  field.addEventListener('focus', () => { if (field.value.trim()) run(); });
  field.addEventListener('blur', close);
  field.addEventListener('keydown', async (event) => {
    if (event.key === 'Escape' && (!list.hidden || field.value)) {
      event.stopPropagation();
      event.preventDefault();
      field.value = '';
      close();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && found.length && !list.hidden) {
      event.preventDefault();
      at = (at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length;
      mark();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      clearTimeout(pause);
      if (list.hidden || !found.length) await run();
      if (found[at]) choose(found[at]);
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLElement && event.target.matches('input, select, textarea')) return;
    event.preventDefault();
    field.focus();
  });
}
