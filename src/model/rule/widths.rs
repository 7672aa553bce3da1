//! How wide streets and footways are: as the map says, else as their class suggests, and then marked as assumed.

use super::{Length, Scope, StreetClass};
use crate::geom::Meters;
use crate::model::ModelError;
use serde::{Deserialize, Serialize};

/// How somebody came to know a value: the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// Somebody measured it: the map says so, or a planner put it in the place of what the map says.
    Measured,
    /// The map has it, and does not say how.
    Tagged,
    /// Nobody did: it follows from the class of the street. Results name it.
    Assumed,
}

impl Known {
    /// All of them.
    pub const ALL: [Known; 3] = [Known::Measured, Known::Tagged, Known::Assumed];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Known::Measured => "measured",
            Known::Tagged => "tagged",
            Known::Assumed => "assumed",
        }
    }
}

/// A value, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told<T> {
    /// What it is.
    pub value: T,
    /// By whom.
    pub known: Known,
}

impl<T> Told<T> {
    /// As its class suggests.
    fn assumed(value: T) -> Told<T> {
        Told { value, known: Known::Assumed }
    }

    /// Whether nobody measured or mapped it.
    pub fn is_assumed(&self) -> bool {
        self.known == Known::Assumed
    }

    /// The same, or what was measured in its place.
    fn or_measured(self, measured: Option<T>) -> Told<T> {
        measured.map_or(self, |value| Told { value, known: Known::Measured })
    }
}

/// What is assumed of streets of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct WidthRow {
    /// Which.
    pub class: StreetClass,
    /// Between the kerbs; of a way for walking, its own width.
    pub carriageway: Length,
    /// Of the footway on each side; 0 for none.
    pub footway: Length,
    /// Both directions together; 0 for a way for walking.
    pub lanes: u8,
    /// Where the numbers are from, or that they are assumed.
    pub source: String,
}

/// The widths of one street.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StreetWidths {
    /// Between the kerbs; of a way for walking, its own width.
    pub carriageway: Told<Meters>,
    /// Both directions together; 0 for a way for walking.
    pub lanes: Told<u8>,
    /// Of the footway on the left, in the direction of the line; 0 for none.
    pub left: Told<Meters>,
    /// Of the footway on the right.
    pub right: Told<Meters>,
}

impl StreetWidths {
    /// Each of them, to count or list what was assumed.
    #[must_use]
    pub fn known(&self) -> [Known; 4] {
        [self.carriageway.known, self.lanes.known, self.left.known, self.right.known]
    }

    /// The same with what was measured in the place of what the map says or its class suggests.
    #[must_use]
    pub fn with(self, measured: &MeasuredWidths) -> StreetWidths {
        StreetWidths {
            carriageway: self.carriageway.or_measured(measured.carriageway.map(Length::meters)),
            lanes: self.lanes.or_measured(measured.lanes),
            left: self.left.or_measured(measured.left.map(Length::meters)),
            right: self.right.or_measured(measured.right.map(Length::meters)),
        }
    }
}

/// What somebody measured on one street, and a plan takes in the place of what the map says; what is `None` stays.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredWidths {
    /// Between the kerbs, more than 0 and at most 100 m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carriageway: Option<Length>,
    /// Both directions together, 0 to [`Scope::MOST_LANES`]; 0 for a way for walking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lanes: Option<u8>,
    /// Of the footway on the left, in the direction of the line, 0 to 100 m; 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Length>,
    /// Of the footway on the right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Length>,
}

impl MeasuredWidths {
    /// Refuses a width of more than 100 m, none between the kerbs, and lanes that no street has.
    pub fn check(self) -> Result<MeasuredWidths, ModelError> {
        for (field, length) in [("carriageway", self.carriageway), ("left", self.left), ("right", self.right)] {
            let least = if field == "carriageway" { "more than 0" } else { "0 or more" };
            let wrong =
                |length: &Length| length.meters().0 > WidthTable::MOST_M || field == "carriageway" && length.is_zero();
            if let Some(length) = length.filter(wrong) {
                return Err(ModelError::new(field, length, format!("a width of {least}, at most 100 m")));
            }
        }
        match self.lanes.filter(|lanes| *lanes > Scope::MOST_LANES) {
            Some(lanes) => Err(ModelError::new("lanes", lanes, format!("0 to {} lanes", Scope::MOST_LANES))),
            None => Ok(self),
        }
    }
}

/// What is assumed, class by class: each has its row.
#[derive(Debug, Clone, PartialEq)]
pub struct WidthTable {
    /// In the order of [`StreetClass::ALL`].
    rows: Vec<WidthRow>,
}

impl WidthTable {
    /// The widest that a tag is believed, metres: more is a mistake.
    pub const MOST_M: f64 = 100.0;

    /// Refuses a class without a row or with two, and a width of nothing between kerbs.
    pub fn new(mut rows: Vec<WidthRow>) -> Result<WidthTable, ModelError> {
        rows.sort_by_key(|row| row.class);
        for class in StreetClass::ALL {
            match rows.iter().filter(|row| row.class == class).count() {
                1 => {}
                n => {
                    return Err(ModelError::new(
                        "street",
                        format!("{n} of {class}"),
                        "one row for each class of street",
                    ));
                }
            }
        }
        match rows.iter().find(|row| row.carriageway.is_zero()) {
            Some(row) => Err(ModelError::new("carriageway", row.class, "a width of more than 0")),
            None => Ok(WidthTable { rows }),
        }
    }

