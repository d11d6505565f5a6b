//! The standard streams of this process. [`Host`](super::Host) passes them to a run; a process that runs no verb, such
//! as the keeper of a web server, takes them from here.

use std::io::{self, BufReader, Stderr, Stdin};

/// Not buffered beyond the buffer that the process shares.
#[must_use]
pub fn standard_input() -> Stdin {
    io::stdin()
}

/// For answers that are read one at a time.
#[must_use]
pub fn standard_lines() -> BufReader<Stdin> {
    BufReader::new(io::stdin())
}

#[must_use]
pub fn standard_error() -> Stderr {
    io::stderr()
}
