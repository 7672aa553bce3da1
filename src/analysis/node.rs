//! Giving neighbours the same vertices.

use geo::{Coord, LineString, MultiPolygon};

/// How far beside an edge a point may lie to be taken for a point of it, degrees: 1 µm. Points that were worked out on an
/// edge lie beside it by a rounding, 1e-14 degree.
const TOLERANCE: f64 = 1e-11;

/// Makes every point that lies on an edge of a ring a vertex of it, so that polygons that share a border share its vertices.
///
/// Points near an end of an edge are left out. O((edges + points) · log points), and for each edge the points of its
/// longitudes.
pub fn node<'a>(geometries: impl IntoIterator<Item = &'a mut MultiPolygon<f64>>, mut points: Vec<Coord<f64>>) {
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    for polygon in geometries.into_iter().flat_map(|g| &mut g.0) {
        polygon.exterior_mut(|ring| insert(ring, &points));
        polygon.interiors_mut(|rings| rings.iter_mut().for_each(|ring| insert(ring, &points)));
    }
}

fn insert(ring: &mut LineString<f64>, points: &[Coord<f64>]) {
    let mut vertices = Vec::with_capacity(ring.0.len());
    for edge in ring.0.windows(2) {
        vertices.push(edge[0]);
        // Seen from the same end by both owners of an edge, so that points a rounding apart keep one order.
        let reversed = (edge[0].x, edge[0].y) > (edge[1].x, edge[1].y);
        let (a, b) = if reversed { (edge[1], edge[0]) } else { (edge[0], edge[1]) };
        let mut on: Vec<(f64, Coord<f64>)> = near(points, a, b).filter_map(|p| Some((share(a, b, p)?, p))).collect();
        on.sort_by(|p, q| p.0.total_cmp(&q.0));
        if reversed {
            on.reverse();
        }
        vertices.extend(on.into_iter().map(|(_, p)| p));
    }
    vertices.extend(ring.0.last());
    ring.0 = vertices;
}

/// The points within the rectangle around an edge; `a` is its western end.
fn near(points: &[Coord<f64>], a: Coord<f64>, b: Coord<f64>) -> impl Iterator<Item = Coord<f64>> {
    let from = points.partition_point(|p| p.x < a.x - TOLERANCE);
    let (south, north) = (a.y.min(b.y) - TOLERANCE, a.y.max(b.y) + TOLERANCE);
    points[from..]
        .iter()
        .take_while(move |p| p.x <= b.x + TOLERANCE)
        .filter(move |p| (south..=north).contains(&p.y))
        .copied()
}

/// How far along the edge from `a` to `b` a point lies, 0 to 1; `None` if it lies beside it or at one of its ends.
fn share(a: Coord<f64>, b: Coord<f64>, p: Coord<f64>) -> Option<f64> {
    let (edge, to) = (b - a, p - a);
    let length = edge.x.hypot(edge.y);
    let along = (edge.x * to.x + edge.y * to.y) / length;
    let beside = (edge.x * to.y - edge.y * to.x).abs() / length;
    (beside < TOLERANCE && along > TOLERANCE && along < length - TOLERANCE).then_some(along / length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn a_vertex_in_the_middle_of_a_neighbours_edge_becomes_a_vertex_of_it() {
        let mut west: MultiPolygon<f64> = wkt!(POLYGON((0. 0.,1. 0.,1. 3.,0. 3.,0. 0.))).into();
        let mut east: MultiPolygon<f64> = wkt!(POLYGON((1. 3.,1. 0.,2. 0.,2. 3.,1. 3.))).into();
        let points = [(1.0, 2.0), (1.0, 1.0), (1.0, 3.0), (1.0 + 1e-9, 1.5), (0.5, 0.5)];
        node([&mut west, &mut east], points.map(|(x, y)| Coord { x, y }).to_vec());
        assert_eq!(west, wkt!(POLYGON((0. 0.,1. 0.,1. 1.,1. 2.,1. 3.,0. 3.,0. 0.))).into());
        assert_eq!(east, wkt!(POLYGON((1. 3.,1. 2.,1. 1.,1. 0.,2. 0.,2. 3.,1. 3.))).into());
    }

    #[test]
    fn holes_take_part() {
        let mut around: MultiPolygon<f64> =
            wkt!(POLYGON((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(3. 3.,3. 6.,6. 6.,6. 3.,3. 3.))).into();
        node([&mut around], vec![Coord { x: 4.0, y: 6.0 }]);
        assert_eq!(around.0[0].interiors()[0], wkt!(LINESTRING(3. 3.,3. 6.,4. 6.,6. 6.,6. 3.,3. 3.)));
    }
}
