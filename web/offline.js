/**
 * Goes on without network: joins the queue of visits, what is kept for the walk, and the service worker to the page, and says how they
 * stand. What it says stands above the panel's view.
 */

import * as api from './api.js';
import { ask } from './ask.js';
import { el } from './dom.js';
import { chain } from './figures.js';
import { t, tn } from './i18n.js';
import { createKept } from './kept.js';
import { bar } from './offlineviews.js';
import { createQueue } from './queue.js';

/** @import * as T from './types.js' */

const FIRST_LOOK_MS = 3_000; // after the service was lost, before it is looked for; doubles
const LONGEST_LOOK_MS = 60_000;
const PATIENCE_MS = 8_000; // for a household, where one may be kept
/** @type {T.Me} */
const NOBODY = { name: '', role: 'public', areas: [], may: [] };

/**
 * @param {object} page
 * @param {() => import('./views.js').Known} page.known
 * @param {() => void} page.redraw
 * @param {() => void} page.logged  how far the visits got has changed
 * @param {(code: string) => string} page.name  of a household
 * @param {() => void} page.sign
 * @param {() => Promise<void>} page.changePerson
 * @param {() => void} page.unfollow  hears no more of what changes
 * @param {() => Promise<void>} page.refresh  reads everything again
 * @param {() => Promise<void>} page.select  reads again what is selected
 */
