/** The part of the ledger's view that keeps an office's own layout: read off its workbook, confirmed by a person. */

import { h } from './dom.js';
import { t } from './i18n.js';
import { areaOf, chooseFile, fieldName } from './ledgerviews.js';

/** @import * as T from './types.js' */
/** @import { Task } from './ledger.js' */

/** @type {T.LedgerField[]} */
const FIELDS = ['number', 'code', 'area', 'area_name', 'address', 'persons', 'status', 'contact', 'needs', 'called_on', 'outcome', 'caller', 'blank'];

/** @param {import('./views.js').Known} known @param {Task} task */
export function layoutPart(known, { state, acts }) {
  const area = areaOf(known);
  if (!known.me?.may.includes('ledger_layout')) return null;
  const name = known.rows?.find(({ code }) => code === area)?.name ?? area ?? '';
  return h('details.ledger-layout', { 'data-key': 'layout', open: state.layout !== null || state.kept !== null || state.layoutFailed !== null },
    h('summary', { 'data-key': 'layout-head' }, t('ledger.layout')),
    h('p', null, t('ledger.layout.help')),
    state.kept !== null && h('p.ledger-stored', { role: 'status', 'data-figure': 'kept' }, t('ledger.layout.kept', { name })),
    state.layoutFailed !== null && h('p.pressing', { role: 'alert' }, `${t('ledger.layout.failed')} ${state.layoutFailed}`),
    chooseFile('layout-file', t('ledger.layout.choose'), acts.layout),
    state.layout !== null && columns(state.layout, acts),
    state.layout !== null && (area === null ? h('p.hint', null, t('ledger.out.pick'))
      : h('button.primary', { type: 'button', 'data-key': 'keep', disabled: state.busy !== null, onclick: acts.keep }, t('ledger.layout.keep', { name }))));
}

/** @param {T.LedgerProposal} proposal @param {Task['acts']} acts */
const columns = ({ template, sure }, acts) => h('div', null, h('h2', null, t('ledger.layout.read')),
  h('ul.ledger-columns', null, ...template.columns.map(({ header, field }, i) => h('li', { 'data-sure': sure[i] },
    h('label', null, h('span.name', null, header, sure[i] !== 'known' && h('small', null, t(`ledger.layout.${sure[i]}`))),
      h('select', { 'data-key': `column-${i}`, onchange: (/** @type {Event} */ event) => acts.field(i, /** @type {T.LedgerField} */ (/** @type {HTMLSelectElement} */ (event.target).value)) },
        ...FIELDS.map((one) => h('option', { value: one, selected: one === field }, fieldName(one)))))))));
