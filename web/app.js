/** Starts the page and joins its parts: what is known, what the address says, the map, the panel and the live stream. */

import * as api from './api.js';
import * as address from './address.js';
import { createAnswerForm } from './answerform.js';
import { createAssign } from './assign.js';
import { createMaps } from './beside.js';
import { createCampaigns } from './campaigns.js';
import { createCodes } from './codes.js';
import { el, h } from './dom.js';
import { chain } from './figures.js';
import { frame, point } from './frame.js';
import * as i18n from './i18n.js';
import { listen } from './input.js';
import { firstKnown, keepChoice } from './known.js';
import { createLedger } from './ledger.js';
import { drawLegend } from './legend.js';
import { follow } from './live.js';
import { HOUSEHOLDS_FROM, supported } from './map.js';
import { createOffline } from './offline.js';
import * as panel from './panel.js';
import { createPerson } from './person.js';
import { startPrint } from './print.js';
import { createDesk } from './plans.js';
import { createPublish } from './publish.js';
import { coloured, exactFor, settle } from './published.js';
import { createRates } from './rates.js';
import { reader, selection } from './reading.js';
import { createSatisfaction } from './satisfaction.js';
import { startSearch } from './search.js';
import { openSign } from './sign.js';
import { createTasks } from './tasks.js';
import { notice, render } from './views.js';
import { createVisitList } from './visitlist.js';
import { createWorklist } from './worklist.js';

/** @import * as T from './types.js' */

const HOUSEHOLDS_NEAR = 15.2; // the zoom that "zoom in to households" goes to

const first = address.here();
const known = firstKnown(first.view);
/** @type {ReturnType<typeof createMaps> | null} */
let map = null;
/** @type {import('maplibre-gl').StyleSpecification | null} */
let style = null;
let unfollow = () => {};
const readFigures = reader(known, () => draw(), () => void changePerson());
const readSelected = selection(known, { may: () => mayHouseholds(), household: (code) => offline.household(code), found: (area) => go({ area }, { step: false }), draw: () => draw() });
const person = createPerson(first.link, (me, trouble) => { known.me = me; known.trouble = trouble ?? known.trouble; });
/** What every task is given. @type {Parameters<typeof createDesk>[0]} */
const page = { known: () => known, go: (change, how) => go(change, how), map: () => map, redraw: () => draw(), sign: () => acts.sign() };
const desk = createDesk(page);
const offline = createOffline({ ...page, logged: () => list.synced(), name: (code) => list.name(code), changePerson: () => changePerson(), unfollow: () => unfollow(), refresh: () => refresh(), select: () => readSelected() });
const list = createWorklist(page, offline.queue, offline.kept);
const tasks = createTasks([desk, createRates(page), createSatisfaction(page), createCodes(page), list, createCampaigns(page), createAssign(page), createLedger(page)]);

const mayHouseholds = () => known.me?.may.includes('households') ?? false;

// ---- what a person sees ----

const acts = {
  again: () => void refresh(),
  more: () => { known.allRows = !known.allRows; draw(); },
  sign: () => openSign(known.me, changePerson, offline.leave),
  campaign: (/** @type {number | null} */ id) => go({ campaign: id }),
  visits: createVisitList(page, () => readSelected(), offline.queue).view,
  device: offline.device,
  answer: createAnswerForm(page),
  dismiss: () => { known.trouble = null; draw(); },
  publish: createPublish(page),
};

function draw() {
  el('panel').toggleAttribute('data-wide', known.view.rates !== null);
  panel.put((known.me && tasks.front(known.view)?.render()) ?? render(known, acts));
  panel.tell(offline.covers(known.trouble) ? null : notice(known, acts));
  offline.draw();
  drawScale();
  const here = known.rows && chain(known.rows, known.view.area)[0];
  document.title = known.info ? i18n.t('title', { place: here?.name ?? known.info.name }) : i18n.t('name');
}

function drawScale() {
  const task = tasks.front(known.view);
  if (task) return task.legend(style);
  if (!style || !known.rows) return;
  drawLegend({
    style, rows: known.rows, households: mayHouseholds(), hidden: known.view.hidden,
    zoom: known.view.at?.zoom ?? 0, near: (known.view.at?.zoom ?? 0) >= HOUSEHOLDS_FROM,
    approach: () => map?.zoomTo(HOUSEHOLDS_NEAR),
    hide: (hidden) => go({ hidden }),
  });
}

