/**
 * The page's one door to the service: nothing else calls `fetch`. Knows no element of the page and no map. Its paths are relative
 * to the page, which may stand below a base path.
 */

import { filled } from './published.js';
import { turn } from './turn.js';

export * from './apioffice.js';

/** @import * as T from './types.js' */

/** What the service refused, or could not be asked. `status` 0 means that no answer came. */
export class Problem extends Error {
  /**
   * @param {number} status @param {string} detail @param {number} [wait]  seconds until trying again makes sense
   * @param {string} [field]  what was refused of what was sent
   * @param {T.Fault[]} [faults]  all that is wrong with a text, by line
   */
  constructor(status, detail, wait = 0, field = '', faults = []) {
    super(detail);
    this.status = status;
    this.wait = wait;
    this.field = field;
    this.faults = faults;
  }

  /** @returns {T.Trouble} */
  get trouble() {
    if (this.status === 0) return navigator.onLine ? 'failed' : 'offline';
    if (this.status === 401) return 'expired';
    return this.status === 403 ? 'refused' : 'failed';
  }
}

/** What a failure means to a person; a fault of the page itself is also written to the console. @param {unknown} error @returns {T.Trouble} */
export function troubleOf(error) {
  if (error instanceof Problem) return error.trouble;
  console.error(error);
  return 'failed';
}

const KEPT = 'melonmap.token';
/** @type {string | null} */
let token = sessionStorage.getItem(KEPT);

/** Whether the browser holds a session's cookie, which scripts do not see: as the service last said. */
let session = false;

export const signedIn = () => token !== null || session;

/** Keeps the token for this tab only. @param {string | null} value */
export function setToken(value) {
  token = value;
  if (value === null) sessionStorage.removeItem(KEPT);
  else sessionStorage.setItem(KEPT, value);
}

/** Whether the service answered last: what the service worker kept is not its answer. */
let reached = true;
/** @type {(reached: boolean) => void} */
let told = () => {};
/** Tells whenever the service is found, or lost. @param {(reached: boolean) => void} act */
export const onReach = (act) => { told = act; };
/** @param {boolean} now */
function reach(now) {
  if (now === reached) return;
  reached = now;
  told(now);
}
/** @param {Response} answer */
const isKept = (answer) => answer.headers.has('Melonmap-Kept');

const LEFT = 'melonmap.left'; // signed out on this device, which the service could not be told yet
/** Whether a session is to be ended as soon as there is network. */
export const leaving = () => localStorage.getItem(LEFT) !== null;

/** @returns {Record<string, string>} the headers that say who asks; also for the map's own requests */
export const headers = () => (token === null ? {} : { Authorization: `Bearer ${token}` });

/**
 * @param {string} path
 * @param {{accept?: string, lastEvent?: string | null, signal?: AbortSignal, method?: 'GET' | 'POST' | 'PUT' | 'DELETE', body?: object | string | Blob,
 *   type?: string, match?: string | null, cache?: RequestCache}} [options]  `body`: a text is sent as it is; `match`: the version that is meant to be changed
 * @returns {Promise<Response>} an answer that is no refusal
 */
export async function ask(path, { accept = 'application/json', lastEvent = null, signal, method = 'GET', body, type = 'application/json', match = null, cache = 'no-store' } = {}) {
  const sent = {
    ...headers(), Accept: accept,
    ...(lastEvent === null ? {} : { 'Last-Event-ID': lastEvent }),
    ...(body === undefined ? {} : { 'Content-Type': type }),
    ...(match === null ? {} : { 'If-Match': match }),
  };
  let answer;
  try {
    answer = await fetch(path, { method, headers: sent, body: typeof body === 'object' && !(body instanceof Blob) ? JSON.stringify(body) : body, signal, cache });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    reach(false);
    throw new Problem(0, String(cause));
  }
  reach(!isKept(answer));
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, said.detail ?? answer.statusText, Number(answer.headers.get('Retry-After') ?? 0), said.field, said.problems);
}

