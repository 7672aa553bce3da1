/** The form of a campaign: founding one, with its target and how many that is, or changing one. Elements only. */

import { h } from './dom.js';
import { ofLevel } from './figures.js';
import { t, tn, word } from './i18n.js';

/** @import * as T from './types.js' */
/** @import { Form } from './campaignfigures.js' */
/** @import { Task } from './campaigns.js' */

/** Where the form shows what the service refused; what is none of these stands below. */
const FIELDS = ['name', 'theme', 'from', 'to', 'revisit_days', 'need_days'];
const KINDS = /** @type {const} */ (['all', 'area', 'filter']);
const MOST_AREAS = 200; // of one level, in a list to choose from
const MOST_DAYS = 3650;

/** @param {Event} event */
const value = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** @param {import('./views.js').Known} known @param {Form} form @param {boolean} busy @param {Task['acts']} acts */
export function campaignForm({ rows, campaigns }, form, busy, acts) {
  const was = campaigns.find(({ id }) => id === form.id);
  const { refused } = form;
  const elsewhere = refused !== null && !FIELDS.includes(refused.field);
  /** @param {string} name @param {any} label @param {Record<string, any>} props @param {any} [help] */
  const field = (name, label, props, help) => {
    const wrong = refused?.field === name;
    return h('label.field', null, h('span', null, t(label)),
      h('input', { id: `campaign-${name}`, 'data-key': `campaign-${name}`, autocomplete: 'off', value: /** @type {any} */ (form)[name], 'aria-invalid': wrong ? 'true' : null, 'aria-describedby': wrong ? `campaign-${name}-said` : null,
        oninput: (/** @type {Event} */ event) => acts.fill({ [name]: value(event) }), ...props }),
      help && h('small', null, t(help)),
      wrong && h('small.said', { id: `campaign-${name}-said`, role: 'alert' }, refused.said));
  };
  const days = { type: 'number', min: 1, max: MOST_DAYS, step: 1, inputmode: 'numeric' };
  return h('form.found', { id: 'campaign-form', novalidate: true, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void acts.save(); } },
    h('h2', null, was ? t('campaigns.change.of', { name: was.name }) : t('campaigns.found')),
    field('name', 'campaigns.name', { maxlength: 200, required: true }),
    field('theme', 'campaigns.theme', { maxlength: 200 }),
    h('div.pair', null, field('from', 'campaigns.from', { type: 'date', required: true, disabled: form.begun }), field('to', 'campaigns.to', { type: 'date', required: true })),
    form.begun && h('p.hint', null, t('campaigns.begun')),
    h('div.pair', null, field('revisit_days', 'campaigns.revisit.after', days, 'campaigns.revisit.help'), field('need_days', 'campaigns.need.after', days, 'campaigns.need.help')),
    form.id === null && target(rows ?? [], form, elsewhere, acts),
    elsewhere && form.id !== null && h('p.said', { role: 'alert' }, refused.said),
    h('p.acts', null,
      h('button.primary', { type: 'submit', 'data-key': 'save', disabled: busy || (form.id === null && (form.count === 0 || (form.kind === 'area' && form.area === ''))), 'aria-busy': String(busy) }, t(busy ? 'campaigns.saving' : form.id === null ? 'campaigns.found.do' : 'campaigns.save')),
      h('button.act', { type: 'button', 'data-key': 'leave', onclick: acts.leave }, t('campaigns.leave'))));
}

/** Whom it is to reach. @param {T.Row[]} rows @param {Form} form @param {boolean} wrong @param {Task['acts']} acts */
function target(rows, form, wrong, acts) {
  const { kind, count, countFailed, refused } = form;
  const levels = /** @type {T.Level[]} */ (['township', 'village', 'grid']).map((level) => ({ level, some: ofLevel(rows, level) })).filter(({ some }) => some.length > 0 && some.length <= MOST_AREAS);
  const said = wrong ? refused?.said ?? '' : countFailed;
  const describes = { 'aria-invalid': wrong || countFailed !== '' ? 'true' : null, 'aria-describedby': 'campaign-count' };
  return h('fieldset.target', null, h('legend', null, t('campaigns.target')),
    ...KINDS.map((one) => h('label.check', null, h('input', { type: 'radio', name: 'campaign-target', value: one, checked: kind === one, 'data-key': `target-${one}`, onchange: () => acts.fill({ kind: one }) }), h('span', null, t(`campaigns.target.${one}`)))),
    kind === 'area' && h('label.field', null, h('span', null, t('campaigns.target.which')),
      h('select', { id: 'campaign-area', 'data-key': 'campaign-area', ...describes, onchange: (/** @type {Event} */ event) => acts.fill({ area: value(event) }) },
        h('option', { value: '', selected: form.area === '' }, t('today.pick')),
        ...levels.map(({ level, some }) => h('optgroup', { label: word('level', level) }, ...some.map(({ code, name }) => h('option', { value: code, selected: code === form.area }, name)))))),
    kind === 'filter' && h('label.field', null, h('span', null, t('campaigns.target.rule')),
      h('input', { id: 'campaign-filter', 'data-key': 'campaign-filter', spellcheck: 'false', autocomplete: 'off', placeholder: 'persons >= 3', value: form.filter, ...describes, oninput: (/** @type {Event} */ event) => acts.fill({ filter: value(event) }) }),
      h('small', null, t('campaigns.target.rule.help'))),
    h('p', { id: 'campaign-count', class: said !== '' ? 'said' : 'count', role: 'status', 'data-count': typeof count === 'number' ? count : null },
      said !== '' ? said : count === 'asking' ? t('campaigns.counting') : count === null ? '' : count === 0 ? t('campaigns.count.none') : tn('campaigns.count', count)));
}
