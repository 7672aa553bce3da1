/**
 * The page's one door to the service: nothing else calls `fetch`. Knows no element of the page and no map. Its paths are relative
 * to the page, which may stand below a base path.
 */

/** @import * as T from './types.js' */

/** What the service refused, or could not be asked. `status` 0 means that no answer came. */
export class Problem extends Error {
  /**
   * @param {number} status @param {string} detail @param {number} [wait]  seconds until trying again makes sense
   * @param {string} [field]  what was refused of what was sent
   */
  constructor(status, detail, wait = 0, field = '') {
    super(detail);
    this.status = status;
    this.wait = wait;
    this.field = field;
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

/** @returns {Record<string, string>} the headers that say who asks; also for the map's own requests */
export const headers = () => (token === null ? {} : { Authorization: `Bearer ${token}` });

/**
 * @param {string} path
 * @param {{accept?: string, lastEvent?: string | null, signal?: AbortSignal, method?: 'GET' | 'POST' | 'PUT' | 'DELETE', body?: object}} [options]
 * @returns {Promise<Response>} an answer that is no refusal
 */
async function ask(path, { accept = 'application/json', lastEvent = null, signal, method = 'GET', body } = {}) {
  const sent = {
    ...headers(), Accept: accept,
    ...(lastEvent === null ? {} : { 'Last-Event-ID': lastEvent }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  };
  let answer;
  try {
    answer = await fetch(path, { method, headers: sent, body: body && JSON.stringify(body), signal, cache: 'no-store' });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Problem(0, String(cause));
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, said.detail ?? answer.statusText, Number(answer.headers.get('Retry-After') ?? 0), said.field);
}

/** @param {string} path @param {Record<string, string | number | null | undefined>} [query] @param {AbortSignal} [signal] */
async function json(path, query = {}, signal) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  try {
    return await (await ask(given.length ? `${path}?${search}` : path, { signal })).json();
  } catch (error) {
    if (error instanceof SyntaxError) throw new Problem(502, 'The answer is no JSON.');
    throw error;
  }
}

const one = encodeURIComponent;

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
  await ask('api/session', { method: 'POST', body: by });
}

/** Whether it is a person with a session who asks, and no token. */
export const bySession = () => session;

/** Changes the password of who signed in; the session begins anew. @param {string} old  empty where there is none @param {string} next */
export async function changePassword(old, next) {
  await ask('api/session/password', { method: 'PUT', body: { ...(old && { old }), new: next } });
}

/** Forgets the token and ends the session, if there is one. */
export async function signOut() {
  setToken(null);
  session = false;
  await ask('api/session', { method: 'DELETE' });
}

/** @returns {Promise<T.Campaign[]>} */
export const campaigns = async () => (await json('api/campaigns')).campaigns;
/** @param {number | null | undefined} campaign @returns {Promise<T.Coverage>} of all levels */
export const coverage = (campaign) => json('api/coverage', { campaign });
/** @param {number | null | undefined} campaign @param {T.Row} row @returns {Promise<T.Coverage>} of this one area */
export const coverageOf = (campaign, { code, level }) => json('api/coverage', { campaign, within: code, level });
/** @param {string} code @returns {Promise<T.Area>} */
export const area = (code) => json(`api/areas/${one(code)}`);
/** @param {string} code @returns {Promise<T.Household>} */
export const household = (code) => json(`api/households/${one(code)}`);
/** @param {string} code @param {number | null | undefined} campaign @param {number} limit  1 to 1000 @returns {Promise<T.UnvisitedList>} */
export const unvisited = (code, campaign, limit) => json('api/unvisited', { area: code, campaign, limit });
/** @param {string} q @param {AbortSignal} signal @returns {Promise<T.Found[]>} */
export const search = async (q, signal) => (await json('api/search', { q, limit: 10 }, signal)).results;
/** @param {'light' | 'dark' | 'print'} name @returns {Promise<import('maplibre-gl').StyleSpecification>} */
export const style = (name) => json(`styles/${name}.json`);

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
