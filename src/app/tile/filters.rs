//! The filter of a tile: one text, compiled for each of its layers, as far as the caller sees their fields.

use super::super::items::Visible;
use super::super::{AppError, Caller};
use crate::formats::cql2::{Lang, read};
use crate::geom::LonLat;
use crate::model::collection::Collection;
use crate::model::filter::{Filter, Schema};
use crate::tiles::{Layer, LayerSet};
use sha2::{Digest, Sha256};

/// A field that changes while nothing that an unfiltered tile shows does, so that no change would make a cached tile stale.
const UNFOLLOWED: &str = "called_at";

/// Filters by layer; without any, everything is shown.
#[derive(Debug, Default)]
pub struct Filters {
    by_layer: Vec<(Layer, Filter)>,
    digest: u128,
    followed: bool,
}

/// The collection whose fields a layer is filtered by.
pub fn collection(layer: Layer) -> Collection {
    match layer {
        Layer::Areas => Collection::Areas,
        Layer::Households => Collection::Households,
        Layer::Context => Collection::Context,
    }
}

impl Filters {
    /// Compiles a CQL2 text for every one of the layers. Refuses what cannot be read, and a field that one of the layers has not or
    /// that the caller may not see.
    pub fn compile(caller: &Caller, layers: LayerSet, text: Option<&str>) -> Result<Filters, AppError> {
        let Some(text) = text else { return Ok(Filters { followed: true, ..Filters::default() }) };
        let expr = read(text, Lang::Text, &LonLat::new)?;
        let of_layer = |layer| {
            let visible = Visible { collection: collection(layer), caller };
            Ok((layer, Filter::compile(&expr, &visible)?))
        };
        let by_layer = layers.iter().map(of_layer).collect::<Result<Vec<_>, AppError>>()?;
        let reads = |(layer, filter): &(Layer, Filter)| {
            Schema::field(&collection(*layer), UNFOLLOWED).is_some_and(|(field, _)| filter.fields().contains(&field))
        };
        let followed = !by_layer.iter().any(reads);
        // The text itself tells filters apart: 0 is kept for none.
        let digest = Sha256::digest(text.as_bytes());
        let digest = digest.iter().take(16).fold(0, |number: u128, byte| number << 8 | u128::from(*byte)).max(1);
        Ok(Filters { by_layer, digest, followed })
    }

    /// Tells one filter from another; 0 without one.
    pub fn digest(&self) -> u128 {
        self.digest
    }

    /// Whether every change that can change what passes is one after which a tile is forgotten.
    pub fn is_followed(&self) -> bool {
        self.followed
    }

    /// That of a layer.
    pub fn of(&self, layer: Layer) -> Option<&Filter> {
        self.by_layer.iter().find(|(of, _)| *of == layer).map(|(_, filter)| filter)
    }
}
