# Recipes for contributors. `just` lists them; CONTRIBUTING.md says more.

default:
    @just --list

# Everything that needs nothing but Rust
test:
    cargo test --locked

# Unit tests whose path holds a word, such as `just unit fold`
unit WORD:
    cargo test --locked --lib {{WORD}}

# Integration tests of one file of tests/it, such as `just it journal::`
it WORD:
    cargo test --locked --test it {{WORD}}

# Who may import whom, circles, file sizes
rooms:
    cargo test --locked --test it rooms::

# Other people's clients against the sandbox
clients:
    tests/clients/run

# The budgets, each beside its limit
bench NAME="budgets":
    cargo bench --locked --bench {{NAME}}

# Format and lints
lint:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings

# The API documentation, private items included
docs:
    cargo doc --locked --no-deps --document-private-items

# Proves one lab, or all
labs *LAB:
    cargo run --locked -- labs check {{LAB}}

# Everything that CI runs
ci:
    .ci/run
