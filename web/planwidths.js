/** The widths of a street beside the place that was asked about, and what somebody measured in their place. */

import * as api from './api.js';
import { h } from './dom.js';
import { number, t } from './i18n.js';

/** @import * as T from './types.js' */

/** The widths of a street, as the service names them; the first three in metres. */
export const WIDTHS = /** @type {const} */ (['carriageway', 'left', 'right', 'lanes']);
/** @typedef {typeof WIDTHS[number]} Width */
const MOST = { carriageway: 100, left: 100, right: 100, lanes: 20 };

/**
 * @typedef {object} Measuring  what was measured of one street, before it is saved
 * @property {string} code
 * @property {Partial<Record<Width, string>>} values  as typed; empty: as the map says
 * @property {string} reason
 * @property {boolean} busy
 * @property {string} refused
 */

/** What a plan keeps of a street once the values are saved; null: nothing. @param {Measuring['values']} values */
function measured(values) {
  const kept = Object.fromEntries(WIDTHS.filter((name) => values[name]).map((name) => [name, Number(values[name])]));
  return Object.keys(kept).length > 0 ? kept : null;
}

/**
 * What a planner does with the widths of a street.
 * @param {object} desk
 * @param {{plan: T.Plan | null, etag: string | null, measuring: Measuring | null, unfolded: string | null}} desk.state
 * @param {(change: Partial<T.PlanInput>, match: string | null) => Promise<void>} desk.change
 * @param {() => void} desk.redraw
 */
export const measuring = ({ state, change, redraw }) => ({
  unfold(/** @type {string | null} */ code) {
    state.unfolded = code;
  },
  open(/** @type {T.WhyStreet} */ street) {
    const kept = state.plan?.widths?.[street.code] ?? {};
    const values = Object.fromEntries(WIDTHS.filter((name) => name in kept).map((name) => [name, String(street.widths[name].value)]));
    state.measuring = { code: street.code, values, reason: '', busy: false, refused: '' };
    redraw();
  },
  type(/** @type {Partial<Measuring>} */ typed) {
    if (state.measuring) Object.assign(state.measuring, typed);
  },
  close() {
    state.measuring = null;
    redraw();
  },
  async save() {
    const form = state.measuring;
    if (!form || form.busy || !state.plan) return;
    Object.assign(form, { busy: true, refused: '' });
    redraw();
    try {
      const { [form.code]: _, ...others } = state.plan.widths ?? {};
      const own = measured(form.values);
      await change({ widths: own ? { ...others, [form.code]: own } : others, rules_text: await api.planRules(state.plan.id), reason: form.reason }, state.etag);
      state.measuring = null;
    } catch (error) {
      Object.assign(form, { busy: false, refused: error instanceof api.Problem && error.status === 400 ? error.message : t(`trouble.${api.troubleOf(error)}`) });
    }
    redraw();
  },
});

/**
 * @param {T.WhyStreet} street @param {Measuring | null} form @param {boolean} shown  whether they are unfolded @param {boolean} may
 * @param {{unfold(code: string | null): void, open(street: T.WhyStreet): void, type(change: Partial<Measuring>): void, save(): void, close(): void}} acts
 */
export function widthsPart(street, form, shown, may, acts) {
  const told = (/** @type {Width} */ name) => `${number(street.widths[name].value)}${name === 'lanes' ? '' : ' m'}`;
  const text = (/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).value;
  const list = h('dl.figures', null, ...WIDTHS.flatMap((name) => [
    h('dt', null, t(`width.${name}`)),
    h('dd', { 'data-width': name, 'data-known': street.widths[name].known }, told(name), ' ', h('small', null, t(`known.${street.widths[name].known}`)))]));
  const open = form?.code === street.code;
  const field = (/** @type {Width} */ name) => h('label.field', null, h('span', null, t(`width.${name}`)),
    h('input', { type: 'number', id: `width-${name}`, 'data-key': `width-${name}`, min: name === 'carriageway' ? 0.1 : 0, max: MOST[name], step: name === 'lanes' ? 1 : 0.01, inputmode: 'decimal', placeholder: told(name), value: form?.values[name] ?? '',
      oninput: (/** @type {Event} */ e) => acts.type({ values: { ...form?.values, [name]: text(e) } }) }));
  return h('details.widths', { 'data-key': 'widths', open: open || shown, ontoggle: (/** @type {Event} */ e) => acts.unfold(/** @type {HTMLDetailsElement} */ (e.target).open ? street.code : null) }, h('summary', { 'data-key': 'widths-head' }, t('widths')),
    ...(open ? [h('form', { id: 'measure', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); acts.save(); } },
      h('p.hint', null, t('widths.help')),
      h('div.pair', null, ...WIDTHS.map(field)),
      h('label.field', null, h('span', null, t('reason')), h('input', { id: 'width-reason', 'data-key': 'width-reason', maxlength: 200, required: true, autocomplete: 'off', value: form?.reason ?? '', oninput: (/** @type {Event} */ e) => acts.type({ reason: text(e) }) })),
      form?.refused && h('p.said', { role: 'alert' }, form.refused),
      h('p.acts', null, h('button.primary', { type: 'submit', 'data-key': 'width-save', disabled: form?.busy }, t('save')), h('button.act', { type: 'button', 'data-key': 'width-close', onclick: acts.close }, t('widths.leave'))))]
      : [list, may && h('p.acts', null, h('button.act', { type: 'button', 'data-key': 'width-open', onclick: () => acts.open(street) }, t('widths.measure')))]));
}
