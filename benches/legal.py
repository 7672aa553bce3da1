"""The operations of legal space with GEOS, by vectorised Shapely: buffers, unions of what is near, differences.

    legal.py FOLDER

FOLDER holds what `cargo bench --bench promises -- legal` measured: `streets`, `forbidden` and `legal`, GeoJSON in metres.
Prints one line of JSON. Shapely's own default draws circles in 8 segments a quarter: that is what is timed. For the areas its
circles are as fine as ours, and with the default once more.
"""

import json
import math
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import shapely
from shapely import STRtree

THREADS = 2
ROUNDS = 3
# As in src/analysis/legal/outline.rs.
QUARTER = 8
OFF = 0.025


def fine(distance):
    half = math.acos(distance / (distance + OFF))
    return max(QUARTER, math.ceil(math.pi / 2 / (2 * half)))


def coarse(_):
    return QUARTER


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def buffered(shapes, distances, segments, **how):
    """Each with its own distance; one call for each number of segments."""
    distances = np.asarray(distances, dtype=float)
    out = np.array(shapes, dtype=object)
    quads = np.array([segments(abs(d)) if d else 0 for d in distances])
    for quad in np.unique(quads[quads > 0]):
        of = quads == quad
        out[of] = shapely.buffer(out[of], distances[of], quad_segs=int(quad), **how)
    return out


class Town:
    def __init__(self, folder):
        streets = rows(folder / "streets")
        self.numbers = np.array([int(r[0]) for r in streets])
        self.lines = shapely.from_geojson([r[6] for r in streets])
        self.kerbs = np.array([float(r[1]) for r in streets])
        # By street, left before right.
        sides = [
            (n, hand, float(r[2 + 2 * hand]), float(r[3 + 2 * hand]))
            for n, r in enumerate(streets)
            for hand in (0, 1)
            if r[2 + 2 * hand] != "-"
        ]
        self.street, self.hand = (np.array([s[i] for s in sides]) for i in (0, 1))
        self.near, self.far = (np.array([s[i] for s in sides]) for i in (2, 3))
        forbidden = rows(folder / "forbidden")
        self.distances = np.array([float(r[1]) for r in forbidden])
        self.shapes = shapely.from_geojson([r[2] for r in forbidden])
        # A rule forbids nothing but areas where it asks for no distance.
        some = (self.distances > 0) | (shapely.get_dimensions(self.shapes) == 2)
        self.distances, self.shapes = self.distances[some], self.shapes[some]

    def strips(self, segments):
        lines = self.lines[self.street]
        sign = np.where(self.hand == 0, 1.0, -1.0)
        far = buffered(lines, sign * self.far, segments, cap_style="flat", single_sided=True)
        # GEOS makes of one side of a ring all that it encloses: there a side is what is near the ring, inside it or outside.
        ring = shapely.is_ring(lines)
        near = buffered(lines[ring], self.far[ring], segments)
        inside = np.array([shapely.Polygon(line) for line in lines[ring]], dtype=object)
        left = (self.hand[ring] == 0) == shapely.is_ccw(lines[ring])
        far[ring] = np.where(left, shapely.intersection(near, inside), shapely.difference(near, inside))
        return shapely.difference(far, buffered(lines, self.near, segments))

    def legal(self, segments, pool):
        """What is left of each strip. Only what is near a strip is buffered; work is shared by as many threads as `pool` has."""
        strips = self.strips(segments)
        roads = np.flatnonzero(self.kerbs > 0)
        road = buffered(self.lines[roads], self.kerbs[roads], segments)
        tree = STRtree(strips)
        near = np.unique(tree.query(self.shapes, predicate="dwithin", distance=self.distances * 1.02)[0])
        parts = np.array_split(near, pool_size(pool))
        shapes = run(pool, lambda of: buffered(self.shapes[of], self.distances[of], segments), parts)
        forbidden = np.concatenate([road, strips, *shapes])
        owner = np.concatenate([roads, np.full(len(forbidden) - len(roads), -1)])
        number = np.full(len(forbidden), -1)
        number[len(roads) : len(roads) + len(strips)] = np.arange(len(strips))
        around = STRtree(forbidden)

        def left(of):
            found, things = around.query(strips[of], predicate="intersects")
            strip = of[found]
            # Other streets' carriageways, the strips before this one, what rules forbid.
            keep = (owner[things] != self.street[strip]) & (number[things] < strip)
            found, things = found[keep], things[keep]
            order = np.argsort(found, kind="stable")
            found, things = found[order], things[order]
            # Only what lies in the strip: large shapes are not united whole.
            clipped = shapely.intersection(strips[of][found], forbidden[things])
            which, at = np.unique(found, return_inverse=True)
            near = shapely.geometrycollections(clipped, indices=at)
            out = strips[of].copy()
            out[which] = shapely.difference(out[which], shapely.union_all(near[:, np.newaxis], axis=1))
            return out

        # In strides: neighbours cost alike.
        shares = [np.arange(n, len(strips), pool_size(pool)) for n in range(pool_size(pool))]
        out = np.empty(len(strips), dtype=object)
        for share, part in zip(shares, run(pool, left, shares)):
            out[share] = part
        return out


def pool_size(pool):
    return THREADS if pool else 1


def run(pool, what, parts):
    return list(pool.map(what, parts)) if pool else [what(part) for part in parts]


def timed(what):
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        what()
        took.append(time.perf_counter() - start)
    return sorted(took)[ROUNDS // 2]


def ours(folder, town):
    """The places of each side as one shape."""
    at = {(town.numbers[s], h): n for n, (s, h) in enumerate(zip(town.street, town.hand))}
    places = rows(folder / "legal")
    out = np.full(len(town.street), shapely.from_wkt("POLYGON EMPTY"), dtype=object)
    if places:
        order = sorted((at[int(r[0]), int(r[1])], n) for n, r in enumerate(places))
        shapes = shapely.from_geojson([places[n][2] for _, n in order])
        which, index = np.unique([side for side, _ in order], return_inverse=True)
        out[which] = shapely.multipolygons(shapes, indices=index)
    return out


def main():
    folder = Path(sys.argv[1])
    town = Town(folder)
    mine = ours(folder, town)
    with ThreadPoolExecutor(THREADS) as pool:
        seconds = timed(lambda: town.legal(coarse, None))
        threads = timed(lambda: town.legal(coarse, pool))
        apart = []
        for segments in (fine, coarse):
            theirs = town.legal(segments, pool)
            different = shapely.area(shapely.symmetric_difference(mine, theirs))
            apart.append((different.sum() / shapely.area(theirs).sum(), different))
    worst = np.argsort(-apart[0][1])[:10]
    for n in worst:
        print(
            f"street {town.numbers[town.street[n]]} hand {town.hand[n]}: {apart[0][1][n]:.2f} m² apart",
            file=sys.stderr,
        )
    figures = {
        "seconds": seconds,
        "seconds_threads": threads,
        "apart": apart[0][0],
        "apart_coarse": apart[1][0],
        "area": float(shapely.area(mine).sum()),
        "sides_apart": int((apart[0][1] > 0.1).sum()),
        "versions": f"Shapely {shapely.__version__} (GEOS {shapely.geos_version_string})",
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
