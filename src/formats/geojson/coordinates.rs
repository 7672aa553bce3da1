//! Coordinates, nested as deep as they are. Their depth is known before their type is: members come in any order.

use super::{Coord, Deserializer, Error, IgnoredAny, SeqAccess, Visitor, fmt};
use serde::Deserialize;

/// Nested arrays of positions.
pub enum Nest {
    /// `[]`
    Empty,
    /// `[x, y]`
    Position(Coord<f64>),
    /// Positions.
    Line(Vec<Coord<f64>>),
    /// Lines.
    Rings(Vec<Vec<Coord<f64>>>),
    /// Lists of lines.
    Polygons(Vec<Vec<Vec<Coord<f64>>>>),
}

impl Nest {
    /// For a message.
    pub fn what(&self) -> &'static str {
        match self {
            Nest::Empty => "empty",
            Nest::Position(_) => "one position",
            Nest::Line(_) => "a list of positions",
            Nest::Rings(_) => "a list of lists of positions",
            Nest::Polygons(_) => "a list of lists of lists of positions",
        }
    }
}

impl<'de> Deserialize<'de> for Nest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Nest, D::Error> {
        struct Nested;
        impl<'de> Visitor<'de> for Nested {
            type Value = Nest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of coordinates")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Nest, A::Error> {
                Ok(match seq.next_element::<Element>()? {
                    None => Nest::Empty,
                    Some(Element::Number(x)) => Nest::Position(position(x, &mut seq)?),
                    Some(Element::Nest(Nest::Position(c))) => Nest::Line(rest(c, &mut seq, |Position(c)| c)?),
                    Some(Element::Nest(Nest::Line(l))) => Nest::Rings(rest(l, &mut seq, line)?),
                    Some(Element::Nest(Nest::Rings(r))) => {
                        Nest::Polygons(rest(r, &mut seq, |p: Vec<Vec<Position>>| p.into_iter().map(line).collect())?)
                    }
                    Some(Element::Nest(Nest::Empty)) => {
                        return Err(A::Error::custom("an empty array among coordinates"));
                    }
                    Some(Element::Nest(Nest::Polygons(_))) => {
                        return Err(A::Error::custom("wrong nesting: coordinates more than four arrays deep"));
                    }
                })
            }
        }
        from.deserialize_seq(Nested)
    }
}

fn line(positions: Vec<Position>) -> Vec<Coord<f64>> {
    positions.into_iter().map(|Position(c)| c).collect()
}

/// The first and all that follow, which are of its kind.
fn rest<'de, A: SeqAccess<'de>, E: Deserialize<'de>, T>(
    first: T,
    seq: &mut A,
    of: impl Fn(E) -> T,
) -> Result<Vec<T>, A::Error> {
    let mut all = vec![first];
    while let Some(next) = seq.next_element::<E>()? {
        all.push(of(next));
    }
    Ok(all)
}

/// The second number of a position; heights and measures after it are passed over.
fn position<'de, A: SeqAccess<'de>>(x: f64, seq: &mut A) -> Result<Coord<f64>, A::Error> {
    let Some(Ordinate(y)) = seq.next_element()? else {
        return Err(A::Error::custom("position too short: it needs 2 numbers"));
    };
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(Coord { x, y })
}

/// A position where nothing else can stand.
struct Position(Coord<f64>);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Position, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Position;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a position of 2 numbers (wrong nesting)")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Position, A::Error> {
                let Some(Ordinate(x)) = seq.next_element()? else {
                    return Err(A::Error::custom("position too short: it needs 2 numbers"));
                };
                position(x, &mut seq).map(Position)
            }
        }
        from.deserialize_seq(Numbers)
    }
}

/// One number of a position.
struct Ordinate(f64);

/// A number or an array.
enum Element {
    Number(f64),
    Nest(Nest),
}

impl<'de> Deserialize<'de> for Ordinate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Ordinate, D::Error> {
        match Element::deserialize(from)? {
            Element::Number(n) => Ok(Ordinate(n)),
            Element::Nest(_) => Err(D::Error::custom("wrong nesting: an array where a number of a position belongs")),
        }
    }
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Element, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Element;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or an array in coordinates")
            }

            fn visit_f64<E: Error>(self, n: f64) -> Result<Element, E> {
                Ok(Element::Number(n))
            }

            #[allow(clippy::cast_precision_loss)] // a coordinate is a double, however it is written
            fn visit_u64<E: Error>(self, n: u64) -> Result<Element, E> {
                Ok(Element::Number(n as f64))
            }

            #[allow(clippy::cast_precision_loss)] // a coordinate is a double, however it is written
            fn visit_i64<E: Error>(self, n: i64) -> Result<Element, E> {
                Ok(Element::Number(n as f64))
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<Element, E> {
                Err(E::custom("strings for numbers in coordinates"))
            }

            fn visit_unit<E: Error>(self) -> Result<Element, E> {
                Err(E::custom("null ordinate in coordinates"))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Element, A::Error> {
                Nest::deserialize(serde::de::value::SeqAccessDeserializer::new(seq)).map(Element::Nest)
            }
        }
        from.deserialize_any(Any)
    }
}
