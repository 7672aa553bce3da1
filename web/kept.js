/**
 * What a person who visits has on the device for the walk: the page's figures, the lists of whom to visit with their addresses, a
 * line of each household and the tiles over the own areas. It is personal: of one person at a time, who signed in by a session, until
 * sign-out or the session's end; a token leaves nothing. It lies in the browser's Cache storage, where `sw.js` finds it; needs and
 * contact of households are not in it.
 */

import * as api from './api.js';
import { ahead } from './ahead.js';
import { lowestOf } from './figures.js';
import { findLine, readLines } from './keptlines.js';
import { tileUrl, walked } from './tileurls.js';
import { turn } from './turn.js';

/** @import * as T from './types.js' */

/** Where the service is, with a slash at its end. */
const ROOT = new URL('.', document.baseURI).href;
const CACHES = `melonmap:${new URL(ROOT).pathname}:kept:`; // as in sw.js
const OWNER = `${ROOT}kept`;
const WALK = `${ROOT}kept/walk`; // no path of the service: the list that is walked
const LINES = `${ROOT}kept/households`; // nor is that: their lines
const MOST_TILES = 600;
const MOST_BYTES = 40 << 20;
const MOST_AREAS = 20; // of one's own: whoever answers for more walks in some of them
const LIST = 300; // households of an area that are listed: the most that the service gives
const AT_ONCE = 4; // answers that are asked for
const LEAST_ZOOM = 8;
const MOST_ZOOM = 17; // where one door is clear
const RENEW_MS = 15_000; // after a change in one's own areas, before what it touched is read again
const REST_MS = 300_000; // between two readings of all lines
const TELL = 10; // tiles between two reports
const ROOM = 40; // tiles that give way where a visit has no room

/** How much is kept where nothing is. */
const NONE = { tiles: 0, of: 0, bytes: 0, households: 0, ofHouseholds: 0, lineBytes: 0, cut: false };

/** @typedef {{name: string, role: string, areas: string[], until: string, state?: object}} Owner  with how much was kept */

/**
 * @param {object} page
 * @param {() => import('./views.js').Known} page.known
 * @param {() => void} page.told  there is news of how much is kept
 */