/** @param {string} path @param {Record<string, string | number | null | undefined>} query */
function asked(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return given.length ? `${path}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}` : path;
}

/** @param {string} path @param {Record<string, string | number | null | undefined>} [query] @param {AbortSignal} [signal] */
export async function json(path, query = {}, signal) {
  try {
    return await (await ask(asked(path, query), { signal })).json();
  } catch (error) {
    if (error instanceof SyntaxError) throw new Problem(502, 'The answer is no JSON.');
    throw error;
  }
}

export const one = encodeURIComponent;

/** @returns {Promise<T.Info>} */
export const info = () => json('api/info');
/** @returns {Promise<T.Me>} */
export async function me() {
  const person = await json('api/me');
  session = token === null && person.role !== 'public';
  return person;
}

/** Begins a session; its cookie is the browser's alone. @param {{link: string} | {name: string, password: string}} by */
export async function signIn(by) {
  setToken(null);
  await turn(() => ask('api/session', { method: 'POST', body: by }));
  localStorage.removeItem(LEFT);
}

/** Whether it is a person with a session who asks, and no token. */
export const bySession = () => session;

/** Changes the password of who signed in; the session begins anew. @param {string} old  empty where there is none @param {string} next */
export async function changePassword(old, next) {
  await turn(() => ask('api/session/password', { method: 'PUT', body: { ...(old && { old }), new: next } }));
}

/** Forgets the token and ends the session, if there is one. */
export async function signOut() {
  setToken(null);
  await endSession();
}

/** Ends the session that the browser's cookie stands for; without network it is ended at the next start. */
export async function endSession() {
  session = false;
  localStorage.setItem(LEFT, 'yes');
  await turn(() => ask('api/session', { method: 'DELETE' }));
  localStorage.removeItem(LEFT);
}

/** Whether it is a program's token that asks. */
export const byToken = () => token !== null;

/** Who the service says is signed in, and until when; never what is kept. @param {AbortSignal} [signal] @returns {Promise<{name: string, role: string, expires?: string}>} */
export const signedInAs = (signal) => json('api/session', {}, signal);