    /// What is assumed of a class.
    #[must_use]
    pub fn row(&self, class: StreetClass) -> &WidthRow {
        &self.rows[class as usize]
    }

    /// What is assumed of each class, the busiest first.
    #[must_use]
    pub fn rows(&self) -> &[WidthRow] {
        &self.rows
    }

    /// The widths of a street by its tags, as OpenStreetMap writes them; what they do not tell is assumed.
    ///
    /// `tag(key)` gives a tag's value. Read are `width`, `lanes`, `oneway`, and of footways `sidewalk` and `sidewalk:SIDE` with
    /// their widths. A width whose `source:KEY` is one of `survey`, `measured`, `measurement` and `laser` was measured. A carriageway
    /// without a width is assumed to be as many lanes wide as it has; half as wide as its class where it is one-way. A value that
    /// cannot be read is as none.
    pub fn of<'a>(&self, class: StreetClass, tag: impl Fn(&str) -> Option<&'a str>) -> StreetWidths {
        let row = self.row(class);
        let one_way = matches!(tag("oneway"), Some("yes" | "-1" | "1" | "true"));
        let usual = if one_way && !class.is_for_walking() { row.lanes.div_ceil(2) } else { row.lanes };
        let counted = tag("lanes")
            .and_then(|text| text.parse::<u8>().ok())
            .filter(|n| (1..=Scope::MOST_LANES).contains(n))
            .map(|value| Told { value, known: Known::Tagged });
        let lanes = counted.unwrap_or(Told::assumed(usual));
        let share = if row.lanes == 0 { 1.0 } else { f64::from(lanes.value) / f64::from(row.lanes) };
        let carriageway = width(&tag, "width").filter(|width| width.value.0 > 0.0);
        StreetWidths {
            carriageway: carriageway.unwrap_or(Told::assumed(Meters(row.carriageway.meters().0 * share))),
            lanes,
            left: footway(row, &tag, "left"),
            right: footway(row, &tag, "right"),
        }
    }
}

/// The footway of one side.
fn footway<'a>(row: &WidthRow, tag: &impl Fn(&str) -> Option<&'a str>, side: &str) -> Told<Meters> {
    let own = tag(&format!("sidewalk:{side}")).or_else(|| tag("sidewalk:both"));
    let there = match (own, tag("sidewalk")) {
        (Some("no" | "none"), _) | (None, Some("no" | "none")) => Some(false),
        (Some(_), _) | (None, Some("both" | "yes" | "separate")) => Some(true),
        (None, Some(named @ ("left" | "right"))) => Some(named == side),
        (None, _) => None,
    };
    if there == Some(false) {
        return Told { value: Meters(0.0), known: Known::Tagged };
    }
    let keys = [format!("sidewalk:{side}:width"), "sidewalk:both:width".into(), "sidewalk:width".into()];
    // The nearest key that is there speaks, readable or not.
    let key = keys.iter().find(|key| tag(key.as_str()).is_some());
    key.and_then(|key| width(tag, key)).unwrap_or(Told::assumed(row.footway.meters()))
}

/// The width under a key, and how it is known.
fn width<'a>(tag: &impl Fn(&str) -> Option<&'a str>, key: &str) -> Option<Told<Meters>> {
    let value = read(tag(key)?)?;
    let measured = matches!(tag(&format!("source:{key}")), Some("survey" | "measured" | "measurement" | "laser"));
    Some(Told { value, known: if measured { Known::Measured } else { Known::Tagged } })
}

/// A width as a tag writes it: `2`, `2.5 m`, `60cm`, `7'6"`.
fn read(text: &str) -> Option<Meters> {
    let text = text.trim();
    let meters = if let Some((feet, inches)) = text.split_once('\'') {
        let inches = inches.trim().trim_end_matches('"');
        let inches = if inches.is_empty() { 0.0 } else { plain(inches)? };
        plain(feet)? * 0.3048 + inches * 0.0254
    } else if let Some(meters) = plain(text) {
        meters
    } else {
        text.parse::<Length>().ok()?.meters().0
    };
    (0.0..=WidthTable::MOST_M).contains(&meters).then_some(Meters(meters))
}