export function createKept({ known, told }) {
  const state = {
    /** @type {'nothing' | 'filling' | 'whole' | 'full' | 'broken'} full: the device has no more room; broken: the network went away */ phase: 'nothing',
    tiles: 0, of: 0, bytes: 0,
    /** Lines of households, how many there are of them, and the part of `bytes` that they are. */ households: 0, ofHouseholds: 0, lineBytes: 0,
    /** Whether the deepest zooms were left out. */ cut: false,
  };
  /** @type {Cache | null} */
  let cache = null;
  /** @type {Owner | null} */
  let owner = null;
  let about = ''; // the campaign that it is kept for
  /** The list that is walked. @type {{who: string, list: T.Worklist, area: string | null} | null} */
  let walk = null;
  let stop = new AbortController();
  let timer = 0;
  let lined = 0; // when the lines were read
  /** Addresses by tile of the map, for who changes what they show. @type {Map<string, string[]>} */
  const places = new Map();
  /** @type {Set<string>} */
  const stale = new Set();

  const whose = () => known().me;
  const may = () => 'caches' in globalThis && navigator.serviceWorker && api.bySession() && (whose()?.may.includes('visit') ?? false) && (whose()?.areas.length ?? 0) > 0;
  /** @param {string} path */
  const at = (path) => new URL(path, ROOT).href;
  const own = () => (whose()?.areas ?? []).slice(0, MOST_AREAS);
  /** @param {string | null} area */
  const listAt = (area) => api.worklistAt({ campaign: known().view.campaign, area, limit: LIST });

  /** Deletes all that is kept of anybody. */
  async function erase() {
    stop.abort();
    clearTimeout(timer);
    timer = 0;
    [cache, owner, about, walk] = [null, null, '', null];
    places.clear();
    stale.clear();
    Object.assign(state, { phase: 'nothing', ...NONE });
    if (!('caches' in globalThis)) return;
    await Promise.all((await caches.keys()).filter((name) => name.startsWith(CACHES)).map((name) => caches.delete(name)));
    told();
  }

  /** Keeps an answer. @param {string} url @param {AbortSignal} signal @returns {Promise<{bytes: number, answer: Response}>} */
  async function keep(url, signal) {
    const said = await api.fresh(url, signal);
    const body = await said.arrayBuffer().catch((cause) => { throw new api.Problem(0, String(cause)); });
    const head = new Headers(said.headers);
    head.delete('Content-Encoding');
    const answer = new Response(said.status === 204 ? null : body, { status: said.status, headers: head });
    if (signal.aborted || cache === null) throw signal.reason ?? new Error('nobody is to be kept for');
    await cache.put(url, answer.clone());
    return { bytes: body.byteLength, answer };
  }

  /** What is kept of before, for this person; nothing of others stays. @returns {Promise<boolean>} false: it is another one's session */
  async function take() {
    const { name, role, expires } = await api.signedInAs(stop.signal);
    const me = whose();
    if (!me || name !== me.name || !expires) return false;
    const now = { name, role, areas: me.areas, until: expires };
    const names = (await caches.keys()).filter((one) => one.startsWith(CACHES));
    const had = names.length === 1 ? await caches.open(names[0]) : null;
    /** @type {Owner | undefined} */
    const before = await (await had?.match(OWNER))?.json();
    if (had && before && before.name === name && before.role === role && before.areas.join() === me.areas.join()) cache = had;
    else {
      await Promise.all(names.map((one) => caches.delete(one)));
      cache = await caches.open(CACHES + crypto.randomUUID());
    }
    await cache.put(OWNER, new Response(JSON.stringify(now)));
    owner = now; // nothing is said to be kept for somebody whose name found no room
    if (walk?.who === name) await cache.put(WALK, new Response(JSON.stringify(walk)));
    return true;
  }

  /** The addresses of the tiles of the walk. @param {AbortSignal} signal */
  async function tilesOfTheWalk(signal) {
    const { info, view } = known();
    const root = ROOT.replace(/\/$/, '');
    /** @type {import('./tileurls.js').Bbox[]} */
    const boxes = await Promise.all(own().map(async (code) => (await (await keep(at(`api/areas/${encodeURIComponent(code)}`), signal)).answer.json()).bbox));
    const layers = await Promise.all(['context', 'areas', 'households'].map(async (name) => {
      const { tiles: [url], minzoom, maxzoom } = await (await keep(at(`tiles/${name}`), signal)).answer.json();
      return { url, least: Math.max(minzoom, LEAST_ZOOM), most: Math.min(maxzoom, MOST_ZOOM) };
    }));
    const outlines = { ...layers[1], url: `${at('tiles/areas')}/{z}/{x}/{y}?level=township` };
    const all = walked(boxes, [...layers, outlines], MOST_TILES);
    const deepest = Math.max(...layers.map(({ most }) => most));
    state.cut = !all.some(({ tile }) => tile.z === deepest);
    return all.map(({ tile, url }) => ({ tile, url: tileUrl(new URL(url), root, view.campaign, lowestOf(info?.levels ?? /** @type {any} */ ({}))) }));
  }

  /** Everything for the walk, in the order in which it is needed. */
  async function fill() {
    halt();
    const { signal } = stop;
    const { campaign } = known().view;
    about = String(campaign);
    Object.assign(state, { phase: 'filling', ...NONE });
    try {
      if (!await turn(take)) {
        state.phase = 'nothing';
        return told();
      }
      for (const path of ['api/me', 'api/info', 'api/campaigns', 'api/editions', api.coverageAt(campaign), listAt(null)]) await keep(at(path), signal).catch(passing);
      for (const area of own()) await keep(at(listAt(area)), signal).catch(passing);
      await lines(signal).catch(passing);
      const all = await tilesOfTheWalk(signal);
      places.clear();
      for (const { tile: { z, x, y }, url } of all) {
        const key = `${/\/tiles\/(\w+)/.exec(url)?.[1]}/${z}/${x}/${y}`;
        places.set(key, [...places.get(key) ?? [], url]);
      }
      state.of = all.length;
      await each(all.map(({ url }) => url), signal);
      await sweep(new Set(all.map(({ url }) => url)));
      if (signal.aborted) return;
      state.phase = state.bytes > MOST_BYTES ? 'full' : 'whole';
      await cache?.put(OWNER, new Response(JSON.stringify({ ...owner, state })));
    } catch (error) {
      if (signal.aborted) return;
      state.phase = error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'broken';
      if (!(error instanceof api.Problem) && state.phase === 'broken') console.error(error);
    }
    told();
  }

  /** Ends what is on its way; what comes later goes on. */
  function halt() {
    stop.abort();
    stop = new AbortController();
  }

  /** The lines of the households. @param {AbortSignal} signal */
  async function lines(signal) {
    lined = Date.now();
    const all = await readLines(signal);
    const text = new Blob([JSON.stringify(all)]);
    if (signal.aborted || cache === null) throw signal.reason ?? new Error('nobody is to be kept for');
    await cache.put(LINES, new Response(text));
    Object.assign(state, { households: Object.keys(all.lines).length, ofHouseholds: all.of, bytes: state.bytes - state.lineBytes + text.size, lineBytes: text.size });
    told();
  }

  /** A refusal of one answer leaves the others; without network there are no others. @param {unknown} error */
  function passing(error) {
    if (!(error instanceof api.Problem) || error.status === 0 || error.status === 401) throw error;
  }

  /** @param {string[]} urls @param {AbortSignal} signal */
  async function each(urls, signal) {
    const left = [...urls];
    /** @type {unknown[]} */
    const failed = [];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => { // all of them come to an end before it is said how far they got
      for (let url = left.shift(); url && state.bytes <= MOST_BYTES && failed.length === 0; url = left.shift()) {
        try {
          state.bytes += (await keep(url, signal)).bytes;
          state.tiles += 1;
        } catch (error) {
          failed.push(error);
        }
        if (state.tiles % TELL === 0) told();
      }
    }));
    if (failed.length > 0) throw failed[0];
  }

  /** Deletes tiles of another campaign or ground. @param {Set<string>} needed */
  async function sweep(needed) {
    const now = cache;
    for (const { url } of await now?.keys() ?? []) if (/\/tiles\/\w+\/\d/.test(url) && !needed.has(url)) await now?.delete(url);
  }

  /** Figures, lists and what a change touched, anew. @returns {Promise<boolean>} whether all of it */
  async function renew() {
    const { signal } = stop;
    const urls = [...stale];
    stale.clear();
    clearTimeout(timer);
    timer = 0;
    try {
      for (const path of [api.coverageAt(known().view.campaign), listAt(null), ...own().map(listAt)]) await keep(at(path), signal).catch(passing);
      if (Date.now() - lined > REST_MS) await lines(signal).catch(passing);
      for (const url of urls) await keep(url, signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      urls.forEach((url) => stale.add(url)); // with the next change
      if (!(error instanceof api.Problem)) console.error(error);
      return false;
    }
  }

  return {
    state, may, erase,
    /** Whether something is kept for who is signed in. */
    has: () => owner !== null && owner.name === whose()?.name,
    /** Somebody asks from now on, or another campaign is looked at. */
    async tend() {
      if (api.byToken()) return; // a tab of its own beside the session's
      if (!may()) return owner === null && !(await stray()) ? undefined : erase();
      if (owner?.name !== whose()?.name || about !== String(known().view.campaign) || state.phase === 'broken') await fill();
    },
    /** Without network: what was kept before is this person's, if the service worker said who it is. */
    async find() {
      if (owner !== null || !may()) return;
      const name = (await caches.keys()).findLast((one) => one.startsWith(CACHES));
      if (name === undefined) return;
      cache = await caches.open(name);
      owner = await (await cache.match(OWNER))?.json() ?? null;
      Object.assign(state, { phase: 'broken' }, owner?.state); // filled anew once there is network
    },
    /** @param {T.Change} change */
    changed(change) {
      if (cache === null || state.phase === 'filling') return;
      if (change.reset) return void fill();
      const mine = own().some((area) => change.areas.includes(area));
      const before = stale.size;
      for (const [layer, tiles] of Object.entries(change.tiles)) for (const tile of tiles) for (const url of places.get(`${layer}/${tile}`) ?? []) stale.add(url);
      if ((mine || stale.size > before) && !timer) timer = window.setTimeout(() => void renew(), RENEW_MS);
    },
    /** Reads the lists again. @returns {Promise<boolean>} whether none is kept that is older */
    renew: async () => cache === null || renew(),
    /** Lets some tiles go, so that there is room for what was logged; false: there are none. */
    async room() {
      const tiles = (await cache?.keys() ?? []).filter(({ url }) => /\/tiles\/\w+\/\d/.test(url)).slice(-ROOM); // the closest came last
      for (const tile of tiles) await cache?.delete(tile);
      if (tiles.length === 0) return false;
      halt();
      Object.assign(state, { phase: 'full', tiles: Math.max(0, state.tiles - tiles.length) });
      told();
      return true;
    },
    /** What is kept of a household. @param {string} code */
    line: (code) => findLine(cache, LINES, [listAt(null), ...own().map(listAt)].map(at), code),
    /** Keeps the list that is walked, for the next start. @param {T.Worklist} list @param {string | null} area  that it was asked for */
    async walk(list, area) {
      if (!may()) return;
      walk = { who: whose()?.name ?? '', list, area };
      await cache?.put(WALK, new Response(JSON.stringify(walk))).catch((error) => console.error(error));
    },
    /**
     * A list of what is kept: first the one that was walked, then those of the own areas.
     * @param {{area: string | null, done: (code: string) => boolean, start: [number, number] | null, limit: number}} asked
     * @returns {Promise<T.Worklist | null>}
     */
    async list({ area, done, start, limit }) {
      /** @type {NonNullable<typeof walk> | undefined} */
      const last = await (await cache?.match(WALK))?.json();
      const lists = last && last.who === whose()?.name && last.area === area && last.list.campaign === (known().view.campaign ?? null) ? [last.list] : [];
      for (const path of area === null ? [listAt(null), ...own().map(listAt)] : [listAt(area)]) {
        const answer = await cache?.match(at(path), { ignoreVary: true });
        if (answer) lists.push(await answer.json());
      }
      return ahead({ lists, done, start, limit });
    },
  };

  /** Whether a person who is not there any more left something. */
  async function stray() {
    return 'caches' in globalThis && (await caches.keys()).some((name) => name.startsWith(CACHES));
  }
}
/** @typedef {ReturnType<typeof createKept>} Kept */
