//! Statistical disclosure control: which figures may be published, and which are held back because they are about few people or
//! would reveal, by subtraction, a figure that is.
//!
//! **One rule**: everything that is published is computed from *atoms*, disjoint groups of households, and what is published of
//! each atom would be fit to print alone.
//!
//! - [`Atoms::group`] makes the atoms: a piece (the households of one grid, mostly) whose every part is 0 or at least `least` is an
//!   atom; one that is not is together with the next ones, as far as it takes.
//! - [`Atoms::shown`]: a unit of any tree over the pieces – areas by level, tile cells by zoom – is published if, and only if, no
//!   atom lies partly in it.
//! - [`Series`] publishes in editions: a figure of an atom stays as it was, with its date, until the new one is 0 or at least
//!   `least` away from each that was published before. A unit's figure is the sum of its atoms' published figures.
//! - [`Book`] publishes several subjects of the same atoms; their totals are equal or far apart in all editions of all of them.
//!
//! # Why nothing is recovered
//!
//! *Across levels, zooms and trees, at one date.* Each published figure is a sum of atoms' figures, so whoever has them all knows no
//! more than somebody to whom the atoms' were handed. From those, a piece of an atom of several may have any count from 0 to the
//! atom's: of a part that the atom has, nothing narrower than `least` + 1 values; of a part that it has not, 0, which is no small
//! count. The same holds of any sum of pieces that is not a sum of atoms; and a sum of atoms' parts is 0 or at least `least`.
//!
//! *Across dates.* Handed the atoms' series, one has exact counts of a column (the total, or a part) at some dates that are 0 or
//! at least `least` apart. Two columns of an atom are never of one date, except when it is opened, so what remains of the total
//! is known at no later date; and what the page would show for it, total − parts, is kept 0 or at least `least` all the same, and so
//! far from all that it was, for those who know that nothing changed between two editions. Inside the atom, giving all of its history to one piece, or none, agrees with all
//! that is published: each piece's count, and its change between any two dates, ranges over all of the atom's.
//!
//! *Across borders that move.* Groups between which ground was handed over are joined ([`Series::join`]): of both together nothing
//! came or went by that, and what went from one to the other is in no figure. Nothing is shown of them until each figure, and what
//! remains, is 0 or at least `least` from every sum of what was ever shown of one and of the other. So nobody who knows all that was
//! shown of both knows of a change of both together that is small.
//!
//! *Knowing the rule* (Wong et al. 2007, minimality attack; this source is public), at least `least` − 1 values of each count stay
//! possible: nothing more is told than that it may be small.
//!
//! - A figure that has not moved does not tell whether nothing changed: its date is that of the last move, and changes of 0 to
//!   `least` − 1 look alike.
//! - Between two pieces of an atom no group ended because, in some run of units, what was before or what was after was not safe.
//!   Take the widest run for which that happened, and a part that was not safe, before, say: then nothing of that part is in groups
//!   before the atom, and the same happens wherever the atom's counts of it, added up from its first piece on, are any that grow
//!   from 1 to `least` − 1, with what is left for the last piece. So each piece of it has `least` − 1 values or more. After is
//!   the same from the other end.
//! - Joining what is small to the smallest that suffices, or to the nearest, would tell far more: that others are not smaller, or
//!   that two that are together are both small. 9 and 9 of 18 are then known exactly.
//! - Held back is held back: what is small itself is not told from what only protects it.
//!
//! # What zero means
//!
//! A count of 0 is published, as the rule "non-zero counts below 10" has it, and so is its consequence, that all of the total
//! are in the other parts. Where "all of them" would say something bad of each (all refused), publish fewer parts.
//!
//! # What this does not do
//!
//! - It knows no outside facts: who counts doors, or took part in a visit, can subtract what they know.
//! - It knows one set of atoms. What is published of the same households in another way has to be in the same tree, and in the
//!   same [`Book`]. Subjects whose parts nest in one another's, as "all visits" holds each campaign, are not for one book: one less the
//!   other is a count that nobody has looked at.
//! - Figures of upper levels lag by what their atoms' do: mostly by less than `least` for each atom and column that only grows. Of
//!   thousands of grids, each with a few visits more than it shows, that is much. Exact totals beside lagging parts would reveal
//!   the sum of the lags; take villages as pieces instead where the whole has to be near the truth.
//!
//! # Sources
//!
//! Cox (1980), "Suppression methodology and statistical disclosure control", doi:10.1080/01621459.1980.10477481; Fischetti and
//! Salazar (2001), "Solving the cell suppression problem on tabular data with linear constraints", doi:10.1287/mnsc.47.7.1008.9805;
//! Willenborg and de Waal (2001), "Elements of statistical disclosure control", doi:10.1007/978-1-4613-0121-9; Wong et al. (2007),
//! "Minimality attack in privacy preserving data publishing", VLDB. Those search for the fewest cells to hold back, table by table,
//! with an audit at the end; here groups are made safe first. That holds back more, and holds for each table that is made of them.

mod atoms;
#[cfg(test)]
mod attack;
mod book;
mod error;
mod past;
mod series;
#[cfg(test)]
mod tests;
mod tree;

pub use atoms::Atoms;
pub use book::Book;
pub use error::SuppressionError;
pub use series::{Column, Figure, Move, Series, Step};
pub use tree::Tree;

/// The least count that is published, but for 0: Washington State Department of Health's standard for small numbers.
pub const LEAST: u64 = 10;

/// Counts of households in parts that do not overlap: visited and not, or one for each outcome. Their sum is the total.
pub type Parts<const N: usize> = [u64; N];

/// Whether parts may be published: each is 0 or at least `least`, and so are then all their sums.
pub fn is_safe<const N: usize>(parts: &Parts<N>, least: u64) -> bool {
    parts.iter().all(|count| safe_count(*count, least))
}

fn safe_count(count: u64, least: u64) -> bool {
    count == 0 || count >= least
}
