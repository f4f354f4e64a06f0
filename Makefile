# Each target makes what it needs inside .venv; `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
KERNEL := $(wildcard src/fastdial/kernel/*.pyx src/fastdial/kernel/*.pxd)
PYTHONS := $(shell find src/fastdial -name '*.py')
ENGINE := $(shell find src/fastdial/engine -name '*.pxd')
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run test test-compiled lint rules week bench compare pacing yardsticks spec build clean

help:             ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

build: $(VENV)/.built  ## the package with its compiled kernel, in .venv

run: build        ## the main job: server, network and agents work through a contact list
	$(BIN)/fastdial run examples/campaign.toml --contacts examples/contacts.csv

test: $(VENV)/.dev $(VENV)/.built  ## all tests
	$(BIN)/python -m pytest

test-compiled: $(VENV)/.dev build/compiled/.built  ## tests of rules and site against the compiled engine
	PYTHONPATH=build/compiled $(BIN)/python -c \
		'import fastdial.engine.site as s, sys; sys.exit("not compiled" if s.__file__.endswith(".py") else 0)'
	PYTHONPATH=build/compiled $(BIN)/python -m pytest --quiet tests/rules \
		tests/property/test_site_machine.py tests/property/test_callback_machine.py \
		tests/property/test_command_table.py tests/simulation

test-sanitized: $(VENV)/.dev  ## kernel tests under AddressSanitizer, beside the normal build
	.ci/test-sanitized $(BIN)

lint: $(VENV)/.dev $(VENV)/.built  ## format, lint, types, Cython lint, stubs against compiled modules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/cython-lint src
	$(BIN)/python -m mypy.stubtest fastdial.kernel --allowlist .ci/stubtest-allowlist --ignore-unused-allowlist

rules:            ## the domain rules and the tests that name each; CHECK=CA,CO fails where one has none
	@PYTHONPATH=tests $(PYTHON) -m rulebook $(if $(CHECK),--check $(CHECK))

week: $(VENV)/.dev build/compiled/.built  ## a week of 50 campaigns in virtual time, audited; WEEK='--days 1' and the like
	PYTHONPATH=build/compiled:tests $(BIN)/python -m simulation.week $(WEEK)

spec: $(VENV)/.dev $(VENV)/.built  ## the parts of bindings/spec that follow from the code
	$(BIN)/python -m bindings.spec.generate

bench: $(VENV)/.dev $(VENV)/.built  ## pytest-benchmark suites
	$(BIN)/python -m pytest benchmarks --benchmark-enable --benchmark-only --quiet \
		--benchmark-columns=median,iqr,rounds

compare: $(VENV)/.peers build/compiled/.built  ## side by side with peers; ONLY=queue,timers takes some
	$(BIN)/python -m benchmarks.compare --only '$(ONLY)'

pacing: $(VENV)/.dev $(VENV)/.built  ## pacing against its bars; ONLY=stationary,day takes some, SCALE=0.1 is quicker
	$(BIN)/python -m benchmarks.pacing --only '$(ONLY)' --scale $(or $(SCALE),1)

yardsticks: $(VENV)/.dev $(VENV)/.built  ## the best that any pacing can do, and what others come to; MEASURE=1 anew
	$(BIN)/python -m benchmarks.pacing.optimum $(if $(MEASURE),--write,--most 20)
	$(BIN)/python -m benchmarks.pacing.contacts_optimum
	$(BIN)/python -m benchmarks.pacing.peers_table $(if $(MEASURE),--measure)

callgrind: $(VENV)/.dev $(VENV)/.built  ## instructions of the kernel's operations against benchmarks/baseline.json
	$(BIN)/python -m benchmarks.callgrind

callgrind-update: $(VENV)/.dev $(VENV)/.built  ## rewrite benchmarks/baseline.json
	$(BIN)/python -m benchmarks.callgrind --update

clean:            ## remove everything that was made, .venv included
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src -name '*.so' -delete

$(VENV)/.created:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "fastdial needs Python 3.11 or newer; say make PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install "setuptools>=77" "cython>=3.1"
	touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml
	FASTDIAL_BUILD=none $(PIP) install --no-build-isolation --editable '.[cli]'
	touch $@

$(VENV)/.dev: $(VENV)/.installed pyproject.toml
	FASTDIAL_BUILD=none $(PIP) install --no-build-isolation --editable '.[cli,dev]'
	touch $@

$(VENV)/.peers: $(VENV)/.dev
	FASTDIAL_BUILD=none $(PIP) install --no-build-isolation --editable '.[cli,dev,peers]'
	touch $@

# what a release contains, in a folder of its own, so that no edit is hidden by a module compiled
# before it; modules whose sources have not changed are not compiled again
build/compiled/.built: $(VENV)/.built setup.py layouts.py shortcuts.py $(PYTHONS) $(ENGINE)
	mkdir -p build/compiled/fastdial/kernel
	cp -p src/fastdial/kernel/*.so build/compiled/fastdial/kernel/
	$(BIN)/python setup.py --quiet build --build-lib build/compiled --parallel 2
	touch $@

$(VENV)/.built: $(VENV)/.installed setup.py $(KERNEL)
	FASTDIAL_BUILD=kernel $(BIN)/python setup.py --quiet build_ext --inplace --parallel 2
	touch $@
