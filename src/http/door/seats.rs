//! Places of which there are only so many, and of which one address may take only some.

use super::super::problem::Problem;
use super::proxy::Visitor;
use crate::app::neighbourhood;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hashbrown::HashMap;
use http_body_util::BodyExt;
use parking_lot::Mutex;
use std::net::IpAddr;
use std::sync::Arc;

/// Places for whatever lasts: connections, live streams.
#[derive(Debug)]
pub struct Seats {
    most: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<IpAddr, usize>,
}

impl Seats {
    /// So many in all, and so many for one address.
    pub fn new(most: usize, each: usize) -> Arc<Seats> {
        Arc::new(Seats { most, each, taken: Mutex::default() })
    }

    /// A place for an address; `None` where all are taken, or all that one address may have.
    pub fn take(self: &Arc<Seats>, of: IpAddr) -> Option<Seat> {
        self.seat(of, self.each)
    }

    /// A place for somebody who may have them all: a trusted proxy stands for many.
    pub fn take_any(self: &Arc<Seats>, of: IpAddr) -> Option<Seat> {
        self.seat(of, usize::MAX)
    }

    fn seat(self: &Arc<Seats>, of: IpAddr, each: usize) -> Option<Seat> {
        let of = neighbourhood(of);
        let mut taken = self.taken.lock();
        if taken.all >= self.most {
            return None;
        }
        let own = taken.by.entry(of).or_insert(0);
        if *own >= each {
            return None;
        }
        *own += 1;
        taken.all += 1;
        Some(Seat { seats: Arc::clone(self), of })
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.taken.lock().all
    }
}

/// One place, free again when this is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Arc<Seats>,
    of: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock();
        taken.all -= 1;
        if let Some(own) = taken.by.get_mut(&self.of) {
            *own -= 1;
            if *own == 0 {
                taken.by.remove(&self.of);
            }
        }
    }
}

/// Answers that last take a place until their body has ended or been dropped.
pub async fn seated(State(seats): State<Arc<Seats>>, request: Request, next: Next) -> Response {
    let Some(seat) = seats.take(Visitor::of(&request).address) else {
        let detail = format!(
            "there are {} live streams of at most {}, or {} from this address: close one, or come back later",
            seats.taken(),
            seats.most,
            seats.each
        );
        return Problem::too_many(detail, LATER_S).into_response();
    };
    let response = next.run(request).await;
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            // Held by the body, so that it ends with it.
            let _ = &seat;
            frame
        }))
    })
}

/// When a stream may have ended, seconds.
const LATER_S: u32 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_the_places_of_all() {
        let seats = Seats::new(5, 2);
        let [a, b, c]: [IpAddr; 3] = ["10.0.0.1", "2001:db8::1", "2001:db8::ffff"].map(|ip| ip.parse().unwrap());
        let mut held = vec![seats.take(a).unwrap(), seats.take(a).unwrap()];
        assert!(seats.take(a).is_none());
        assert!(seats.take("::ffff:10.0.0.1".parse().unwrap()).is_none(), "the same address, written as IPv6");
        held.push(seats.take(b).unwrap());
        held.push(seats.take(c).unwrap());
        assert!(seats.take(b).is_none() && seats.take(c).is_none(), "a /64 is one address");
        held.push(seats.take_any(a).unwrap());
        assert!(seats.take_any(a).is_none() && seats.take("10.0.0.9".parse().unwrap()).is_none(), "all are taken");
        held.clear();
        assert_eq!(seats.taken(), 0);
        assert!(seats.taken.lock().by.is_empty(), "who has left is forgotten");
        assert!(seats.take(a).is_some());
    }
}
