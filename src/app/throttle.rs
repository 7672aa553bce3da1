//! Who guesses passwords waits longer each time.

use hashbrown::HashMap;
use parking_lot::Mutex;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// Wrong passwords for one name from one address before waiting begins: people mistype.
const FREE_FOR_NAME: u32 = 3;
/// Wrong passwords from one address, whatever the names: an office shares an address, who tries many names is slowed as well.
const FREE_FOR_ADDRESS: u32 = 30;
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(15);
/// Quiet time after which wrong passwords are forgotten.
const FORGOTTEN: Duration = Duration::from_hours(1);
/// Most names and addresses that are remembered: about a megabyte.
const MOST: usize = 16_384;

#[derive(Debug, Clone, Copy)]
struct Tries {
    wrong: u32,
    last: Instant,
}

/// Attempts that have not ended well, by name and address and by address alone. Memory is bounded.
pub(super) struct Throttle {
    hasher: RandomState,
    tries: Mutex<HashMap<u64, Tries>>,
}

impl Throttle {
    pub fn new() -> Throttle {
        Throttle { hasher: RandomState::new(), tries: Mutex::new(HashMap::new()) }
    }

    fn keys(&self, name: &str, from: Option<IpAddr>) -> [(u64, u32); 2] {
        let from = from.map(neighbourhood);
        let of = |name: Option<&str>| self.hasher.hash_one((name, from));
        [(of(Some(name)), FREE_FOR_NAME), (of(None), FREE_FOR_ADDRESS)]
    }

    /// Begins an attempt, which counts as wrong until [`Throttle::succeeded`] says otherwise: attempts side by side gain nothing.
    ///
    /// # Errors
    /// How long to wait before the next one; the attempt was not begun then, and does not count.
    pub fn begin(&self, now: Instant, name: &str, from: Option<IpAddr>) -> Result<(), Duration> {
        let mut tries = self.tries.lock();
        let keys = self.keys(name, from);
        let wait = |(key, free): (u64, u32)| {
            let known = tries.get(&key).filter(|known| now.saturating_duration_since(known.last) < FORGOTTEN)?;
            let doublings = known.wrong.checked_sub(free)?;
            let pause = Duration::from_secs(1u64 << doublings.min(20)).min(LONGEST);
            pause.checked_sub(now.saturating_duration_since(known.last)).filter(|rest| !rest.is_zero())
        };
        if let Some(rest) = keys.into_iter().filter_map(wait).max() {
            return Err(rest);
        }
        for (key, _) in keys {
            make_room(&mut tries, now);
            let known = tries.entry(key).or_insert(Tries { wrong: 0, last: now });
            if now.saturating_duration_since(known.last) >= FORGOTTEN {
                known.wrong = 0;
            }
            *known = Tries { wrong: known.wrong.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// The attempt was right: the name is forgotten, and the address has one wrong attempt fewer.
    pub fn succeeded(&self, name: &str, from: Option<IpAddr>) {
        let mut tries = self.tries.lock();
        let [(pair, _), (address, _)] = self.keys(name, from);
        tries.remove(&pair);
        if let Some(known) = tries.get_mut(&address) {
            known.wrong = known.wrong.saturating_sub(1);
        }
    }
}

/// What counts as one address: an IPv4 address, however it is written, or the /64 of an IPv6 address, which one household or phone
/// has whole and within which it may change its address at will.
#[must_use]
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() >> 64 << 64)),
        four @ IpAddr::V4(_) => four,
    }
}

/// Forgets what is old; where all is new, the oldest of it.
fn make_room(tries: &mut HashMap<u64, Tries>, now: Instant) {
    if tries.len() < MOST {
        return;
    }
    tries.retain(|_, known| now.saturating_duration_since(known.last) < FORGOTTEN);
    if tries.len() >= MOST
        && let Some(oldest) = tries.iter().min_by_key(|(_, known)| known.last).map(|(key, _)| *key)
    {
        tries.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn each_wrong_password_beyond_the_third_doubles_the_wait_up_to_a_quarter_of_an_hour() {
        let (throttle, here) = (Throttle::new(), address("192.0.2.1"));
        let mut now = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..16 {
            if let Err(rest) = throttle.begin(now, "li", here) {
                waits.push(rest.as_secs());
                now += rest;
                assert_eq!(throttle.begin(now, "li", here), Ok(()), "after the wait");
            }
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    }

    #[test]
    fn another_name_or_address_does_not_wait_and_a_right_password_forgets() {
        let (throttle, here, now) = (Throttle::new(), address("192.0.2.1"), Instant::now());
        for _ in 0..3 {
            throttle.begin(now, "li", here).unwrap();
        }
        assert!(throttle.begin(now, "li", here).is_err());
        assert!(throttle.begin(now, "wu", here).is_ok());
        assert!(throttle.begin(now, "li", address("192.0.2.2")).is_ok());
        assert!(throttle.begin(now + FORGOTTEN, "li", here).is_ok(), "forgotten after an hour");
        throttle.succeeded("li", here);
        assert!(throttle.begin(now, "li", here).is_ok());
    }

    #[test]
    fn who_tries_many_names_from_one_address_or_network_waits_as_well() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        let tried =
            (0..60).filter(|n| throttle.begin(now, &format!("u{n}"), address(&format!("2001:db8::{n}"))).is_ok());
        assert_eq!(tried.count(), 30);
        assert!(throttle.begin(now, "u0", address("2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn one_address_has_one_name_however_it_is_written() {
        for (address, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:3:3:4:5:6", "2001:db8:1:3::"),
        ] {
            assert_eq!(neighbourhood(address.parse().unwrap()), expected.parse::<IpAddr>().unwrap(), "{address}");
        }
        let (throttle, now) = (Throttle::new(), Instant::now());
        for _ in 0..3 {
            throttle.begin(now, "li", address("192.0.2.1")).unwrap();
        }
        assert!(throttle.begin(now, "li", address("::ffff:192.0.2.1")).is_err(), "the same address, written as IPv6");
    }

    #[test]
    fn memory_is_bounded_whoever_tries() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        for n in 0..20_000u32 {
            let _ = throttle.begin(now, "li", Some(IpAddr::V4(n.into())));
        }
        assert!(throttle.tries.lock().len() <= MOST);
    }
}