function drawFrame() {
  frame(known.view, known.info, known.me);
  map?.label(i18n.t('map.label'));
  panel.label();
}

/**
 * Goes somewhere: the one way in which the view changes.
 * @param {Partial<T.View>} change @param {{step?: boolean, fly?: boolean}} [how]  `step`: the back button undoes it; `fly`: the map follows
 */
function go(change, { step = true, fly = false } = {}) {
  const was = known.view;
  if (change.plan !== undefined && change.plan !== was.plan && desk.unsaved() > 0) {
    return void desk.leave().then((may) => (may ? go(change, { step, fly }) : address.put(known.view, true)));
  }
  const view = known.view = { ...was, ...change };
  address.put(view, step);
  if (view.area !== was.area) known.allRows = false;
  if (view.lang !== was.lang || view.theme !== was.theme) {
    keepChoice(view);
    drawFrame();
  }
  if (view.theme !== was.theme) dress(false);
  map?.show(view);
  if (view.campaign !== was.campaign) {
    known.waiting = null;
    readFigures();
  }
  if (view.area !== was.area || view.household !== was.household) readSelected();
  if (panel.narrow() && (view.area !== was.area || view.household !== was.household) && panel.hidden()) panel.sheet('half');
  tasks.moved(was);
  offline.moved(was);
  draw();
  if ((view.rates === null) !== (was.rates === null)) pad(); // the panel has another width
  if (fly) approach();
}

/** Tells the map what panel and sheet hide. */
const pad = () => map?.pad(panel.hidden());

/** Brings what is selected into sight. */
async function approach() {
  const { area, household } = known.view;
  const task = tasks.front(known.view);
  pad();
  try {
    if (task?.bounds) {
      const bounds = await task.bounds();
      if (bounds) map?.fit(bounds);
    } else if (household !== null) {
      const found = known.household?.found?.code === household ? known.household.found : await offline.household(household);
      if (found) map?.door(found);
    } else if (area !== null) map?.fit((await api.area(area)).bbox);
    else if (known.info?.bbox) map?.fit(known.info.bbox);
  } catch (error) {
    api.troubleOf(error); // the panel says what is missing; the map stays where it is
  }
}

// ---- what the service knows ----

/** Everything again: after trouble, and when too much changed. */
async function refresh() {
  if (!known.info || !map) return begin();
  map.refresh(null);
  tasks.read();
  await Promise.all([readFigures(), readSelected()]);
}

/** @param {T.Change} change */
function onChange(change) {
  offline.kept.changed(change);
  if (change.reset || (change.edition && !exactFor(known.me))) return void refresh();
  if (change.areas.length > 0) readFigures(change.areas); // asked before the tiles: the number is what a person looks at
  map?.refresh(change.tiles);
  tasks.changed(change);
  const { area, household } = known.view;
  if (household !== null || (area !== null && change.areas.includes(area))) readSelected();
}

/** @param {'open' | 'lost' | 'refused'} state */
function onLive(state) {
  const back = known.live === 'lost' && state === 'open';
  known.live = state;
  if (state === 'lost') {
    if (!navigator.onLine) known.trouble = 'offline';
    else readFigures(); // says at once whether only the stream broke
  }
  if (state === 'refused') readFigures(); // says whether the sign-in has ended
  if (back) readFigures(); // whatever stood there of the trouble goes; what changed comes by the stream
  else draw();
}

// ---- who asks, and how it looks ----

/** @param {boolean} again  true: another person, so all tiles anew */
async function dress(again) {
  try {
    style = await api.style(known.view.theme);
    map?.dress(style, { households: mayHouseholds(), level: coloured(known), again });
    map?.show(known.view);
    drawScale();
  } catch (error) {
    known.trouble = api.troubleOf(error);
    draw();
  }
}

/** Keeps the campaign that the address names, if it is there for this person. */
const settleCampaign = () => settle(known) && address.put(known.view, false);

