# What a person does with this checkout. `make demo` and `make test` install what is missing first.
.PHONY: demo test bench

demo:
	scripts/setup
	cargo build --release --locked --bin quire --bin quire-origin
	scripts/demo

# Testing the whole workspace builds the programs too, which the end-to-end tests start. To build them first by themselves
# would build most dependencies twice: tests ask for more of their features.
test:
	scripts/setup
	cargo test --locked --workspace

bench:
	scripts/setup
	bench/run
