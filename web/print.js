/**
 * Prints what a person sees: a sheet for upright paper and one for wide, and the paper picks (`print.css`). The map on them is drawn for
 * paper by the print style, so the screen keeps its own. Chosen in the browser's menu, printing waits for nobody: the sheets then show
 * the map as it stands, with its own legend.
 */

import * as api from './api.js';
import { el, h } from './dom.js';
import { belowHalf, chain, inside, lowest, ofLevel, whole } from './figures.js';
import { day, distance, moment, number, t, tn } from './i18n.js';
import { classList, head, kindList } from './legend.js';
import { HOUSEHOLDS_FROM } from './map.js';
import { exactFor } from './published.js';
import { publishedText } from './publishedviews.js';

/** @import * as T from './types.js' */
/** @typedef {import('maplibre-gl').StyleSpecification} Style */
/** @typedef {{canvas: HTMLCanvasElement, dots: number, zoom: number, metres: number}} Picture  `dots` to a CSS pixel, `metres` to a dot */

/**
 * @typedef {object} Page
 * @property {() => import('./views.js').Known} known
 * @property {() => Style | null} style  of the screen
 * @property {() => {zoom(): number, paper(style: Style, box: HTMLElement): Promise<Picture>, still(shape: number): Picture} | null} map
 * @property {() => boolean} households  true: this person may see them
 * @property {() => HTMLElement[] | null} sheets  instead of the map's
 * @property {(error: unknown) => void} failed
 */

const SCALE_PX = 150; // that the scale bar may be long

/** @param {Page} page */
export function startPrint(page) {
  const button = el('print');
  let drawing = false;
  let ready = false; // true: the sheets are the ones that the button drew

  async function print() {
    const own = page.sheets();
    if (own !== null) {
      clear();
      document.body.append(...own);
      ready = true;
      return window.print();
    }
    const map = page.map();
    if (drawing || !map || !page.known().rows) return;
    drawing = true;
    button.setAttribute('aria-busy', 'true');
    el('wait').textContent = t('print.wait');
    try {
      const style = await api.style('print');
      for (const { box, legend } of lay(page, style, map.zoom())) place(page, style, await map.paper(style, box), box, legend);
      ready = true;
    } catch (error) {
      clear();
      page.failed(error);
    }
    drawing = false;
    button.removeAttribute('aria-busy');
    el('wait').textContent = '';
    if (ready) window.print();
  }

  button.addEventListener('click', print);
  addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'p' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    print();
  });
  addEventListener('beforeprint', () => {
    if (ready) return;
    const own = page.sheets();
    if (own !== null) return document.body.append(...own);
    const [map, style] = [page.map(), page.style()];
    if (!map || !style || !page.known().rows) return;
    for (const { box, legend } of lay(page, style, map.zoom())) place(page, style, map.still(box.clientWidth / box.clientHeight), box, legend);
  });
  addEventListener('afterprint', () => {
    ready = false;
    clear();
  });
}

const clear = () => document.querySelectorAll('.sheet').forEach((sheet) => sheet.remove());

/** Lays both sheets out beside the screen, where they have their size on paper, with a box for the map. @param {Page} page @param {Style} style @param {number} zoom */
function lay(page, style, zoom) {
  clear();
  return ['upright', 'wide'].map((lie) => {
    const box = h('div.plate', null);
    const legend = h('div.sheet-legend', null, ...legendOf(page, style, zoom)); // before there is a map, so that the box has its last size
    document.body.append(h(`section.sheet.${lie}`, null, titles(page.known()), box, legend, foot(page.known())));
    return { box, legend };
  });
}

/** @param {Page} page @param {Style} style @param {Picture} picture @param {HTMLElement} box @param {HTMLElement} legend */
function place(page, style, picture, box, legend) {
  furnish(picture);
  box.replaceChildren(picture.canvas);
  legend.replaceChildren(...legendOf(page, style, picture.zoom));
}

/** Where, which campaign, and the answer. @param {import('./views.js').Known} known */
function titles({ info, rows, view, campaigns, me, asOf }) {
  const all = rows ?? [];
  const name = info?.name ?? '';
  const area = chain(all, view.area)[0];
  const row = area ?? whole(all, name);
  const campaign = campaigns.find((one) => one.id === view.campaign);
  const grids = (area ? inside(all, area.code, lowest(all)) : ofLevel(all, lowest(all))).filter((grid) => !grid.held_back);
  return h('header', null,
    h('h1', null, name, area && area.name !== name && ` · ${area.name}`),
    info?.sample && h('strong.sample', null, t('sample')),
    h('p', null, campaign ? [campaign.name, campaign.theme, t('campaign.span', { from: day(campaign.from), to: day(campaign.to) })].filter(Boolean).join(' · ') : t('campaign.all')),
    row && h('p.said', null, said(row, Boolean(campaign)), grids.length > 1 && !row.held_back && ` · ${tn('answer.half', belowHalf(grids), { all: number(grids.length) })}`),
    !exactFor(me) && h('p', null, publishedText(asOf)));
}

/** @param {T.Row} row @param {boolean} campaign */
function said(row, campaign) {
  if (row.held_back) return t('held.answer');
  if (row.eligible === 0) return t('answer.nobody');
  if (row.unvisited === 0) return t(campaign ? 'answer.campaign.done' : 'answer.done');
  return tn(campaign ? 'answer.campaign' : 'answer', row.unvisited, { total: number(row.eligible) });
}

/** @param {Page} page @param {Style} style @param {number} zoom */
function legendOf(page, style, zoom) {
  const { rows, view } = page.known();
  const dots = page.households() && !view.hidden && zoom >= HOUSEHOLDS_FROM;
  return [h('p', null, ...head(rows ?? [])), classList({ style, rows: rows ?? [], zoom }), ...(dots ? [kindList(style)] : [])];
}

/** @param {import('./views.js').Known} known */
const foot = ({ info, me, asOf }) => h('footer', null,
  h('span', null, [t('name'), asOf && (exactFor(me) ? t('as.of', { time: moment(asOf) }) : t('published.foot', { day: day(asOf.slice(0, 10)) }))].filter(Boolean).join(' · ')),
  h('span', null, (info?.attribution ?? []).join(' · ')));

/** Draws the frame and a scale bar into the picture, so that they shrink with it on smaller paper. @param {Picture} picture */
function furnish({ canvas, dots, metres }) {
  const to = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const most = SCALE_PX * dots * metres;
  const power = 10 ** Math.floor(Math.log10(most));
  const long = power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
  to.scale(dots, dots);
  const [wide, high, bar] = [canvas.width / dots, canvas.height / dots, long / metres / dots];
  const [x, y] = [wide - bar - 14, high - 12];
  to.fillStyle = '#fff';
  to.fillRect(x - 8, y - 24, bar + 16, 30); // it must be read on a dark map too
  to.strokeStyle = to.fillStyle = '#000';
  to.strokeRect(0.5, 0.5, wide - 1, high - 1);
  to.lineWidth = 1.5;
  to.stroke(new Path2D(`M${x} ${y - 5}v5h${bar}v-5`));
  to.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  to.textAlign = 'center';
  to.fillText(distance(long), x + bar / 2, y - 7);
}
