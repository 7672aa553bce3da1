use super::{GeomError, LonLat};

/// A rectangle of longitudes and latitudes, edges included. West greater than east means that it crosses the antimeridian,
/// as in RFC 7946 § 5.2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bbox {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl From<Bbox> for geo::Rect<f64> {
    /// As a shape; one that crosses the antimeridian has to be taken in [`Bbox::parts`] first.
    fn from(bbox: Bbox) -> geo::Rect<f64> {
        geo::Rect::new((bbox.west, bbox.south), (bbox.east, bbox.north))
    }
}

impl Bbox {
    /// Refuses positions out of range and a south above its north.
    ///
    /// ```
    /// use melonmap::geom::Bbox;
    /// assert!(Bbox::new(9.4, 47.0, 9.7, 47.3).is_ok());
    /// assert!(Bbox::new(177.0, -20.0, -177.0, -15.0).unwrap().crosses_antimeridian());
    /// assert!(Bbox::new(9.4, 47.3, 9.7, 47.0).is_err());
    /// ```
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Bbox, GeomError> {
        LonLat::new(west, south)?;
        LonLat::new(east, north)?;
        if south > north {
            return Err(GeomError::UpsideDown { south, north });
        }
        Ok(Bbox { west, south, east, north })
    }

    /// The smallest rectangle around a geometry that does not cross the antimeridian; `None` for an empty geometry or one out of range.
    pub fn around(geometry: &impl geo::BoundingRect<f64, Output: Into<Option<geo::Rect<f64>>>>) -> Option<Bbox> {
        let rect = geometry.bounding_rect().into()?;
        Bbox::new(rect.min().x, rect.min().y, rect.max().x, rect.max().y).ok()
    }

    /// Western edge, degrees.
    #[must_use]
    pub fn west(&self) -> f64 {
        self.west
    }

    /// Southern edge, degrees.
    #[must_use]
    pub fn south(&self) -> f64 {
        self.south
    }

    /// Eastern edge, degrees.
    #[must_use]
    pub fn east(&self) -> f64 {
        self.east
    }

    /// Northern edge, degrees.
    #[must_use]
    pub fn north(&self) -> f64 {
        self.north
    }

    /// `[west, south, east, north]`, the order of GeoJSON.
    #[must_use]
    pub fn to_array(&self) -> [f64; 4] {
        [self.west, self.south, self.east, self.north]
    }

    /// Whether it runs over the 180th meridian.
    #[must_use]
    pub fn crosses_antimeridian(&self) -> bool {
        self.west > self.east
    }

    /// One rectangle, or the two on each side of the antimeridian: none of them crosses it.
    pub fn parts(&self) -> impl Iterator<Item = Bbox> + use<> {
        let (first, second) = if self.crosses_antimeridian() {
            (Bbox { east: 180.0, ..*self }, Some(Bbox { west: -180.0, ..*self }))
        } else {
            (*self, None)
        };
        std::iter::once(first).chain(second)
    }

    /// Whether the position lies in the rectangle or on its edge.
    #[must_use]
    pub fn contains(&self, at: LonLat) -> bool {
        let lon = at.lon();
        let within = if self.crosses_antimeridian() {
            lon >= self.west || lon <= self.east
        } else {
            lon >= self.west && lon <= self.east
        };
        within && at.lat() >= self.south && at.lat() <= self.north
    }

    /// Whether two rectangles share a point.
    #[must_use]
    pub fn intersects(&self, other: &Bbox) -> bool {
        let overlap =
            |a: &Bbox, b: &Bbox| a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;
        self.parts().any(|a| other.parts().any(|b| overlap(&a, &b)))
    }

    /// The smallest rectangle around both; neither may cross the antimeridian.
    #[must_use]
    pub fn union(&self, other: &Bbox) -> Bbox {
        Bbox {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// What both share, be it an edge or a corner; neither may cross the antimeridian.
    ///
    /// ```
    /// use melonmap::geom::Bbox;
    /// let bbox = |west, east| Bbox::new(west, 47.0, east, 48.0).unwrap();
    /// assert_eq!(bbox(9.0, 11.0).intersection(&bbox(10.0, 12.0)), Some(bbox(10.0, 11.0)));
    /// assert_eq!(bbox(9.0, 10.0).intersection(&bbox(11.0, 12.0)), None);
    /// ```
    #[must_use]
    pub fn intersection(&self, other: &Bbox) -> Option<Bbox> {
        let both = Bbox {
            west: self.west.max(other.west),
            south: self.south.max(other.south),
            east: self.east.min(other.east),
            north: self.north.min(other.north),
        };
        (both.west <= both.east && both.south <= both.north).then_some(both)
    }

    /// The middle, degrees; meaningful where it does not cross the antimeridian.
    #[must_use]
    pub fn center(&self) -> LonLat {
        LonLat::new(f64::midpoint(self.west, self.east), f64::midpoint(self.south, self.north))
            .expect("the middle of two positions in range is in range")
    }
}
