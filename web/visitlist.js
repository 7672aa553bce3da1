/** The visits to one household: what each says, which stand no more, and mending them for who may. Keeps which one is open. */

import * as api from './api.js';
import { ask } from './ask.js';
import { h } from './dom.js';
import { moment, t, word } from './i18n.js';
import { minutesSaid } from './visitform.js';

/** @import * as T from './types.js' */

/** @type {T.Outcome[]} */
const OUTCOMES = ['visited', 'partly', 'not_home', 'refused', 'deferred', 'moved_away', 'not_found', 'vacant', 'demolished', 'duplicate'];
const MOST_MINUTES = 720;

/**
 * @param {object} page
 * @param {() => import('./views.js').Known} page.known
 * @param {() => void} page.redraw
 * @param {() => void} again  reads the household anew
 * @param {Pick<import('./queue.js').Queue, 'add' | 'undo' | 'waiting'>} queue  takes what the service gives no answer to
 */
export function createVisitList({ known, redraw }, again, queue) {
  const state = {
    /** @type {string | null} the visit that is being corrected */ open: null,
    /** @type {T.Outcome} */ outcome: 'visited',
    minutes: '',
    needs: '',
    busy: false,
    /** @type {{id: string, said: string} | null} */ refused: null,
  };

  /** Whether who asks may mend a visit: one's own, or any in one's areas for those above. @param {T.Visit} visit */
  function may({ by, void: gone, campaign }) {
    const { me, campaigns } = known();
    if (gone || !me?.may.includes('visit') || campaigns.find(({ id }) => id === campaign)?.phase === 'closed') return false;
    return me.role !== 'member' || by === me.name;
  }

  /** Whether the mending of a visit waits on this device. @param {string} id */
  const waits = (id) => queue.waiting().some(({ takes, more }) => takes === id || more.corrects === id);

  /** @param {string} id @param {() => Promise<string | null>} act  what was refused @param {() => Promise<void>} later  keeps it, to be sent when the service answers */
  async function send(id, act, later) {
    Object.assign(state, { busy: true, refused: null });
    redraw();
    try {
      const said = await act();
      Object.assign(state, said === null ? { open: null } : { refused: { id, said } });
    } catch (error) {
      const status = error instanceof api.Problem ? error.status : -1;
      if (status === 0 || status >= 500) {
        state.open = null;
        await later();
      } else if (status >= 400 && status !== 401) state.refused = { id, said: /** @type {Error} */ (error).message };
      else known().trouble = api.troubleOf(error);
    }
    state.busy = false;
    redraw();
    if (!waits(id)) again();
  }

  /** @param {string} household @param {T.Visit} visit */
  function correct(household, { id, at, campaign }) {
    const { outcome } = state;
    const [minutes, needs] = [state.minutes.trim(), state.needs.trim()];
    const more = { corrects: id, ...(minutes !== '' && { minutes: Number(minutes) }), ...(needs && { needs }) };
    const one = { id: crypto.randomUUID(), household, at, outcome }; // one id: whatever became of the answer, it is one correction
    void send(id, async () => (await api.logVisit({ ...one, ...more, ...(campaign === null ? {} : { campaign }) })).refused, () => queue.add({ ...one, campaign, more }));
  }

  /** @param {string} household @param {T.Visit} visit */
  async function withdraw(household, { id, outcome, at }) {
    const reason = await ask({ title: t('visit.withdraw'), text: t('visit.withdraw.ask', { outcome: word('outcome', outcome), time: moment(at) }), yes: t('visit.withdraw.yes'), no: t('campaigns.no'), reason: true });
    if (reason !== null) await send(id, async () => (await api.withdrawVisit(id, reason), null), () => queue.undo({ id, household, at, outcome }, reason, true));
  }

  /** @param {T.Visit} visit */
  function open(visit) {
    Object.assign(state, state.open === visit.id ? { open: null } : { open: visit.id, outcome: visit.outcome, minutes: String(visit.minutes ?? ''), needs: visit.needs ?? '', refused: null });
    redraw();
  }

  /** @param {string} household @param {T.Visit} visit */
  function mending(household, visit) {
    const now = state.open === visit.id;
    const button = (/** @type {'correct' | 'withdraw'} */ name, /** @type {() => void} */ act) => h('button.more', { type: 'button', 'data-key': `${name}-${visit.id}`, disabled: state.busy, ...(name === 'correct' ? { 'aria-expanded': String(now) } : {}), onclick: act }, t(`visit.${name}`));
    if (waits(visit.id)) return h('div.mending', null, h('p.hint', { role: 'status', 'data-field': 'later' }, t('visit.later')));
    return h('div.mending', null, button('correct', () => open(visit)), button('withdraw', () => void withdraw(household, visit)),
      state.refused?.id === visit.id && h('p.said', { role: 'alert' }, state.refused.said),
      now && h('form', { 'data-correct': visit.id, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); correct(household, visit); } },
        h('label.field', null, h('span', null, t('visit.outcome')),
          h('select', { id: 'correct-outcome', 'data-key': 'correct-outcome', onchange: (/** @type {Event} */ event) => { state.outcome = /** @type {T.Outcome} */ (/** @type {HTMLSelectElement} */ (event.target).value); } },
            ...OUTCOMES.map((one) => h('option', { value: one, selected: one === state.outcome }, word('outcome', one))))),
        h('label.field', null, h('span', null, t('visit.minutes')),
          h('input', { id: 'correct-minutes', 'data-key': 'correct-minutes', type: 'number', min: 0, max: MOST_MINUTES, step: 1, inputmode: 'numeric', value: state.minutes, oninput: (/** @type {Event} */ event) => { state.minutes = /** @type {HTMLInputElement} */ (event.target).value; } })),
        h('label.field', null, h('span', null, t('visit.needs')),
          h('textarea', { id: 'correct-needs', 'data-key': 'correct-needs', rows: 2, oninput: (/** @type {Event} */ event) => { state.needs = /** @type {HTMLTextAreaElement} */ (event.target).value; } }, state.needs)),
        h('p.hint', null, t('visit.correct.help')),
        h('p.acts', null, h('button.primary', { type: 'submit', 'data-key': 'correct-save', disabled: state.busy }, t('visit.correct.do')),
          h('button.act', { type: 'button', 'data-key': 'correct-leave', onclick: () => open(visit) }, t('campaigns.leave')))));
  }

  /** @param {string} household @param {T.Visit} visit */
  function line(household, visit) {
    const { outcome, campaign, by, minutes, needs, far, at, void: gone } = visit;
    const stage = known().campaigns.find(({ id }) => id === campaign)?.name;
    const about = [stage, by && t('household.by', { who: by }), minutes !== undefined && minutesSaid(minutes)].filter(Boolean).join(' · ');
    return h('li', { 'data-visit': visit.id, 'data-void': gone ?? null, class: gone ? 'gone' : '' },
      h(outcome === 'visited' || outcome === 'partly' ? 'i.reached' : 'i.tried', null),
      h('span', null, gone ? h('s', null, word('outcome', outcome)) : word('outcome', outcome),
        about !== '' && h('small', null, about),
        gone && h('small', { 'data-field': 'void' }, t(`visit.void.${gone}`)),
        far && h('small', { 'data-field': 'far' }, t('visit.far')),
        needs && h('ul.found', { 'data-field': 'found', 'aria-label': t('visit.needs') }, ...needs.split('\n').map((need) => h('li', null, need)))),
      h('time', { datetime: at }, moment(at)),
      may(visit) && mending(household, visit));
  }

  return {
    /** @param {T.Household} one */
    view: ({ code, visits }) => h('ol.visits', null, ...visits.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).map((visit) => line(code, visit))),
  };
}
