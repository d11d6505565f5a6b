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

# Takes changed golden transcripts of one file of tests/it; read the diff before you commit it
golden WORD:
    INSTA_UPDATE=always cargo test --locked --test it {{WORD}}

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
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

# Misspellings in English, and the Japanese prose
spelling:
    .ci/spelling

# The API documentation, private items included
docs:
    cargo doc --locked --no-deps --document-private-items

# Proves one lab, or all
labs *LAB:
    cargo run --locked -- labs check {{LAB}}

# How to add a check: its files, in order (docs/adding.md)
new-check: (adding "check")

# How to add a resource kind
new-kind: (adding "kind")

# How to add an operation of the sandbox
new-operation: (adding "operation")

# How to add a verb
new-verb: (adding "verb")

# How to add a message
new-message: (adding "message")

[private]
adding WHAT:
    @awk '/^## / { shown = tolower($0) ~ "{{WHAT}}" } shown' docs/adding.md

# Everything that CI runs
ci:
    .ci/run
