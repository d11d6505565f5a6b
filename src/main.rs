//! The program: everything is in the library.

use std::process::ExitCode;

use pllab::Host;

fn main() -> ExitCode {
    let code = pllab::run_process(std::env::args_os().collect(), Host::this());
    ExitCode::from(u8::try_from(code as i32).unwrap_or(1))
}
