/** The one panel: beside the map, on a phone a sheet at the bottom. Holds a view, the notice above it, and what has focus. */

import { el, h } from './dom.js';
import { t } from './i18n.js';

const STEPS = /** @type {const} */ (['peek', 'half', 'full']);
const LEGEND_WIDE = 240; // pixels that the legend takes beside the panel, with its margins
const LEAST = 160; // pixels between panel and legend that are worth aiming at
const SOURCES = 36; // pixels of the sources above the sheet, and of air
const LEGEND = 100; // pixels that the closed legend takes on a phone, until it stands there
const NARROW = matchMedia('(max-width: 719px)');

const panel = el('panel');
const content = el('panel-content');
const handle = el('handle');
const notice = el('notice');

export const narrow = () => NARROW.matches;
export const onShape = (/** @type {() => void} */ act) => NARROW.addEventListener('change', act);

/** Pixels of the map that bar, panel, sheet and legend hide. */
export function hidden() {
  const top = el('map').getBoundingClientRect();
  if (!narrow()) {
    const left = panel.getBoundingClientRect().right;
    return { left, right: top.width - left - LEGEND_WIDE < LEAST ? 0 : LEGEND_WIDE, top: 0, bottom: 0 };
  }
  const step = panel.dataset.sheet === 'full' ? 0.5 : Math.min(0.6, sheetHeight(panel.dataset.sheet ?? 'half') / top.height);
  const legend = el('legend').getBoundingClientRect();
  return { left: 0, right: 0, top: Math.min(legend.height ? legend.bottom - top.top : LEGEND, top.height * 0.25), bottom: top.height * step + SOURCES };
}

/**
 * Puts a view in place of the last one. The same view again keeps focus, open details and scroll.
 * @param {HTMLElement} next
 */
export function put(next) {
  const last = /** @type {HTMLElement | null} */ (content.firstElementChild);
  if (last === next) return; // a piece that keeps itself
  const same = last?.dataset.view === next.dataset.view;
  const active = document.activeElement;
  const focused = (active instanceof HTMLElement || active instanceof SVGElement) && content.contains(active) ? active : null;
  const key = focused?.dataset.key;
  if (same && last) {
    for (const open of last.querySelectorAll('details[open]')) next.querySelector(`details[data-key="${/** @type {HTMLElement} */ (open).dataset.key}"]`)?.setAttribute('open', '');
    for (const figure of last.querySelectorAll('[data-figure="unvisited"]')) {
      const now = next.querySelector('[data-figure="unvisited"]');
      if (now && now.textContent !== figure.textContent) now.classList.add('moved');
    }
  }
  const scroll = content.scrollTop;
  content.replaceChildren(next);
  content.scrollTop = same ? scroll : 0;
  const again = key && [...content.querySelectorAll('[data-key]')].find((e) => /** @type {HTMLElement} */ (e).dataset.key === key);
  if (again instanceof HTMLElement || again instanceof SVGElement) {
    if (focused instanceof HTMLInputElement && again instanceof HTMLInputElement && again.value !== focused.value) again.value = focused.value; // half typed
    again.focus({ preventScroll: true });
  }
  else if (focused) /** @type {HTMLElement | null} */ (content.querySelector('h1') ?? content)?.focus({ preventScroll: true });
}

/** @param {{said: string, next: string, button: string, act: () => void, close: () => void} | null} told */
export function tell(told) {
  notice.hidden = told === null;
  if (told === null) return notice.replaceChildren();
  const text = `${told.said} ${told.next}`;
  if (notice.dataset.text === text && notice.firstChild) return;
  notice.dataset.text = text;
  notice.replaceChildren(h('p', null, h('b', null, told.said), ' ', told.next), h('button.act', { type: 'button', onclick: told.act }, told.button),
    h('button.close', { type: 'button', 'aria-label': t('sign.close'), onclick: told.close }, '×'));
}

/** @param {string} step */
function sheetHeight(step) {
  const all = window.innerHeight;
  return step === 'peek' ? 148 : step === 'half' ? all * 0.46 : all - 64;
}

/** @param {'peek' | 'half' | 'full'} step */
export function sheet(step) {
  panel.dataset.sheet = step;
  panel.style.removeProperty('--drag');
  label();
}

export function label() {
  const more = panel.dataset.sheet !== 'full';
  handle.setAttribute('aria-label', t(more ? 'panel.bigger' : 'panel.smaller'));
  handle.setAttribute('aria-expanded', String(panel.dataset.sheet !== 'peek'));
}

/** Lets the sheet be dragged, or stepped by its handle. */
export function start() {
  let from = 0;
  let height = 0;
  let dragged = false;
  handle.addEventListener('pointerdown', (event) => {
    from = event.clientY;
    height = panel.getBoundingClientRect().height;
    dragged = false;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener('pointermove', (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    dragged ||= Math.abs(event.clientY - from) > 6;
    if (dragged) panel.style.setProperty('--drag', `${Math.max(100, height + from - event.clientY)}px`);
  });
  handle.addEventListener('pointerup', () => {
    if (!dragged) return;
    const now = panel.getBoundingClientRect().height;
    sheet(STEPS.toSorted((a, b) => Math.abs(sheetHeight(a) - now) - Math.abs(sheetHeight(b) - now))[0]);
  });
  handle.addEventListener('click', () => {
    if (dragged) return (dragged = false);
    const at = STEPS.indexOf(/** @type {any} */ (panel.dataset.sheet));
    sheet(at === 2 ? 'peek' : STEPS[at + 1]);
  });
  content.addEventListener('keydown', walk);
}

/** Up and down go through the rows of a list. @param {KeyboardEvent} event */
function walk(event) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const link = /** @type {HTMLElement} */ (event.target).closest('tbody a, ol a');
  if (!link) return;
  const links = [...(link.closest('tbody, ol')?.querySelectorAll('a') ?? [])];
  const next = links[links.indexOf(/** @type {HTMLAnchorElement} */ (link)) + (event.key === 'ArrowDown' ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
