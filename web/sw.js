/**
 * The service worker: the page opens without network, and a person who visits has what was kept for the walk. It begins with the list
 * of the page's files that the service puts before it, `self.SHELL`.
 *
 * Of what it keeps, and for whom:
 * - `shell:<version>` holds the files of the page, the same for everybody. They are answered from here, all of one version; another
 *   version is loaded beside it and takes over when the page says so, or when no page is open any more.
 * - `kept:<id>` holds answers that are one person's: figures, lists with addresses, lines of households, tiles. `kept.js` makes it for who signed in by a
 *   session, decides what is in it, and deletes it at sign-out, for another person, and when the session has ended. Here its answers
 *   are only renewed, and given when the service gives none. After the session's end nothing is given from it.
 * - A request with a token is not looked at: a token is its tab's, and leaves nothing behind. What is not in these two goes to the
 *   service, as do all requests that change something.
 */

const worker = /** @type {any} */ (self);
/** @type {{version: string, files: [string, string][]}} */
const { version, files } = worker.SHELL;

/** @type {string} where the service is, with a slash at its end */
const ROOT = worker.registration.scope;
const OWN = `melonmap:${new URL(ROOT).pathname}:`; // two services may stand on one origin
const SHELLS = `${OWN}shell:`;
const KEPT = `${OWN}kept:`;
const OWNER = `${ROOT}kept`; // no path of the service: for whom, and until when
const SHELL = SHELLS + version;
const PATIENCE_MS = 5_000; // for the service, where something is kept
const AT_ONCE = 6; // files that are loaded
const GONE = [502, 503, 504]; // a proxy before a service that is not there
const PERSONAL = /^(api\/(me|info|campaigns|editions|coverage|worklist|areas\/[^/]+)|tiles\/.+)$/;

const paths = new Set(files.map(([path]) => path));
/** @param {string} path */
const at = (path) => new URL(path, ROOT).href;

/** Takes all files, those that did not change from the version before; one that is not what the list says ends it. */
async function install() {
  const cache = await caches.open(SHELL);
  const older = await Promise.all((await caches.keys()).filter((name) => name.startsWith(SHELLS) && name !== SHELL).map((name) => caches.open(name)));
  const left = [...files];
  const is = (/** @type {Response | undefined} */ file, /** @type {string} */ hash) => file?.headers.get('ETag')?.includes(hash) ?? false;
  /** @param {string} url @param {string} hash */
  const one = async (url, hash) => {
    for (const had of [cache, ...older]) {
      const file = await had.match(url, { ignoreVary: true });
      if (file && is(file, hash)) return file;
    }
    const file = await fetch(url, { cache: 'no-cache' });
    if (!file.ok || !is(file, hash)) throw new Error(`${url} is not of version ${version}`);
    return file;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.shift(); next; next = left.shift()) await cache.put(at(next[0]), await one(at(next[0]), next[1]));
  }));
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(SHELLS) && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** What is kept for a person whose session has not ended; null: nothing. @returns {Promise<Cache | null>} */
async function own() {
  const name = (await caches.keys()).findLast((one) => one.startsWith(KEPT));
  if (name === undefined) return null;
  const cache = await caches.open(name);
  const owner = await (await cache.match(OWNER))?.json();
  if (owner && Date.parse(owner.until) > Date.now()) return cache;
  await caches.delete(name);
  return null;
}

/** @param {Response} answer  said to be kept, so that the page can tell */
function marked({ status, headers, body }) {
  const told = new Headers(headers);
  told.set('Melonmap-Kept', 'yes');
  return new Response(status === 204 ? null : body, { status, headers: told });
}

/** The service's answer; where it gives none, the one that is kept. @param {any} event @param {string} path @returns {Promise<Response>} */
async function personal({ request, waitUntil }, path) {
  const cache = await own(); // before asking: what comes after it was deleted is put where nobody finds it
  const kept = await cache?.match(request.url, { ignoreVary: true });
  if (!cache || !kept) return fetch(request);
  let late = 0;
  try {
    const patience = new Promise((_, stop) => { late = worker.setTimeout(() => stop(new Error('no answer in time')), PATIENCE_MS); });
    const answer = /** @type {Response} */ (await Promise.race([fetch(request), patience]));
    if (GONE.includes(answer.status)) return marked(kept);
    if (answer.ok && path !== 'api/me') waitUntil(cache.put(request.url, answer.clone()).catch(() => {})); // a full disk keeps the old one
    return answer;
  } catch {
    return marked(kept);
  } finally {
    clearTimeout(late);
  }
}

/** @param {Request} request @param {string} path */
const shell = async (request, path) => (await (await caches.open(SHELL)).match(at(path), { ignoreVary: true })) ?? fetch(request);

worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener('message', (/** @type {MessageEvent} */ { data }) => { if (data === 'take over') void worker.skipWaiting(); });
worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(ROOT)) return;
  const [written] = request.url.slice(ROOT.length).split(/[?#]/);
  const path = /%[^2]|%2[^0]/.test(written) ? written : written.replaceAll('%20', ' ');
  if (paths.has(path)) event.respondWith(shell(request, path));
  else if (PERSONAL.test(path) && !request.headers.has('Authorization')) event.respondWith(personal({ request, waitUntil: (/** @type {Promise<unknown>} */ done) => event.waitUntil(done) }, path));
});
