//! One operation of the service: where it is, who may ask, what it takes and gives. The router, the rule before a handler and the
//! description are made from the same value, so that there is no route without a rule.

use crate::app::App;
use crate::model::access::reach;
use crate::model::{Reach, Right, Role};
use axum::routing::MethodRouter;

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads; HEAD comes with it.
    Get,
    /// Adds.
    Post,
    /// Sets.
    Put,
    /// Takes away.
    Delete,
    /// Tells which of these there are.
    Options,
}

impl Verb {
    /// Whether the map is the same afterwards.
    #[must_use]
    pub fn only_reads(self) -> bool {
        matches!(self, Verb::Get | Verb::Options)
    }

    /// As a request line writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Delete => "DELETE",
            Verb::Options => "OPTIONS",
        }
    }
}

/// Who may ask at all. Which rows and fields the answer then holds, `app` decides from the same table of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Anybody, and nobody is told of a household.
    Open,
    /// Anybody; what is answered, or whether, follows from what is named: a layer, a collection.
    ByRights,
    /// Who has this right somewhere: others get 401, or 403 with a token. Beyond the areas of the caller nothing exists.
    Needs(Right),
}

impl Rule {
    /// Whether some who sign in are refused by it: with 403.
    pub(super) fn refuses_some(self) -> bool {
        let Self::Needs(right) = self else { return false };
        Role::ALL.into_iter().any(|role| role != Role::Public && reach(role, right) == Reach::Nowhere)
    }
}

/// What stands between the door and the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Tiles bring a coding and an `ETag` of their own.
    Tiles,
    /// All else that is answered at once: compressed on the way out.
    Plain,
    /// An event stream has no end that a gate could wait for: what is counted is how many there are.
    Live,
    /// Who watches the service is answered however much others ask.
    Watched,
}

/// What a parameter or the body may be.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// Any text.
    Text,
    /// A whole number within bounds, and what stands without one.
    Whole {
        /// The least.
        least: u32,
        /// The greatest.
        most: u32,
        /// Without one.
        default: Option<u32>,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// So many numbers by commas.
    Numbers(u8),
}

/// A parameter of path or query: of the path where the path names it.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// As it is written.
    pub name: &'static str,
    /// For people.
    pub what: &'static str,
    /// What it may be.
    pub takes: Takes,
    /// Whether the request is nothing without it.
    pub needed: bool,
    /// A value that works, for readers to start from.
    pub example: &'static str,
}

/// An answer of success.
#[derive(Debug, Clone, Copy)]
pub struct Gives {
    /// 200, 201 or 204.
    pub status: u16,
    /// Its media type; empty for no body.
    pub media: &'static str,
    /// The name of its schema among `describe/schemas.json`; empty where the media type says it all.
    pub schema: &'static str,
}

/// The schema of a body that is no JSON: a rule set in TOML.
pub(super) const RULE_TEXT: &str = "rule_text";
/// The schema of another: a workbook.
pub(super) const LEDGER_FILE: &str = "ledger_file";
/// The media type of a workbook (Office Open XML).
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// For who calls it.
#[derive(Debug, Clone, Copy)]
pub struct Described {
    /// One word or two, the same in the examples.
    pub id: &'static str,
    /// A line.
    pub summary: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// The name of the schema of the body, which is JSON but for `RULE_TEXT` and `LEDGER_FILE`; empty for none.
    pub body: &'static str,
    /// Each form of success.
    pub gives: &'static [Gives],
    /// Refusals beside those that any operation may answer, and the 403 that follows from its rule.
    pub refuses: &'static [u16],
}

/// How an operation stands in the description.
#[derive(Debug, Clone, Copy)]
pub enum About {
    /// With these words.
    Api(Described),
    /// With those of the registry of collections.
    Ogc,
    /// Not at all: a file of the page, or another spelling of a path.
    Page,
}

/// An operation.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its method.
    pub verb: Verb,
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// Who may ask.
    pub rule: Rule,
    /// What stands before it.
    pub lane: Lane,
    /// Its description.
    pub about: About,
    /// What answers.
    pub(super) handler: fn() -> MethodRouter<App>,
}

impl Operation {
    /// In the plain lane.
    pub(super) const fn new(
        verb: Verb,
        path: &'static str,
        rule: Rule,
        handler: fn() -> MethodRouter<App>,
        about: About,
    ) -> Self {
        Self { verb, path, rule, lane: Lane::Plain, about, handler }
    }

    /// In another lane.
    pub(super) const fn on(self, lane: Lane) -> Self {
        Self { lane, ..self }
    }

    /// Names of the parameters in its path, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        let inner = self.path.split('{').skip(1).filter_map(|part| part.split_once('}'));
        inner.map(|(name, _)| name.trim_start_matches('*'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;

    #[test]
    fn the_parameters_of_a_path_are_those_in_braces() {
        let operation = |path| Operation::new(Verb::Get, path, Rule::Open, || get(async || ""), About::Page);
        for (path, names) in [("/", &[][..]), ("/a/{b}/c/{d}", &["b", "d"]), ("/web/{*path}", &["path"])] {
            assert_eq!(operation(path).path_parameters().collect::<Vec<_>>(), names, "{path}");
        }
    }
}
