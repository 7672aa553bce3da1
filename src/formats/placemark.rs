use geo::Geometry;

/// A place with a name, as programs for a desk or a phone know one. Positions in degrees.
#[derive(Debug, Clone)]
pub struct Placemark<'a> {
    /// The folder that it stands in.
    pub folder: &'a str,
    /// Its name.
    pub name: String,
    /// A line about it; may be empty.
    pub about: String,
    /// Where it is.
    pub geometry: &'a Geometry<f64>,
}
