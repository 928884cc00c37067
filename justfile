# What people and CI run. `just` lists it; without just: `npx --yes rust-just <recipe>`.

just := just_executable()
stand-ins := "cargo run --quiet --package integration --bin stand-ins --"

# List the recipes
default:
    @{{just}} --list --unsorted

# Install what the full test suite needs and this machine lacks: the page's packages, a browser, Lighthouse, a registry
setup: page-packages
    scripts/setup-browser
    scripts/setup-lighthouse
    scripts/setup-registry

# Run the platform on this machine (options: see `cargo dev --help`)
dev *options:
    cargo dev {{options}}

# Format, lint and type-check everything
check: page-packages
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- --deny warnings
    cd frontend && npm run --silent lint && npm run --silent typecheck

# Run every test: Rust, the browser's, the page's, boto3's, the templates'; with MANGOO_E2E=1, `test-e2e` too
test: page-packages
    cargo build --quiet --workspace --all-targets
    {{just}} test-database test-page test-boto3 test-templates {{if env("MANGOO_E2E", "") == "1" { "test-e2e" } else { "" } }}

# Deploy the real images to an AWS on this machine, use them, and destroy all (needs Docker; builds a release)
test-e2e: page-packages
    cargo test --quiet --package ops --test images --test e2e -- --ignored --nocapture

# Run the suites that need Postgres (MANGOO_POSTGRES=url|docker|embedded chooses which)
test-database: page-packages
    {{stand-ins}} with-postgres -- {{just}} with-database

[private]
with-database:
    cargo test --quiet --workspace
    cd frontend && npm run --silent test:e2e

[private]
test-service:
    {{stand-ins}} with-postgres -- cargo test --quiet --workspace --test service

[private]
test-page:
    cd frontend && npm run --silent test && npm run --silent test:integration

[private]
test-boto3:
    integration/boto3/run

[private]
test-templates:
    stack/lint/run

# Write again what is generated: the checked queries (.sqlx), the API description, the page's types
generate: page-packages
    {{stand-ins}} with-postgres --migrations migrations -- scripts/prepare-queries
    cargo run --quiet --package service --bin mangoo -- openapi > service/openapi.json
    cd frontend && npm run --silent generate

# Measure the service in a release build
bench *options:
    cargo build --quiet --release --package service --package integration
    {{stand-ins}} with-postgres -- target/release/bench {{options}}

# Measure retrieval over 100,000 and 1,000,000 chunks (takes an hour; `--chunks 100000` for the first alone)
bench-rag *options:
    {{just}} bench rag {{options}}

# Measure how smooth the page is: a long answer that streams into a long chat (needs a browser)
bench-page: page-packages
    cd frontend && npm run --silent build && npm run --silent bench

# Format everything
format:
    cargo fmt --all
    cd frontend && npm run --silent lint -- --fix

[private]
page-packages:
    scripts/page-packages
