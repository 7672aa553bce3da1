use thiserror::Error;

/// Why a position, rectangle, tile or CRS was refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum GeomError {
    /// A longitude outside -180 to 180, or not a finite number.
    #[error("longitude {0} is not within -180 to 180 degrees")]
    Longitude(f64),
    /// A latitude outside -90 to 90, or not a finite number.
    #[error("latitude {0} is not within -90 to 90 degrees")]
    Latitude(f64),
    /// A rectangle whose south is above its north.
    #[error("south {south} lies above north {north}")]
    UpsideDown {
        /// Southern edge, degrees.
        south: f64,
        /// Northern edge, degrees.
        north: f64,
    },
    /// A tile that cannot be: zoom too deep, column or row outside the zoom's range.
    #[error("tile {z}/{x}/{y} does not exist: z is 0 to {max_z}, x and y are 0 to 2^z - 1", max_z = super::TileId::MAX_ZOOM)]
    Tile {
        /// Zoom as asked.
        z: u32,
        /// Column as asked.
        x: u32,
        /// Row as asked.
        y: u32,
    },
    /// A name that is no CRS.
    #[error("'{0}' is not a coordinate reference system: expected EPSG:n, wgs84, gcj02 or bd09")]
    CrsName(String),
    /// A CRS that PROJ does not know or cannot transform.
    #[error("{crs}: {reason}")]
    Crs {
        /// The CRS as named.
        crs: String,
        /// What PROJ says.
        reason: String,
    },
    /// A position that has no place in WGS 84.
    #[error("({x}, {y}) has no place in {crs}")]
    Outside {
        /// The CRS as named.
        crs: String,
        /// Easting or longitude as given.
        x: f64,
        /// Northing or latitude as given.
        y: f64,
    },
}

impl GeomError {
    /// What would have been right, to follow "is not".
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            GeomError::Longitude(_) => "in range: a longitude is within -180 to 180 degrees".into(),
            GeomError::Latitude(_) => "in range: a latitude is within -90 to 90 degrees".into(),
            GeomError::UpsideDown { .. } => "in order: south lies at or below north".into(),
            GeomError::Tile { .. } => {
                format!("a tile that exists: z is 0 to {}, x and y are 0 to 2^z - 1", super::TileId::MAX_ZOOM)
            }
            GeomError::CrsName(_) => "a coordinate reference system: EPSG:n, wgs84, gcj02 or bd09".into(),
            GeomError::Crs { crs, .. } => format!("a position that {crs} can place"),
            GeomError::Outside { crs, .. } => format!("within the reach of {crs}"),
        }
    }
}