async function changePerson() {
  unfollow();
  known.waiting = known.household = known.live = known.trouble = null;
  try {
    await person.read();
    [known.campaigns, known.editions] = await Promise.all([api.campaigns(), api.editions()]);
    settleCampaign();
  } catch (error) {
    known.trouble = api.troubleOf(error);
  }
  if (!mayHouseholds() && known.view.household !== null) go({ household: null }, { step: false });
  drawFrame();
  await offline.person();
  tasks.read();
  await readFigures(); // which areas there are figures of says what the map colours
  await Promise.all([dress(true), readSelected()]);
  unfollow = follow({ change: onChange, state: onLive });
}

function startMap() {
  if (!style || !known.info || map) return;
  if (!supported()) return void el('map').append(h('p.no-map', { role: 'alert' }, i18n.t('map.unsupported')));
  map = createMaps({
    container: el('map'), style, view: known.view, bbox: known.info.bbox, level: coloured(known), households: mayHouseholds(), padding: panel.hidden(),
  }, {
    moved: (at) => {
      known.view = { ...known.view, at };
      address.put(known.view, false);
      drawScale(); // its colours are those of this zoom
    },
    picked: (one) => {
      if (tasks.picked(known.view, one)) return;
      if (one?.kind === 'household') go({ household: one.code });
      else go({ area: one?.code ?? null, household: null });
    },
    asked: desk.asked,
    pointed: (tip) => { point(tip); tasks.pointed(tip?.props.code ?? null); },
    closed: () => desk.acts.split(false),
    failed: (status) => {
      if (status === 404 || status === 409 || status === 400) return; // a glyph range or a tile that does not exist; a plan without its result: the panel says so
      if (status === 401) return void readFigures(); // says whether the sign-in has ended
      known.trouble = new api.Problem(status, '').trouble;
      draw();
    },
  });
  map.label(i18n.t('map.label'));
  pad();
}

// ---- the start ----

async function begin() {
  known.trouble = null;
  draw();
  try {
    await person.read(); // first: an old token would have everything refused
    const [info, campaigns, editions, own] = await Promise.all([api.info(), api.campaigns(), api.editions(), api.style(known.view.theme)]);
    Object.assign(known, { info, campaigns, editions });
    style = own;
    settleCampaign();
    drawFrame();
    const figures = readFigures();
    const placed = known.view.at !== null;
    if (!exactFor(known.me)) await figures;
    startMap();
    await offline.person();
    tasks.read();
    tasks.tend();
    await figures;
    readSelected();
    if (!placed && (known.view.plan !== null || known.view.area !== null || known.view.household !== null)) approach();
    unfollow();
    unfollow = follow({ change: onChange, state: onLive });
  } catch (error) {
    known.trouble = api.troubleOf(error);
    draw();
  }
}

/** Takes the token out of the address at once. @param {string} token */
async function takeToken(token) {
  api.setToken(token);
  address.put(known.view, false);
  if (known.info) await changePerson();
}

/** Takes the link out of the address at once. @param {string} opened */
async function openLink(opened) {
  person.open(opened);
  address.put(known.view, false);
  if (known.info) await changePerson();
}

if (first.token !== null) takeToken(first.token);
if (first.link !== null) openLink(first.link);
drawFrame();
panel.start();
listen({
  view: () => known.view, go, sign: acts.sign, token: (token) => void takeToken(token), link: (opened) => void openLink(opened), map: () => map,
  whole: () => { pad(); if (known.info?.bbox) map?.fit(known.info.bbox); },
  walk: desk.walk,
});
addEventListener('beforeunload', (event) => { if (tasks.unsaved() > 0) event.preventDefault(); });
addEventListener('online', () => { if (known.trouble !== null) refresh(); });
addEventListener('offline', () => { known.trouble = 'offline'; draw(); });
startPrint({ known: () => known, sheets: () => tasks.sheets(known.view), style: () => style, map: () => map, households: mayHouseholds, failed: (error) => { known.trouble = api.troubleOf(error); draw(); } });
panel.onShape(() => { panel.sheet('half'); pad(); });
startSearch((found) => (found.type === 'area' && desk.area(found.code)) || go(found.type === 'household' ? { household: found.code, area: null, plan: null, rates: null, figure: null, within: null, compare: [], today: false, member: null, ledger: false, teams: null, team: null, calendar: false } : { area: found.code, household: null, plan: null }, { fly: true }));
begin();
