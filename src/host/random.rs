//! Randomness that a test can seed.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// A source of random identifiers: the system's, or a seeded one that always gives the same sequence.
#[derive(Clone, Debug, Default)]
pub enum Random {
    #[default]
    System,
    /// A deterministic sequence. Never use it for keys.
    Seeded(Arc<Mutex<u64>>),
}

impl Random {
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(seed)))
    }

    /// Sixty-four random bits.
    ///
    /// # Panics
    /// If the operating system has no randomness to give: nothing is safe without it.
    #[must_use]
    pub fn next_u64(&self) -> u64 {
        match self {
            Self::System => getrandom::u64().expect("the operating system gives randomness"),
            Self::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                // SplitMix64: tiny, well spread, and not for secrets.
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = *state;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                z ^ (z >> 31)
            }
        }
    }

    /// Lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            // Writing to a String cannot fail.
            let _ = write!(text, "{:016x}", self.next_u64());
        }
        text.truncate(digits);
        text
    }

    /// `alphabet` must be ASCII.
    #[must_use]
    pub fn text(&self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| {
                let index = self.next_u64() % alphabet.len().max(1) as u64;
                char::from(alphabet[usize::try_from(index).unwrap_or(0)])
            })
            .collect()
    }
}
