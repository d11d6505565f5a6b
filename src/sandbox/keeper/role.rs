//! Decides which of the keeper's two processes this one is.

use std::ffi::OsString;

use super::process_args::Order;

/// Runs the keeper's process that these arguments (the program's name first) ask for, and says whether it succeeded.
/// `None` if they are not a keeper's arguments.
#[must_use]
pub fn run(args: &[OsString]) -> Option<bool> {
    let (role, order) = Order::read(args.get(1..)?)?;
    Some(act(&role, &order))
}

#[cfg(unix)]
fn act(role: &str, order: &Order) -> bool {
    match role.strip_prefix("confine-").and_then(|parent| parent.parse().ok()) {
        Some(parent) => super::confine::confine(order, parent),
        None if role == "keep" => super::keep::keep(order),
        None => false,
    }
}

#[cfg(not(unix))]
fn act(_role: &str, _order: &Order) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_verb_is_a_role() {
        for line in ["pllab", "pllab internal", "pllab start", "pllab internal web-server keep /a /b x"] {
            let args: Vec<OsString> = line.split(' ').map(Into::into).collect();
            assert_eq!(run(&args), None, "{line}");
        }
    }
}
