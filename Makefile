# `make course` opens the course, `make test` tests it; both set up all they need. See README.md.
PYTHON ?= python3
BIN := .venv/bin

# The locks name versions and hashes and no place to fetch them from: that stays everybody's own choice.
LOCK := .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml

.PHONY: course lab test check notebooks schemas lock benchmarks clean

course: .venv/installed
	@$(BIN)/brmcourse start

lab: .venv/installed
	@$(BIN)/brmcourse start --lab

test: .venv/installed-test
	$(BIN)/pytest --numprocesses auto --dist loadscope --no-loadscope-reorder

check: .venv/installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/brmcourse check

notebooks: .venv/installed-test
	$(BIN)/python tools/notebooks.py

schemas: .venv/installed-test
	$(BIN)/python tools/schemas.py

lock:
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) --upgrade --extra test --output-file requirements-test.lock
	$(LOCK) --upgrade --constraint requirements-test.lock --output-file requirements.lock

benchmarks: .venv/installed-test
	$(BIN)/python benchmarks/all.py

clean:
	rm -rf .venv

.venv/installed: pyproject.toml requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing. Install Python 3.11 or newer from python.org, then try again." >&2; exit 1; }
	@$(PYTHON) tools/install.py
	@touch $@

.venv/installed-test: pyproject.toml requirements-test.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing. Install Python 3.11 or newer from python.org, then try again." >&2; exit 1; }
	@$(PYTHON) tools/install.py --test
	@touch $@ .venv/installed
