//! What stands between a socket and the router: who may connect, how long he may take, how often he may ask, and how many are
//! answered at a time. Nothing here knows what is asked for.

mod connection;
mod gate;
mod house;
mod proxy;
mod rate;
mod seats;
mod serve;
mod tls;

pub use gate::{Gate, admit};
pub use house::House;
pub use proxy::{BasePath, Proxies, base};
pub use rate::{Rates, within_rate};
pub use seats::{Seats, seated};
pub use serve::serve;
pub use tls::{Tls, TlsError};
