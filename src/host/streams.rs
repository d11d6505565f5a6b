//! The standard streams of this process. [`Host`](super::Host) hands them to a run; a process that runs no verb, such as the keeper
//! of a web server, takes them from here.

use std::io::{self, BufReader, Stderr, Stdin};

/// Standard input, unbuffered beyond what the process shares.
#[must_use]
pub fn standard_input() -> Stdin {
    io::stdin()
}

/// Standard input by lines, for answers that are read one at a time.
#[must_use]
pub fn standard_lines() -> BufReader<Stdin> {
    BufReader::new(io::stdin())
}

/// Standard error.
#[must_use]
pub fn standard_error() -> Stderr {
    io::stderr()
}
