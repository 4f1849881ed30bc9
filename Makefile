# `make run` and `make test` are all a newcomer needs; both set up everything they need first.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run unit test test-all pictures mutants check fix image bench

VENV := .venv/bin
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
export PYTHON

help:  ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## make .venv and install what running needs
	@sh deploy/setup.sh requirements.lock

setup-dev: setup
	@sh deploy/setup.sh requirements-dev.lock

run: setup  ## start everything, play one SPM cycle and stay up: http://127.0.0.1:8400
	@$(VENV)/jejak up $(ARGS)

unit: setup-dev  ## rules, data and formats alone, without any part: seconds
	@$(VENV)/python -m pytest -q -n 2 --dist loadfile tests/unit tests/property tests/contracts $(ARGS)

test: setup-dev  ## all tests on real PostgreSQL, Kafka and S3
	@$(VENV)/python -m pytest -n 2 --dist loadgroup -m "not test_all" $(ARGS)

test-all: setup-dev  ## the same, plus a second object store built from source and the long drills
	@JEJAK_TEST_ALL=1 $(VENV)/python -m pytest $(ARGS)

pictures: setup-dev  ## take the pictures of the manuals anew, from the real pages
	@JEJAK_TAKE_PICTURES=1 $(VENV)/python -m pytest -q tests/manual $(ARGS)

mutants: setup-dev  ## change the rules one place at a time: which changes does no test notice? (docs/testing.md)
	@$(VENV)/python -m tests.mutation $(ARGS)

check: setup-dev  ## style, types, who may import whom, room cards, file sizes, generated documents
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python -m pytest -q -n 2 --dist loadfile tests/architecture

fix: setup-dev  ## put right what a machine can put right
	$(VENV)/ruff check --fix
	$(VENV)/ruff format

image:  ## build the container image, and write the list of its parts (docs/operations/containers.md)
	docker build --file deploy/containers/Dockerfile --tag jejak:$(VERSION) --build-arg VERSION=$(VERSION) --build-arg REVISION=$$(git rev-parse HEAD) .
	docker run --rm jejak:$(VERSION) cat /opt/jejak/sbom.cdx.json > jejak-$(VERSION).cdx.json

bench: setup  ## measure speed and size
	@$(VENV)/jejak bench $(ARGS)
