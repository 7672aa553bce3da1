//! A FlatGeobuf geometry as one of `geo`. Every length is checked: the file is a stranger's.

use super::super::limits::GEOMETRY_DEPTH;
use crate::geom::validity::Fault;
use flatgeobuf::GeometryType;
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

type Written<'a> = flatgeobuf::Geometry<'a>;
type Read<T> = Result<(T, Option<Fault>), String>;

/// The geometry, and the fault that `geo` would hide. `kind` is the header's, unless that leaves it to each feature.
pub fn read(written: &Written<'_>, kind: GeometryType, depth: usize) -> Read<Geometry<f64>> {
    let kind = if kind == GeometryType::Unknown { written.type_() } else { kind };
    let plain = |geometry: Geometry<f64>| Ok((geometry, None));
    match kind {
        GeometryType::Point => match positions(written)?.as_slice() {
            [at] => plain(Point(*at).into()),
            other => Err(format!("a point of {} positions", other.len())),
        },
        GeometryType::MultiPoint => plain(MultiPoint(positions(written)?.into_iter().map(Point).collect()).into()),
        GeometryType::LineString => plain(LineString(positions(written)?).into()),
        GeometryType::MultiLineString => plain(MultiLineString(lines(written)?).into()),
        GeometryType::Polygon => polygon(written).map(|(polygon, fault)| (polygon.into(), fault)),
        GeometryType::MultiPolygon => {
            // A single part may stand without being listed as one.
            let parts: Vec<Written<'_>> =
                written.parts().map_or_else(|| vec![*written], |parts| parts.iter().collect());
            let (mut polygons, mut fault) = (Vec::with_capacity(parts.len()), None);
            for part in &parts {
                let (polygon, its) = polygon(part)?;
                polygons.push(polygon);
                fault = fault.or(its);
            }
            Ok((MultiPolygon(polygons).into(), fault))
        }
        GeometryType::GeometryCollection if depth < GEOMETRY_DEPTH => {
            let (mut all, mut fault) = (Vec::new(), None);
            for part in written.parts().into_iter().flatten() {
                let (geometry, its) = read(&part, GeometryType::Unknown, depth + 1)?;
                all.push(geometry);
                fault = fault.or(its);
            }
            Ok((Geometry::GeometryCollection(GeometryCollection(all)), fault))
        }
        GeometryType::GeometryCollection => Err(format!("collections nested deeper than {GEOMETRY_DEPTH}")),
        other => Err(format!("a geometry of type {} is not read: convert it to lines and polygons", name(other))),
    }
}

fn name(kind: GeometryType) -> &'static str {
    kind.variant_name().unwrap_or("unknown")
}

fn positions(written: &Written<'_>) -> Result<Vec<Coord<f64>>, String> {
    let Some(xy) = written.xy() else { return Ok(Vec::new()) };
    if xy.len() % 2 == 1 {
        return Err("position too short: an odd number of coordinates".to_owned());
    }
    let mut numbers = xy.iter();
    let mut all = Vec::with_capacity(xy.len() / 2);
    while let (Some(x), Some(y)) = (numbers.next(), numbers.next()) {
        all.push(Coord { x, y });
    }
    Ok(all)
}

/// Positions cut at `ends`; one line where there are no ends.
fn lines(written: &Written<'_>) -> Result<Vec<LineString<f64>>, String> {
    let all = positions(written)?;
    let Some(ends) = written.ends().filter(|ends| !ends.is_empty()) else {
        return Ok(if all.is_empty() { Vec::new() } else { vec![LineString(all)] });
    };
    let mut start = 0;
    let mut lines = Vec::with_capacity(ends.len());
    for end in ends {
        let line = all.get(start..end as usize).ok_or("ring ends that do not fit the positions")?;
        lines.push(LineString(line.to_vec()));
        start = end as usize;
    }
    Ok(lines)
}

fn polygon(written: &Written<'_>) -> Read<Polygon<f64>> {
    let mut rings = lines(written)?.into_iter();
    let open = |ring: &LineString<f64>| ring.0.first() != ring.0.last();
    let shell = rings.next().unwrap_or_else(|| LineString(Vec::new()));
    let holes: Vec<LineString<f64>> = rings.collect();
    let fault = std::iter::once(&shell).chain(&holes).any(open).then_some(Fault::NotClosed);
    Ok((Polygon::new(shell, holes), fault))
}