/// A number of digits and a point.
fn plain(text: &str) -> Option<f64> {
    let text = text.trim();
    text.bytes().all(|b| b.is_ascii_digit() || b == b'.').then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every class alike: 6 m, 2 lanes, footways of 2 m.
    fn table() -> WidthTable {
        let (carriageway, footway) = ("6 m".parse().unwrap(), "2 m".parse().unwrap());
        let row = |class| WidthRow { class, carriageway, footway, lanes: 2, source: "test".into() };
        WidthTable::new(StreetClass::ALL.map(row).into()).unwrap()
    }

    /// Carriageway, lanes, left, right: with ! where measured, with ? where assumed.
    fn shown(widths: &StreetWidths) -> [String; 4] {
        let one = |value: f64, known: Known| {
            let sign = match known {
                Known::Measured => "!",
                Known::Tagged => "",
                Known::Assumed => "?",
            };
            format!("{}{sign}", (value * 1e6).round() / 1e6)
        };
        let meters = |told: Told<Meters>| one(told.value.0, told.known);
        let lanes = one(f64::from(widths.lanes.value), widths.lanes.known);
        [meters(widths.carriageway), lanes, meters(widths.left), meters(widths.right)]
    }

    fn of(tags: &[(&str, &'static str)]) -> StreetWidths {
        let tag = |key: &str| tags.iter().find(|(k, _)| *k == key).map(|(_, value)| *value);
        table().of(StreetClass::Residential, tag)
    }

    type Case = (&'static [(&'static str, &'static str)], [&'static str; 4]);

    #[test]
    fn what_tags_tell_is_tagged_or_measured_and_the_rest_is_assumed() {
        let cases: [Case; 20] = [
            (&[], ["6?", "2?", "2?", "2?"]),
            (&[("width", "5.5")], ["5.5", "2?", "2?", "2?"]),
            (&[("width", "5.5"), ("source:width", "survey")], ["5.5!", "2?", "2?", "2?"]),
            (&[("width", "5.5"), ("source:width", "aerial")], ["5.5", "2?", "2?", "2?"]),
            (&[("width", "wide"), ("source:width", "survey")], ["6?", "2?", "2?", "2?"]),
            (&[("width", "60cm")], ["0.6", "2?", "2?", "2?"]),
            (&[("width", "16'3\"")], ["4.953", "2?", "2?", "2?"]),
            (&[("width", "wide")], ["6?", "2?", "2?", "2?"]),
            (&[("width", "5.5;6")], ["6?", "2?", "2?", "2?"]),
            (&[("width", "0")], ["6?", "2?", "2?", "2?"]),
            (&[("width", "-3")], ["6?", "2?", "2?", "2?"]),
            (&[("width", "500")], ["6?", "2?", "2?", "2?"]),
            (&[("lanes", "4")], ["12?", "4", "2?", "2?"]),
            (&[("lanes", "4"), ("width", "11")], ["11", "4", "2?", "2?"]),
            (&[("oneway", "yes")], ["3?", "1?", "2?", "2?"]),
            (&[("sidewalk", "no")], ["6?", "2?", "0", "0"]),
            (&[("sidewalk", "left"), ("sidewalk:width", "3 m")], ["6?", "2?", "3", "0"]),
            (&[("sidewalk:right", "no"), ("sidewalk:left", "yes")], ["6?", "2?", "2?", "0"]),
            (&[("sidewalk:both", "separate"), ("sidewalk:right:width", "1.8")], ["6?", "2?", "2?", "1.8"]),
            (
                &[("sidewalk:both:width", "1.8"), ("source:sidewalk:both:width", "measured")],
                ["6?", "2?", "1.8!", "1.8!"],
            ),
        ];
        for (tags, expected) in cases {
            assert_eq!(shown(&of(tags)), expected, "{tags:?}");
        }
    }

    #[test]
    fn what_was_measured_on_a_street_stands_before_what_the_map_says_of_it() {
        let street = of(&[("width", "5.5"), ("sidewalk", "no")]);
        let m = |text: &str| Some(text.parse::<Length>().unwrap());
        assert_eq!(street.with(&MeasuredWidths::default()), street);
        let measured = MeasuredWidths { carriageway: m("7 m"), lanes: None, left: m("6 ft"), right: None };
        assert_eq!(shown(&street.with(&measured.check().unwrap())), ["7!", "2?", "1.8288!", "0"]);
        let none = MeasuredWidths { left: m("0 m"), lanes: Some(3), ..MeasuredWidths::default() };
        assert_eq!(shown(&street.with(&none.check().unwrap())), ["5.5", "3!", "0!", "0"]);
        let table = [
            (MeasuredWidths { carriageway: m("0 m"), ..measured }, "carriageway"),
            (MeasuredWidths { left: m("101 m"), ..measured }, "left"),
            (MeasuredWidths { right: m("0.2 km"), ..measured }, "right"),
            (MeasuredWidths { lanes: Some(21), ..measured }, "lanes"),
        ];
        for (measured, field) in table {
            assert_eq!(measured.check().unwrap_err().field, field, "{measured:?}");
        }
    }

    #[test]
    fn a_table_has_one_row_for_each_class() {
        let mut rows: Vec<WidthRow> = table().rows;
        for class in StreetClass::ALL {
            assert_eq!(table().row(class).class, class);
        }
        let row = rows.pop().unwrap();
        assert_eq!(WidthTable::new(rows.clone()).unwrap_err().field, "street");
        rows.extend([row.clone(), row]);
        assert_eq!(WidthTable::new(rows).unwrap_err().field, "street");
        let mut rows = table().rows;
        rows[3].carriageway = "0 m".parse().unwrap();
        assert_eq!(WidthTable::new(rows).unwrap_err().field, "carriageway");
    }
}