/** The service's own answer to be kept on this device, never one that is kept already. @param {string} path @param {AbortSignal} signal @returns {Promise<Response>} */
export async function fresh(path, signal) {
  const answer = await ask(path, { accept: '*/*', signal, cache: /\/(api|ogc)\//.test(path) ? 'no-store' : 'no-cache' }); // tiles that did not change are not sent again
  if (isKept(answer)) throw new Problem(0, 'The service does not answer.');
  return answer;
}

/** @returns {Promise<T.Campaign[]>} */
export const campaigns = async () => (await json('api/campaigns')).campaigns;
/** Where coverage is asked for. @param {number | null | undefined} campaign */
export const coverageAt = (campaign) => asked('api/coverage', { campaign });
/** @param {T.Level} level @param {number} campaign @param {string | null} within @returns {Promise<T.Weeks>} */
export const weeks = (level, campaign, within) => json('api/coverage/weeks', { level, campaign, within });
/** The same again changes nothing. @param {string} id @param {string} reason @param {AbortSignal} [signal] */
export const withdrawVisit = async (id, reason, signal) => void (await ask(`api/visits/${one(id)}/withdrawal`, { method: 'POST', body: { reason }, signal }));
/** @param {number | null | undefined} campaign @returns {Promise<T.Coverage>} of all levels */
export const coverage = async (campaign) => filled(await json('api/coverage', { campaign }));
/** @param {number | null | undefined} campaign @param {T.Row} row @returns {Promise<T.Coverage>} of this one area */
export const coverageOf = async (campaign, { code, level }) => filled(await json('api/coverage', { campaign, within: code, level }));
/** @param {T.Level} level @param {number | null | undefined} campaign @param {string | null} within @returns {Promise<T.Rates>} */
export const rates = (level, campaign, within) => json('api/rates', { level, campaign, within });
/** @param {string} a @param {string} b @param {number | null | undefined} campaign @returns {Promise<T.Difference>} */
export const difference = (a, b, campaign) => json('api/rates/difference', { a, b, campaign });
/** @param {string} code @returns {Promise<T.Area>} */
export const area = (code) => json(`api/areas/${one(code)}`);
/** @param {string} code @param {AbortSignal} [signal] @returns {Promise<T.Household>} */
export const household = (code, signal) => json(`api/households/${one(code)}`, {}, signal);
/** @param {string} code @param {number | null | undefined} campaign @param {number} limit  1 to 1000 @returns {Promise<T.UnvisitedList>} */
export const unvisited = (code, campaign, limit) => json('api/unvisited', { area: code, campaign, limit });
/** @typedef {{campaign: number | null | undefined, area: string | null, member?: string | null, near?: string | null, limit: number}} Asked  `near`: longitude and latitude */
/** @param {Asked} asked @param {AbortSignal} [signal] @returns {Promise<T.Worklist>} */
export const worklist = (asked, signal) => json('api/worklist', asked, signal);
/** Where that is asked for. @param {Asked} terms */
export const worklistAt = (terms) => asked('api/worklist', terms);
/** The same as places for a navigation app, or as a table. @param {Asked} asked @param {'gpx' | 'xlsx'} f @param {'en' | 'zh'} lang @returns {Promise<Blob>} */
export async function worklistFile(asked, f, lang) {
  const given = Object.entries({ ...asked, f, lang }).flatMap(([key, value]) => (value === null || value === undefined ? [] : [[key, String(value)]]));
  return (await ask(`api/worklist?${new URLSearchParams(given)}`, { accept: '*/*' })).blob();
}
/**
 * Logs visits, in this order. The same id again is the same visit.
 * @param {import('./visitstore.js').Entry[]} visits @param {AbortSignal} signal @returns {Promise<T.Logged[]>}
 */
export async function logVisits(visits, signal) {
  const body = visits.map(({ id, household, campaign, at, outcome, more }) => ({ id, household, at, outcome, ...(campaign === null ? {} : { campaign }), ...more }));
  const answer = await ask('api/visits', { method: 'POST', body, signal });
  return (await answer.json().catch((cause) => { throw new Problem(0, String(cause)); })).results; // cut off on its way
}
/**
 * Logs a visit that cannot wait. The same id again is the same visit.
 * @param {{id: string, household: string, campaign?: number, at: string, outcome: T.Outcome} & T.VisitMore} visit
 * @returns {Promise<{refused: string | null, flags: T.VisitFlag[]}>} why it was refused, or what somebody will look at
 */
export async function logVisit(visit) {
  const [{ result, reason, flags }] = (await (await ask('api/visits', { method: 'POST', body: visit })).json()).results;
  return { refused: result === 'refused' ? reason ?? '' : null, flags: flags ?? [] };
}
/** @param {string} q @param {AbortSignal} signal @returns {Promise<T.Found[]>} */
export const search = async (q, signal) => (await json('api/search', { q, limit: 10 }, signal)).results;
/** @param {'light' | 'dark' | 'print'} name @returns {Promise<import('maplibre-gl').StyleSpecification>} */
export const style = (name) => json(`styles/${name}.json`);

/** @returns {Promise<T.RuleSetHead[]>} */
export const ruleSets = async () => (await json('api/rules')).rule_sets;
/** All that is wrong with a rule set is the refusal's `faults`. @param {string} text @param {AbortSignal} signal @returns {Promise<T.RuleSet>} */
export const checkRules = async (text, signal) => (await ask('api/rules/check', { method: 'POST', body: text, type: 'application/toml', signal })).json();

/** @returns {Promise<T.PlanHead[]>} */
export const plans = async () => (await json('api/plans')).plans;
/** @param {Response} answer @returns {Promise<{found: any, etag: string | null}>} */
const versioned = async (answer) => ({ found: answer.status === 204 ? null : await answer.json(), etag: answer.headers.get('ETag') });
/** @param {number} id @returns {Promise<{found: T.Plan, etag: string | null}>} */
export const plan = async (id) => versioned(await ask(`api/plans/${id}`));
/** @param {T.PlanInput} input @returns {Promise<number>} its id */
export async function foundPlan(input) {
  const answer = await ask('api/plans', { method: 'POST', body: input });
  const { id } = await answer.json().catch(() => ({ id: Number(/\d+$/.exec(answer.headers.get('Location') ?? '')?.[0]) }));
  return id;
}
/** @param {number} id @param {T.PlanInput} input @param {string | null} match */
export const changePlan = async (id, input, match) => void (await ask(`api/plans/${id}`, { method: 'PUT', body: input, match }));
/** Stops the computation that runs, or begins it again. @param {number} id @param {boolean} on @returns {Promise<{found: T.Plan, etag: string | null}>} */
export const runPlan = async (id, on) => versioned(await ask(`api/plans/${id}/run`, { method: on ? 'PUT' : 'DELETE' }));
/** @param {number} id @returns {Promise<string>} */
export const planRules = async (id) => (await ask(`api/plans/${id}/rules`, { accept: 'text/plain, application/toml' })).text();
/** @param {number} id @returns {Promise<{bounds?: [number, number, number, number]}>} */
export const planTiles = (id) => json(`api/plans/${id}/tiles`);
/** The lawful places as a file. @param {number} id @param {string} f @returns {Promise<Blob>} */
export const planFile = async (id, f) => (await ask(`api/plans/${id}/legal?f=${one(f)}`, { accept: '*/*' })).blob();
/** @param {number} plan @param {[number, number]} place @returns {Promise<T.Why>} */
export const why = (plan, [lon, lat]) => json('api/why', { plan, lon, lat });

const GEOJSON = 'application/geo+json';
/** The zones or spots of a plan. @param {T.Kind} kind @param {number} plan @returns {Promise<T.Drawn[]>} */
export async function drawings(kind, plan) {
  /** @type {T.Drawn[]} */
  const all = [];
  /** @type {string | null} */
  let next = `ogc/collections/${kind}/items?plan=${plan}&limit=1000`;
  while (next !== null) {
    const page = await (await ask(next, { accept: GEOJSON })).json();
    all.push(...page.features);
    next = page.links?.find((/** @type {any} */ link) => link.rel === 'next')?.href ?? null;
  }
  return all;
}
/** @param {T.Kind} kind @param {string} id @returns {Promise<{found: T.Drawn, etag: string | null}>} */
export const drawing = async (kind, id) => versioned(await ask(`ogc/collections/${kind}/items/${one(id)}`, { accept: GEOJSON }));
/** @param {T.Kind} kind @param {object} feature @returns {Promise<string>} its id */
export async function addDrawing(kind, feature) {
  const answer = await ask(`ogc/collections/${kind}/items`, { method: 'POST', body: feature, type: GEOJSON, accept: GEOJSON });
  return decodeURIComponent((answer.headers.get('Location') ?? '').split('/').at(-1) ?? '');
}
/** @param {T.Kind} kind @param {string} id @param {object} feature @param {string} match */
export const putDrawing = async (kind, id, feature, match) => void (await ask(`ogc/collections/${kind}/items/${one(id)}`, { method: 'PUT', body: feature, type: GEOJSON, accept: GEOJSON, match }));
/** @param {T.Kind} kind @param {string} id @param {string} reason @param {string} match */
export const dropDrawing = async (kind, id, reason, match) => void (await ask(`ogc/collections/${kind}/items/${one(id)}?reason=${one(reason)}`, { method: 'DELETE', match }));

/**
 * The live stream as lines of text. Fetched, not an EventSource, because it needs the token in a header.
 * @param {string | null} lastEvent @param {AbortSignal} signal @param {() => void} opened
 */
export async function* liveLines(lastEvent, signal, opened) {
  const answer = await ask('live', { accept: 'text/event-stream', lastEvent, signal });
  if (!answer.body) return;
  opened();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r\n|\r|\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
