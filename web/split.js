/** Cuts a polygon along a line; pure. On the flat lon/lat plane: a drawing is small, and a cut stays on its own line on any plane. */

/** @typedef {[number, number]} P */
/** @typedef {{at: number, ring: number, p: P}} Hit  how far along the line, and along the ring, it crosses */

/**
 * The parts of a polygon without holes on both sides of a line; of a line that enters and leaves several times, all of them.
 * @param {P[]} ring  closed @param {P[]} line @returns {P[][]} closed rings; only the one where the line does not go right through
 */
export function split(ring, line) {
  const hits = crossings(ring, line);
  /** @type {P[][]} */
  let parts = [ring];
  for (let i = 0; i + 1 < hits.length; i += 1) {
    const way = between(line, hits[i], hits[i + 1]);
    if (!inside(ring, middle(way))) continue;
    parts = parts.flatMap((part) => (inside(part, middle(way)) ? cut(part, way) : [part]));
  }
  return parts;
}

/** @param {P[]} ring @param {P[]} line @returns {Hit[]} in the order of the line */
function crossings(ring, line) {
  /** @type {Hit[]} */
  const hits = [];
  for (let i = 0; i + 1 < line.length; i += 1) {
    for (let j = 0; j + 1 < ring.length; j += 1) {
      const [t, u] = meet(line[i], line[i + 1], ring[j], ring[j + 1]) ?? [];
      if (t !== undefined && u !== undefined) hits.push({ at: i + t, ring: j + u, p: along(line[i], line[i + 1], t) });
    }
  }
  return hits.sort((a, b) => a.at - b.at);
}

/** Where two segments cross, as shares of both; the end of a segment belongs to the next. @param {P} a @param {P} b @param {P} c @param {P} d */
function meet(a, b, c, d) {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const turn = rx * sy - ry * sx;
  if (turn === 0) return null;
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / turn;
  const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / turn;
  return t >= 0 && t < 1 && u >= 0 && u < 1 ? [t, u] : null;
}

/** @param {P} a @param {P} b @param {number} t @returns {P} */
const along = (a, b, t) => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];

/** The line from one crossing to the next. @param {P[]} line @param {Hit} from @param {Hit} to @returns {P[]} */
const between = (line, from, to) => [from.p, ...line.slice(Math.floor(from.at) + 1, Math.floor(to.at) + 1).filter((p) => p !== from.p), to.p];

/** A point on the way that is none of its ends. @param {P[]} way @returns {P} */
const middle = (way) => along(way[0], way[1], 0.5);

/** By the rule of even and odd. @param {P[]} ring @param {P} p */
export function inside(ring, [x, y]) {
  let odd = false;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [[ax, ay], [bx, by]] = [ring[i], ring[i + 1]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

/** @param {P[]} ring @param {P[]} way  from border to border, inside in between @returns {P[][]} */
function cut(ring, way) {
  const open = ring.slice(0, -1);
  const [from, to] = [place(ring, way[0]), place(ring, way[way.length - 1])];
  if (from === null || to === null) return [ring];
  const back = way.toReversed();
  /** @param {number} a @param {number} b the corners met on the way round from one place to the other @returns {P[]} */
  const round = (a, b) => {
    const corners = [];
    const last = b > a ? b : b + open.length;
    for (let i = Math.floor(a) + 1; i <= last; i += 1) corners.push(open[i % open.length]);
    return corners;
  };
  return [closed([...way, ...round(to, from)]), closed([...back, ...round(from, to)])].filter((part) => part.length > 3);
}

/** Where on the ring a point of its border lies: the corner before it, and the share of its side. @param {P[]} ring @param {P} p @returns {number | null} */
function place(ring, p) {
  let best = { gap: Infinity, at: 0 };
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const { gap, share } = toSegment(p, ring[i], ring[i + 1]);
    if (gap < best.gap) best = { gap, at: i + Math.min(share, 1 - Number.EPSILON) };
  }
  return best.gap < 1e-18 ? best.at : null;
}

/** The nearest place of a segment: its squared distance and its share. @param {P} p @param {P} a @param {P} b */
export function toSegment([x, y], a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const long = dx * dx + dy * dy;
  const share = long === 0 ? 0 : Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / long));
  const [nx, ny] = along(a, b, share);
  return { share, gap: (x - nx) ** 2 + (y - ny) ** 2, p: /** @type {P} */ ([nx, ny]) };
}

/** The nearest place on the borders of surfaces. @param {import('geojson').Geometry[]} surfaces @param {P} p @returns {P | undefined} */
export function nearestOf(surfaces, p) {
  /** @type {{gap: number, p: P} | undefined} */
  let best;
  for (const surface of surfaces) {
    const rings = surface.type === 'Polygon' ? surface.coordinates : surface.type === 'MultiPolygon' ? surface.coordinates.flat() : [];
    for (const ring of rings) {
      for (let i = 0; i + 1 < ring.length; i += 1) {
        const near = toSegment(p, /** @type {any} */ (ring[i]), /** @type {any} */ (ring[i + 1]));
        if (!best || near.gap < best.gap) best = near;
      }
    }
  }
  return best?.p;
}

/** Closed, and no corner twice in a row. @param {P[]} points @returns {P[]} */
function closed(points) {
  const ring = points.filter((p, i) => i === 0 || p[0] !== points[i - 1][0] || p[1] !== points[i - 1][1]);
  const [first, last] = [ring[0], ring[ring.length - 1]];
  if (first[0] === last[0] && first[1] === last[1]) ring.pop();
  return [...ring, first];
}