export function createOffline({ known, redraw, logged, name, sign, changePerson, refresh, select, unfollow }) {
  const state = {
    /** Whether the service answered last. */ reached: navigator.onLine,
    /** @type {ServiceWorker | null} a newer one that waits */ update: null,
    /** Whether the refused ones are listed. */ open: false,
  };
  /** Who is signed in, by the name that visits are kept under. @param {{name: string, role: string} | null} me */
  const nameOf = (me) => (me === null || me.role === 'public' ? null : me.name || me.role);
  let drawn = '';
  let watched = false;
  let timer = 0;

  const queue = createQueue({
    who: () => nameOf(known().me),
    changed: () => { logged(); redraw(); },
    ended: () => void changePerson(),
    room: () => kept.room(),
  });
  const kept = createKept({ known, told: () => redraw() });

  /** @param {boolean} now */
  function reach(now) {
    if (now === state.reached) return;
    state.reached = now;
    clearTimeout(timer);
    redraw();
    if (now) void back();
    else look(FIRST_LOOK_MS);
  }
  api.onReach(reach);

  /** Asks now and then whether the service is there again: a browser says `online` of its own network only. @param {number} wait */
  function look(wait) {
    timer = window.setTimeout(() => void api.signedInAs().then(() => reach(true), () => look(Math.min(wait * 2, LONGEST_LOOK_MS))), wait);
  }
  addEventListener('offline', () => reach(false));
  addEventListener('online', () => void api.signedInAs().then(() => reach(true), () => {}));
  document.addEventListener('visibilitychange', () => { if (!document.hidden && queue.waiting().length > 0) void queue.send(); });

  /** The service answers again: whoever is signed in there now goes on. */
  async function back() {
    if (known().info === null) return void refresh(); // the page could not begin
    try {
      if (api.leaving() || nameOf(await api.signedInAs()) !== nameOf(known().me)) return void await changePerson();
    } catch (error) {
      return void api.troubleOf(error); // it was for a moment only
    }
    if (known().trouble !== null) await refresh();
    else if (known().household?.failed || known().household?.found?.kept) void select();
    void queue.send();
    void kept.tend();
  }

  /** The page's files are kept for who visits; whoever has them hears of newer ones. */
  async function watch() {
    if (!navigator.serviceWorker || watched) return;
    const root = new URL('.', document.baseURI);
    try {
      const found = kept.may() ? await navigator.serviceWorker.register(new URL('sw.js', root), { scope: root.pathname, updateViaCache: 'none' })
        : await navigator.serviceWorker.getRegistration(root);
      if (!found) return;
      watched = true;
      const waits = () => {
        if (found.waiting && navigator.serviceWorker.controller) { state.update = found.waiting; redraw(); }
      };
      waits();
      found.addEventListener('updatefound', () => found.installing?.addEventListener('statechange', waits));
    } catch (error) {
      if (state.reached) console.error(error); // the page works; it will not without network
    }
  }

  const acts = {
    sign,
    send: () => void queue.send(),
    /** @param {string} id */
    again: (id) => void queue.retry(id),
    /** @param {string} id */
    drop: (id) => void queue.forget((visit) => visit.id === id),
    unfold: () => { state.open = !state.open; redraw(); },
    reload() {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      state.update?.postMessage('take over');
    },
  };

  return {
    queue, kept,
    /** For a card that the service gives no answer for. @type {import('./keptcard.js').Device} */
    device: {
      households: () => kept.state.households,
      logged: (code) => queue.own().filter(({ household, takes, state: now }) => household === code && takes === undefined && now !== 'refused'),
      undone: (id) => queue.undone().has(id),
      undo: (visit) => void queue.undo(visit, t('visit.undo.reason')),
    },
    /** A household, where nobody answers from what is kept; null: nothing is. @param {string} code @returns {Promise<T.Household | null>} */
    async household(code) {
      try {
        return await api.household(code, kept.has() ? AbortSignal.timeout(PATIENCE_MS) : undefined);
      } catch (error) {
        if (!kept.has() || (error instanceof api.Problem && error.status !== 0 && error.status < 500)) throw error;
        const found = await kept.line(code);
        if (found === null) return null;
        const { as_of: asOf, line: { outcome, called_at: at, ...line } } = found;
        return { ...line, areas: chain(known().rows ?? [], line.area).map((row) => row.code), visits: [], kept: { as_of: asOf, outcome, called_at: at } };
      }
    },
    /** Somebody asks from now on. */
    async person() {
      await kept.find();
      await queue.load();
      void queue.send();
      void watch();
      if (state.reached) void kept.tend();
    },
    /** The view changed. @param {T.View} was */
    moved: (was) => { if (was.campaign !== known().view.campaign && state.reached) void kept.tend(); },
    /** Whether the bar says it already, so that nothing else has to. @param {T.Trouble | null} trouble */
    covers: (trouble) => !state.reached && kept.has() && (trouble === 'offline' || trouble === 'failed'),
    draw() {
      const { me, view } = known();
      /** @type {import('./offlineviews.js').Standing} */
      const now = {
        gone: !state.reached && kept.has(), waiting: queue.waiting().filter(({ takes }) => takes === undefined).length, undoing: queue.waiting().filter(({ takes }) => takes !== undefined).length, sending: queue.state.sending.size, foreign: queue.foreign(),
        refused: queue.own().filter((visit) => visit.state === 'refused'), nobody: nameOf(me) === null, broken: queue.state.broken, update: state.update !== null, open: state.open,
      };
      const text = JSON.stringify([me === null ? null : now, view.lang]);
      if (text === drawn) return;
      drawn = text;
      const box = el('offline');
      const key = document.activeElement instanceof HTMLElement && box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
      box.replaceChildren(...(me === null ? [] : bar(now, name, acts)));
      if (key) /** @type {HTMLElement} */ (box.querySelector(`[data-key="${key}"]`) ?? el('panel-content')).focus({ preventScroll: true });
    },
    /** Signs out: what can be sent is sent first, what cannot is asked about; then all that is kept of this person is erased. @returns {Promise<boolean>} false: stays */
    async leave() {
      const who = nameOf(known().me);
      const open = () => queue.own().filter((visit) => visit.state !== 'stored').length;
      if (queue.waiting().length > 0) await queue.send(); // where nobody answers, it fails at once
      if (open() > 0 && (await ask({ title: tn('offline.leave', open()), text: t('offline.leave.text'), yes: t('offline.leave.go'), no: t('offline.leave.stay'), reason: false })) === null) return false;
      if (!api.byToken()) await kept.erase();
      if (who !== null) await queue.erase(who);
      unfollow(); // the stream ends with the session, which would be looked for as somebody who is not there any more
      await api.signOut().catch(api.troubleOf); // without network it is ended later; here it is over
      known().me = NOBODY;
      queue.left();
      return true;
    },
  };
}
