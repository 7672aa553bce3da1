//! Passwords: hashed and compared with argon2id.

use super::AppError;
use crate::model::ModelError;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::LazyLock;

/// Shortest password, characters: what is typed rarely can be long.
pub(super) const LEAST: usize = 12;
/// Longest, bytes: beyond it nobody types, and hashing has a bound.
const MOST: usize = 1_024;

/// What OWASP's Password Storage Cheat Sheet recommends for argon2id: 19 MiB of memory, two passes, one lane. Some 30 ms a hash.
fn argon2id() -> Argon2<'static> {
    const PARAMS: Params = match Params::new(19 * 1_024, 2, 1, None) {
        Ok(params) => params,
        Err(_) => panic!("the parameters are in range"),
    };
    Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS)
}

/// Compared with where there is no hash, so that an unknown name takes as long as a wrong password.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash("password", "nobody has this password").expect("a text of a length that is hashed"));

/// The PHC string of a password, which came in a field of this name, with a fresh salt. Costs some 30 ms and 19 MiB: not for the async threads.
pub(super) fn hash(field: &'static str, password: &str) -> Result<String, AppError> {
    if password.chars().count() < LEAST || password.len() > MOST {
        // The password itself is not repeated.
        let length = format!("{} characters", password.chars().count());
        return Err(ModelError::new(field, length, format!("at least {LEAST} characters, at most {MOST} bytes")).into());
    }
    let salt = SaltString::generate(&mut OsRng);
    Ok(argon2id().hash_password(password.as_bytes(), &salt).map_err(|_| AppError::Fault)?.to_string())
}

/// Whether this is the password; costs the same without a hash to compare with. Not for the async threads.
pub(super) fn matches(password: &str, phc: Option<&str>) -> bool {
    let kept = phc.unwrap_or(&NOBODY);
    let short = password.len() <= MOST;
    let right = PasswordHash::new(kept)
        .is_ok_and(|kept| argon2id().verify_password(if short { password.as_bytes() } else { b"" }, &kept).is_ok());
    right && short && phc.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_its_own_hash_and_no_other() {
        let phc = hash("password", "melons in July").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_ne!(hash("password", "melons in July").unwrap(), phc, "each has its own salt");
        assert!(matches("melons in July", Some(&phc)));
        for (password, kept) in [
            ("melons in june", Some(phc.as_str())),
            ("", Some(&phc)),
            ("melons in July", None),
            ("nobody has this password", None),
            ("melons in July", Some("not a hash")),
            (&"x".repeat(2_000), Some(&phc)),
        ] {
            assert!(!matches(password, kept), "{password} {kept:?}");
        }
    }

    #[test]
    fn a_short_or_endless_password_is_refused_and_not_repeated() {
        for bad in ["hunter2", "", &"x".repeat(1_025)] {
            let told = hash("password", bad).unwrap_err().to_string();
            assert!(told.starts_with("password: '") && (bad.is_empty() || !told.contains(bad)), "{told}");
        }
        assert!(hash("password", &"西".repeat(12)).is_ok());
    }
}
