//! What was measured, as lines of GeoJSON in metres, for `benches/legal.py`.

use super::super::ground::Outcome;
use super::pack::Town;
use geo::{Geometry, LineString};
use melonmap::analysis::legal::{Hand, Plan};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// `streets`: number, kerb, near and far edge left and right or `-`, line. `forbidden`: rule, distance, shape. `legal`: street, hand,
/// polygon. Fields are parted by tabs.
pub fn write(dir: &Path, town: &Town, plan: &Plan) -> Outcome {
    let text = |geometry: &Geometry<f64>| geojson::Geometry::from(geometry).to_string();
    let mut to = BufWriter::new(File::create(dir.join("streets"))?);
    for street in town.streets.iter().filter(|s| s.line.len() > 1) {
        write!(to, "{}\t{}", street.id, street.kerb)?;
        for side in &street.sides {
            match side {
                Some(side) => {
                    let near = street.kerb + side.offset_min;
                    write!(to, "\t{near}\t{}", near + side.depth)?;
                }
                None => write!(to, "\t-\t-")?,
            }
        }
        writeln!(to, "\t{}", text(&LineString(street.line.clone()).into()))?;
    }
    to.flush()?;
    let mut to = BufWriter::new(File::create(dir.join("forbidden"))?);
    for thing in &town.forbidden {
        writeln!(to, "{}\t{}\t{}", thing.rule.0, thing.distance, text(&thing.geometry))?;
    }
    to.flush()?;
    let mut to = BufWriter::new(File::create(dir.join("legal"))?);
    for place in &plan.places {
        let hand = u8::from(place.hand == Hand::Right);
        writeln!(to, "{}\t{hand}\t{}", place.street, text(&place.polygon.clone().into()))?;
    }
    to.flush()?;
    Ok(())
}
