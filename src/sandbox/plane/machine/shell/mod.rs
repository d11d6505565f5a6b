//! A small shell: user data as a tree, and an interpreter that imitates it and never runs anything on this machine.
//! Must not know: the topology, sockets, how an instance is kept.
//! Next: `boot_script.rs` is what cloud-init runs; `parser.rs` reads it, `run.rs` runs it; `limits.rs` ends what is too much.

mod arithmetic;
mod boot_script;
mod braces;
mod builtin;
mod cloud_config;
mod common;
mod compound;
mod dollar;
mod expand;
mod files;
mod hosts;
mod limits;
mod loops;
mod network;
mod outcome;
mod parameter;
mod parser;
mod pattern;
mod places;
mod powershell;
mod reader;
mod redirect;
mod run;
mod scripts;
mod search;
mod services;
mod simple;
mod sinks;
mod speak;
mod state;
mod taint;
mod test_command;
#[cfg(test)]
mod tests;
mod text_tools;
mod tree;
mod units;
mod unknown_files;
mod unmodelled;
mod variables;
mod words;
mod world;

pub use boot_script::BootScript;
pub use hosts::hosts;
pub use world::{Job, Later, Names, Reach, Served, Told, Wait, World};
