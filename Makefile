# Two commands: `make run` and `make test`. Each makes its environment in .venv by itself.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# One more than there are processors: a test that waits for a page or a worker leaves its own idle.
AT_ONCE := $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)
VENDOR := static_vendor/.stamp
# A package that is new under platform/ is found by pip once, so it counts among the stamp's sources.
SOURCES := pyproject.toml constraints.txt $(wildcard platform/*/__init__.py)

# Containers often forbid Python to keep what it compiled. Servers, workers and stages are processes
# of their own, hundreds of them in the tests: each would compile the platform anew.
unexport PYTHONDONTWRITEBYTECODE

.DELETE_ON_ERROR:
.PHONY: help run test lint style format clean

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: $(STAMP) $(VENDOR) ## start Semblance on http://127.0.0.1:8000 (PORT=8080 make run for another)
	@$(BIN)/python manage.py serve

# Types take one processor a minute, so they are looked at beside the tests; what is wrong with them
# is said at the end.
test: style $(VENDOR) ## lint, types, arrows, all tests (PYTEST="-k word" for some)
	@types=$$(mktemp); $(BIN)/mypy >"$$types" 2>&1 & mypy=$$!; \
	trap 'kill $$mypy 2>/dev/null; rm -f "$$types"; exit 130' INT TERM; \
	$(BIN)/python -m pytest -n $(AT_ONCE) $(PYTEST); tested=$$?; \
	wait $$mypy; typed=$$?; \
	echo "mypy:"; cat "$$types"; rm -f "$$types"; \
	exit $$((tested || typed))

lint: style ## all that `make test` checks beside the tests
	$(BIN)/mypy

style: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -z --cached --others --exclude-standard 'templates/*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2 --check
	$(BIN)/lint-imports --no-logo

format: $(STAMP) ## bring the code into shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	git ls-files -z --cached --others --exclude-standard 'templates/*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2

clean: ## remove the environment and every cache; results in var/ stay
	rm -rf $(VENV) build node_modules static_vendor static_vendor.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
	find . -name '*.egg-info' -not -path './var/*' -prune -exec rm -rf {} +

# The stamp is written last: an installation that broke half way is taken up again.
# A shim may be named python3.11 and start nothing, so each candidate is asked to run.
$(STAMP): $(SOURCES)
	@for candidate in $(or $(PYTHON),python3.11 python3); do \
		"$$candidate" -c '' 2>/dev/null || continue; \
		python="$$candidate"; \
		"$$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' && break; \
	done; \
	if [ -z "$$python" ]; then \
		echo "semblance: there is no Python here that runs; Semblance needs Python 3.11." >&2; \
		echo "  Debian 12:  apt-get install python3.11 python3.11-venv" >&2; \
		exit 1; \
	fi; \
	"$$python" -I pipeline/preflight.py && \
	echo "Making the environment in $(VENV); the first time takes some minutes and 3 GB." && \
	"$$python" -m venv $(VENV) && \
	$(BIN)/python -m pip install --disable-pip-version-check --no-input \
		--constraint constraints.txt --editable '.[dev]' && \
	touch $@

# Front-end packages of others, by npm; the command itself knows when nothing is to be done.
$(VENDOR): $(STAMP) package-lock.json platform/core/vendor.py
	@$(BIN)/python manage.py vendor
