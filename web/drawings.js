/**
 * The zones and spots of one plan while somebody draws: what the service keeps, and over it the edits that are not saved. Knows no
 * map and no service. An edit never touches what the service keeps, so others' changes come in beneath it, and undo goes back to it.
 */

/** @import * as T from './types.js' */

/**
 * @typedef {object} Drawing  a zone or a spot as it is drawn
 * @property {string} key  its id, or a name of its own until it has one
 * @property {T.Kind} kind
 * @property {any} geometry
 * @property {T.DrawnProps} props
 * @typedef {Drawing & {etag: string | null}} Base  as the service keeps it; `etag` null: not asked for yet
 * @typedef {{key: string, kind: T.Kind, act: 'add' | 'put' | 'drop', mine: Drawing | null, base: Base | null}} Edit
 * @typedef {{key: string, mine: Drawing | null, theirs: Base | null}} Clash  null: deleted
 */

const SAID = /** @type {const} */ (['class', 'name', 'stalls', 'hours', 'season']); // what a planner says of a drawing

/** @param {T.Kind} kind @param {T.Drawn} feature @param {string | null} etag @returns {Base} */
export function baseOf(kind, feature, etag) {
  const { version } = feature.properties;
  return { key: String(feature.id), kind, geometry: simple(feature.geometry), props: feature.properties, etag: etag ?? (version === undefined ? null : `"${version}"`) };
}

/** A surface of one part as the polygon that it is. @param {any} geometry */
const simple = (geometry) => (geometry?.type === 'MultiPolygon' && geometry.coordinates.length === 1 ? { type: 'Polygon', coordinates: geometry.coordinates[0] } : geometry);

/** Whether its corners can be moved by hand: a drawing in several parts or with holes is shown, but not reshaped. @param {Drawing} one */
export const shapable = ({ geometry }) => geometry.type !== 'MultiPolygon' && !(geometry.type === 'Polygon' && geometry.coordinates.length > 1);

/** What is sent to the service. @param {Drawing} one @param {number} plan @param {string} reason @returns {object} */
export const sent = ({ key, kind, geometry, props }, plan, reason) => ({
  type: 'Feature',
  ...(fresh(key) ? {} : { id: key }),
  geometry,
  properties: {
    plan, reason, ...(props.name ? { name: props.name } : {}),
    ...(kind === 'zones' ? { class: props.class } : { stalls: props.stalls ?? 1 }),
    ...(kind === 'zones' && props.class !== 'restricted' ? {} : { ...(props.hours?.length ? { hours: props.hours } : {}), ...(props.season?.length ? { season: props.season } : {}) }),
  },
});

const FRESH = '+';
/** Whether the service has not heard of it yet. @param {string} key */
export const fresh = (key) => key.startsWith(FRESH);

/** @param {Drawing | null} a @param {Drawing | null} b whether both say the same at the same place */
export const same = (a, b) => a === b || (a !== null && b !== null
  && JSON.stringify(a.geometry) === JSON.stringify(b.geometry) && SAID.every((name) => JSON.stringify(a.props[name] ?? null) === JSON.stringify(b.props[name] ?? null)));

/** @returns an empty sheet */
export function createDrawings() {
  /** @type {Map<string, Base>} */
  let base = new Map();
  /** @typedef {Map<string, Drawing | null>} Edits  null: deleted */
  /** @type {Edits} */
  let edits = new Map();
  /** @type {Edits[]} */
  let past = [];
  /** @type {Edits[]} */
  let future = [];
  /** @type {Map<string, Clash>} */
  const clashes = new Map();
  let count = 0;

  /** @param {(next: Edits) => void} change  one step that undo takes back */
  const step = (change) => {
    past.push(edits);
    future = [];
    edits = new Map(edits);
    change(edits);
    for (const [key, mine] of edits) if (same(mine, base.get(key) ?? null)) edits.delete(key);
  };
  const forgetSteps = () => { past = []; future = []; };

  return {
    /** A name for a drawing that the service has not heard of. */
    name: () => `${FRESH}${(count += 1)}`,

    /** What the service keeps now; edits stay. @param {Base[]} list @returns {string[]} which edited drawings others changed meanwhile */
    load(list) {
      const was = base;
      base = new Map(list.map((one) => [one.key, one]));
      const late = [];
      for (const key of edits.keys()) {
        if (fresh(key)) continue;
        const [before, after] = [was.get(key) ?? null, base.get(key) ?? null];
        if (before === null || (after !== null && after.props.changed_at === before.props.changed_at && same(before, after))) continue;
        late.push(key);
        base.set(key, before); // the version that was edited: the service will refuse it, and the two are laid side by side
      }
      return late;
    },

    /** @returns {Drawing[]} */
    all() {
      const now = /** @type {Map<string, Drawing | null>} */ (new Map([...base, ...edits]));
      return [...now.values()].filter((one) => one !== null);
    },
    /** @param {string} key @returns {Drawing | null} */
    get: (key) => (edits.has(key) ? edits.get(key) ?? null : base.get(key) ?? null),
    /** @param {...Drawing} drawn */
    put: (...drawn) => step((next) => drawn.forEach((one) => next.set(one.key, one))),
    /** Puts some in place of another. @param {string} key @param {Drawing[]} drawn */
    replace: (key, drawn) => step((next) => {
      if (fresh(key)) next.delete(key); else next.set(key, null);
      drawn.forEach((one) => next.set(one.key, one));
    }),
    /** @param {string} key */
    drop: (key) => step((next) => void (fresh(key) ? next.delete(key) : next.set(key, null))),

    undo() {
      const before = past.pop();
      if (!before) return;
      future.push(edits);
      edits = before;
    },
    redo() {
      const after = future.pop();
      if (!after) return;
      past.push(edits);
      edits = after;
    },
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,

    /** @returns {Edit[]} what would be sent, oldest first */
    edits: () => [...edits].map(([key, mine]) => {
      const kept = base.get(key) ?? null;
      const kind = /** @type {Drawing} */ (mine ?? kept).kind;
      return { key, kind, act: mine === null ? 'drop' : fresh(key) ? 'add' : 'put', mine, base: kept };
    }),
    /** The service has it: it is no edit any more, and no step goes back behind it. @param {string} key @param {Base | null} kept */
    saved(key, kept) {
      edits.delete(key);
      base.delete(key);
      if (kept) base.set(kept.key, kept);
      forgetSteps();
    },
    discard() {
      edits = new Map();
      clashes.clear();
      forgetSteps();
    },

    clashes: () => [...clashes.values()],
    /** @param {string} key @param {Base | null} theirs */
    clash(key, theirs) {
      clashes.set(key, { key, mine: edits.get(key) ?? null, theirs });
    },
    /** Ends a clash: theirs stands; or mine will be put over it; or theirs stands and mine is another one. @param {string} key @param {'theirs' | 'mine' | 'both'} how */
    settle(key, how) {
      const clash = clashes.get(key);
      if (!clash) return;
      const { mine, theirs } = clash;
      clashes.delete(key);
      forgetSteps();
      edits = new Map(edits);
      if (theirs) base.set(key, theirs); else base.delete(key);
      if (how !== 'mine' || (theirs === null && mine !== null)) edits.delete(key);
      if (mine !== null && (how === 'both' || (how === 'mine' && theirs === null))) {
        const own = this.name();
        edits.set(own, { ...mine, key: own });
      }
      if (mine === null && theirs === null) edits.delete(key);
    },
  };
}
