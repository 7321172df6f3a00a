# What a person does with this checkout. `make demo` and `make test` install what is missing first.
.PHONY: demo test bench

demo:
	scripts/setup
	cargo build --release --locked --bin quire --bin quire-origin
	scripts/demo

# The end-to-end tests start the program that the first command builds.
test:
	scripts/setup
	cargo build --locked --workspace --bins
	cargo test --locked --workspace

bench:
	scripts/setup
	bench/run
