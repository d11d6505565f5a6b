//! The integration tests: the program as its users meet it. One file per feature; `harness` has what they share.

mod adding;
mod answers;
mod aws;
mod bad_input;
mod bad_lab;
#[cfg(unix)]
mod browse;
mod by_hand;
mod chaos;
mod clean_kills;
mod cli;
mod coming_back;
mod console_text;
mod crash;
mod damaged_runs;
mod data_plane;
mod dead_ends;
mod diagnoses;
mod differences;
mod doctor;
mod drill_cli;
mod drills;
mod environment;
mod explain;
mod far;
mod fault_matrix;
mod faults;
mod filters;
mod fuzzing;
mod hands_on;
mod harness;
mod hostile_labs;
mod interrupt;
mod journal;
mod keep_mine;
mod keeper;
mod kills;
mod lab;
mod labs;
mod limits;
mod look_alikes;
mod lost_answer;
mod lying_endpoint;
mod mends;
mod network_acl;
mod old_journals;
mod open_connections;
#[cfg(unix)]
mod open_files;
#[cfg(unix)]
mod outputs;
mod parity;
mod policy;
#[cfg(unix)]
mod printed_commands;
#[cfg(unix)]
mod pty;
mod reader_words;
mod readme;
mod real_aws;
mod refusals;
mod refusals_odd;
mod refusals_private_link;
mod refusals_rare;
mod report;
mod rooms;
mod routes;
mod sandbox;
mod sandbox_http;
#[cfg(unix)]
mod screens;
mod shared;
mod shell_words;
mod target_health;
mod trouble;
mod two_accounts;
#[cfg(unix)]
mod walks;
mod why;
mod wire_kills;
mod zones;
