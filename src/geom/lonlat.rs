use super::GeomError;

/// A position: WGS 84 longitude and latitude, degrees.
///
/// ```
/// use melonmap::geom::LonLat;
/// assert!(LonLat::new(9.52, 47.14).is_ok());
/// assert!(LonLat::new(181.0, 0.0).is_err());
/// assert!(LonLat::new(0.0, f64::NAN).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

impl LonLat {
    /// Refuses what is not finite or lies outside -180..=180, -90..=90.
    pub fn new(lon: f64, lat: f64) -> Result<LonLat, GeomError> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(GeomError::Longitude(lon));
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(GeomError::Latitude(lat));
        }
        Ok(LonLat { lon, lat })
    }

    /// Degrees east.
    #[must_use]
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Degrees north.
    #[must_use]
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// The position as the `geo` crate writes it.
    #[must_use]
    pub fn coord(self) -> geo::Coord<f64> {
        geo::Coord { x: self.lon, y: self.lat }
    }
}
