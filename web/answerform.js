/** Asking a household whether it is satisfied, on its card: for who may ask. What became of it stands there until another household is looked at. */

import * as api from './api.js';
import { h } from './dom.js';
import { clock, t, word } from './i18n.js';

/** @import * as T from './types.js' */

/** @type {T.Answer[]} */
const ANSWERS = ['satisfied', 'not_satisfied', 'no_answer'];

/** @param {{known: () => import('./views.js').Known, redraw: () => void}} page */
export function createAnswerForm({ known, redraw }) {
  const none = () => ({ household: '', /** @type {T.Answer | null} */ answer: null, at: '', id: '', /** @type {'sending' | 'stored' | 'refused' | 'failed' | null} */ now: null, reason: '' });
  const state = none();

  /** @param {string} household @param {T.Answer} answer */
  async function send(household, answer) {
    if (state.now === 'sending') return;
    const again = state.now === 'failed' && state.answer === answer && state.household === household; // the same once more: it may have arrived
    Object.assign(state, again ? {} : { household, answer, at: new Date().toISOString(), id: crypto.randomUUID() }, { now: 'sending', reason: '' });
    redraw();
    const { id, at } = state;
    const { campaign } = known().view;
    try {
      const reason = await api.logAnswer({ id, household, at, answer, ...(typeof campaign === 'number' ? { campaign } : {}) });
      if (state.id === id) Object.assign(state, reason === null ? { now: 'stored' } : { now: 'refused', reason });
    } catch (error) {
      const said = error instanceof api.Problem && error.status >= 400 && error.status < 500 && error.status !== 401;
      if (state.id === id) Object.assign(state, said ? { now: 'refused', reason: error.message } : { now: 'failed' });
      if (!said) known().trouble = api.troubleOf(error);
    }
    redraw();
  }

  /** @returns {HTMLElement | null | false} */
  function became() {
    const { now, answer, at, reason } = state;
    if (now === null || answer === null) return null;
    if (now === 'sending') return h('p.hint', { role: 'status' }, t('answer.sending'));
    if (now === 'stored') return h('p.hint', { role: 'status', 'data-figure': 'answered' }, t('answer.stored', { answer: word('answered', answer), time: clock(at) }));
    return h('div.said', { role: 'alert', 'data-figure': 'answered' }, h('p', null, t(now === 'refused' ? 'answer.refused' : 'answer.failed')), reason !== '' && h('small', null, reason));
  }

  /** @param {T.Household} one */
  return function form({ code }) {
    const { me, view, campaigns } = known();
    if (!me?.may.includes('ask')) return null;
    if (state.household !== code) Object.assign(state, none());
    const campaign = campaigns.find(({ id }) => id === view.campaign);
    const button = (/** @type {T.Answer} */ answer) => h('button.act', { type: 'button', 'data-key': `answer-${answer}`, 'data-answer': answer, disabled: state.now === 'sending', 'aria-pressed': state.now === 'stored' ? String(state.answer === answer) : null, onclick: () => void send(code, answer) }, word('answered', answer));
    return h('section.answering', { 'data-part': 'answer' }, h('h2', { id: 'answering' }, t('answer.ask')),
      h('p.hint', null, campaign ? t('answer.about', { campaign: campaign.name }) : t('answer.about.whole')),
      h('div.answering-of', { role: 'group', 'aria-labelledby': 'answering' }, ...ANSWERS.map(button)),
      became(),
      h('p.fine-print', null, t('answer.who')));
  };
}
