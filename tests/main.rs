//! The one integration binary: what must hold for the whole, seen from outside the library.

mod floors;
