//! What is asked for of a tileset or a tile.

use crate::app::{App, Caller, TileLayer, TileLayers, tile_layer};
use crate::geom::{TileId, TileMatrix};
use crate::http::problem::Problem;
use crate::http::tiles::TileParams;
use crate::model::ModelError;
use crate::model::collection::Collection;

/// A query: what these operations take for themselves, and what a tile takes everywhere.
pub struct Asked {
    /// The form of the answer.
    pub form: Option<String>,
    /// Which collections, by commas.
    pub collections: Option<String>,
    /// What a tile takes.
    pub tile: TileParams,
    /// The same as a query; empty without any.
    pub text: String,
}

impl Asked {
    /// Reads a query. `collections` may stand in that of the whole map only.
    pub fn read(pairs: Vec<(String, String)>, of_map: bool) -> Result<Asked, Problem> {
        let (mut form, mut collections, mut rest) = (None, None, Vec::new());
        for (name, value) in pairs {
            let own = match name.as_str() {
                "f" => &mut form,
                "collections" if of_map => &mut collections,
                _ => {
                    rest.push((name, value));
                    continue;
                }
            };
            if own.replace(value).is_some() {
                return Err(ModelError::new("parameter", name, "given once").into());
            }
        }
        let text = serde_urlencoded::to_string(rest).map_err(|_| Problem::internal())?;
        let tile = serde_urlencoded::from_str(&text)
            .map_err(|e| Problem::unreadable(format!("the query cannot be read: {e}")))?;
        Ok(Asked { form, collections, tile, text })
    }
}

/// The layers of some collections by their ids, or all that a caller may see.
pub fn layers_of_map(app: &App, caller: &Caller, list: Option<&str>) -> Result<TileLayers, Problem> {
    let Some(list) = list else { return Ok(app.tile_layers(caller)?) };
    let layer = |name: &str| -> Result<TileLayer, Problem> {
        let drawn = || Collection::ALL.into_iter().filter(|c| tile_layer(*c).is_some()).map(Collection::as_str);
        let expected = || format!("some of {}", drawn().collect::<Vec<_>>().join(", "));
        let layer = Collection::find(name).and_then(tile_layer);
        let layer = layer.ok_or_else(|| ModelError::new("collections", name, expected()))?;
        app.collection(caller, name)?;
        Ok(layer)
    };
    let layers = list.split(',').map(layer).collect::<Result<Vec<_>, _>>()?;
    // A list has one name at least, if it is an empty one.
    TileLayers::of(layers).ok_or_else(Problem::internal)
}

/// The layer of a collection, for who may ask for it.
pub fn layer_of_collection(app: &App, caller: &Caller, name: &str) -> Result<(Collection, TileLayers), Problem> {
    let collection = app.collection(caller, name)?;
    let none = || Problem::not_found(format!("the collection '{name}' has no tiles"));
    Ok((collection, tile_layer(collection).ok_or_else(none)?.into()))
}

/// A tile by matrix, row and column, in that order; the column may have the ending of the format, without which GDAL takes the
/// address for a folder of tiles. What is no number is a 400, what the matrix set does not have a 404.
pub fn tile(matrix: &str, row: &str, column: &str) -> Result<TileId, Problem> {
    let column = column.strip_suffix(".mvt").unwrap_or(column);
    let number = |field: &'static str, text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let refuse = || ModelError::new(field, text, "a whole number from 0");
        // One too long for the machine is beyond every matrix.
        digits.then(|| text.parse().unwrap_or(u32::MAX)).ok_or_else(refuse)
    };
    let (z, y, x) = (number("tileMatrix", matrix)?, number("tileRow", row)?, number("tileCol", column)?);
    TileId::new(z, x, y).map_err(|_| {
        let of = TileMatrix::all().find(|matrix| u32::from(matrix.z()) == z);
        Problem::not_found(match of {
            Some(matrix) => {
                format!("the tile matrix {z} has rows and columns 0 to {}: none are {y} and {x}", matrix.side() - 1)
            }
            None => format!("WebMercatorQuad has tile matrices 0 to {} here: none is {z}", TileId::MAX_ZOOM),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)], of_map: bool) -> Result<Asked, String> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Asked::read(pairs, of_map).map_err(|problem| format!("{problem:?}"))
    }

    #[test]
    fn a_query_is_parted_into_what_is_for_the_tile_and_what_is_not() {
        let asked = read(&[("level", "grid"), ("f", "json"), ("collections", "areas"), ("filter", "a = 'b,c'")], true);
        let asked = asked.unwrap();
        assert_eq!((asked.form.as_deref(), asked.collections.as_deref()), (Some("json"), Some("areas")));
        assert_eq!(asked.text, "level=grid&filter=a+%3D+%27b%2Cc%27");
        assert_eq!(read(&[], false).unwrap().text, "");
        for (pairs, named) in [
            (&[("f", "json"), ("f", "html")][..], "f"),
            (&[("collections", "areas")], "collections"),
            (&[("level", "grid"), ("level", "village")], "level"),
            (&[("colour", "red")], "colour"),
        ] {
            let refused = read(pairs, false).err().unwrap();
            assert!(refused.contains(named) && refused.contains("400"), "{refused}");
        }
    }

    #[test]
    fn rows_come_before_columns_and_what_is_not_there_is_not_what_cannot_be() {
        let id = tile("2", "1", "3").unwrap();
        assert_eq!((id.z(), id.x(), id.y()), (2, 3, 1));
        assert_eq!(tile("2", "1", "3.mvt").unwrap(), id);
        for (matrix, row, column, status) in [
            ("2", "4", "0", 404),
            ("2", "0", "4", 404),
            ("23", "0", "0", 404),
            ("0", "0", "99999999999999999999", 404),
            ("-1", "0", "0", 400),
            ("2", "0", "", 400),
            ("2", "1.5", "0", 400),
            ("2", "٣", "0", 400),
        ] {
            assert_eq!(tile(matrix, row, column).unwrap_err().status().as_u16(), status, "{matrix}/{row}/{column}");
        }
    }
}
