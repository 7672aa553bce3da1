/** Publishing an edition: what would be shown is looked at first, then published. For analysts and who runs the service. */

import * as api from './api.js';
import { h } from './dom.js';
import { day, number, t, tn, word } from './i18n.js';

/** @import * as T from './types.js' */

/**
 * @param {object} page
 * @param {() => import('./views.js').Known} page.known
 * @param {() => void} page.redraw
 */
export function createPublish({ known, redraw }) {
  /** @type {{campaign: number, preview: T.EditionPreview | null, said: string | null, busy: boolean} | null} */
  let state = null;

  /** @param {(campaign: number) => Promise<void>} act */
  async function run(act) {
    const { campaign } = known().view;
    if (typeof campaign !== 'number' || state?.busy) return;
    state = { campaign, preview: state?.campaign === campaign ? state.preview : null, said: null, busy: true };
    redraw();
    try {
      await act(campaign);
    } catch (error) {
      const why = error instanceof api.Problem ? error.message || String(error.status) : t('trouble.failed');
      state = { campaign, preview: null, said: t('publish.failed', { why }), busy: false };
    }
    redraw();
  }

  const look = () => run(async (campaign) => {
    state = { campaign, preview: await api.previewEdition(campaign), said: null, busy: false };
  });

  const publish = () => run(async (campaign) => {
    await api.publishEdition(campaign);
    known().editions = await api.editions();
    state = { campaign, preview: null, said: t('publish.done'), busy: false };
  });

  const button = (/** @type {string} */ key, /** @type {string} */ text, /** @type {() => void} */ onclick, primary = false) =>
    h(primary ? 'button.primary' : 'button.more', { type: 'button', 'data-key': key, onclick }, text);

  /** What the edition would show. @param {T.EditionPreview} preview */
  const preview = ({ areas, moved, closed, level }) => h('div.preview', { 'data-figure': 'preview', role: 'status' },
    h('ul', null,
      h('li', null, tn('publish.shown', areas.shown)), h('li', null, tn('publish.moved', moved)), h('li', null, tn('publish.held', areas.held_back)),
      closed > 0 && h('li.need', null, tn('publish.closed', closed))),
    h('p.hint', null, t('publish.level', { level: word('levels', level) })),
    h('p.acts', null, button('publish-do', t('publish.do'), publish, true), ' ', button('publish-not', t('publish.not'), () => { state = null; redraw(); })));

  return () => {
    const { me, view, campaigns, editions } = known();
    if (!me?.may.includes('publish')) return null;
    const chosen = campaigns.find((one) => one.id === view.campaign);
    const own = chosen && state?.campaign === chosen.id ? state : null;
    const last = editions[0];
    const of = (/** @type {number} */ id) => campaigns.find((one) => one.id === id)?.name ?? String(id);
    return h('details.publish', { 'data-key': 'publish' },
      h('summary', { 'data-key': 'publish-head' }, t('publish')),
      h('p', null, last ? t('publish.last', { day: day(last.at.slice(0, 10)), campaign: of(last.campaign), shown: number(last.areas.shown), held: number(last.areas.held_back) }) : t('publish.none')),
      chosen ? h('p', null, t('publish.what', { campaign: chosen.name })) : h('p.hint', null, t('publish.all')),
      own?.preview && preview(own.preview),
      own?.said && h('p.said', { role: 'status' }, own.said),
      own?.busy && h('p.hint', { role: 'status', 'aria-busy': 'true' }, t('publish.wait')),
      chosen && !own?.preview && !own?.busy && button('publish-look', t('publish.look'), look));
  };
}
