# One command each. Everything that is built lands in .build/.

SWIFT ?= swift
# Debian's own, which has GStreamer's bindings.
PYTHON ?= /usr/bin/python3
PLUGIN := .build/release/libgsttimepiece.so
# The benchmarks are built with them too: what they measure is what is in the plugin, and nothing is compiled twice.
RELEASE_FLAGS := -c release -Xswiftc -static-stdlib -Xcc -momit-leaf-frame-pointer -Xcc -fno-plt -Xcc -fstack-protector-strong
PLUGIN_FLAGS := $(RELEASE_FLAGS) --product gsttimepiece \
	-Xlinker --version-script=gst/libgsttimepiece.map -Xlinker -z -Xlinker defs \
	-Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now
QUIET := 2>&1 | Tests/runner/progress.sh ; test $${PIPESTATUS[0]} -eq 0
SHELL := /bin/bash

PACKAGES := pkg-config libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev \
	libcurl4-openssl-dev libssl-dev libsqlite3-dev \
	gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
	gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-x \
	python3-gst-1.0 gir1.2-gst-rtsp-server-1.0 python3-venv valgrind openssl gcc g++ libc6-dev binutils dpkg-dev lintian
# What `make lint` and `make format` call beside Swift's own formatter; ruff is in the tests' Python environment.
LINT_PACKAGES := indent shellcheck

export SOURCE
# Package.swift: a warning is an error here, and not in a package that depends on this one.
export TIMEPIECE_STRICT := 1
export GST_PLUGIN_PATH := $(CURDIR)/.build/release
# A registry of our own: the user's is not touched, and a stale one not believed.
export GST_REGISTRY := $(CURDIR)/.build/registry.bin

.PHONY: all setup dependency-test metrics-test toolchain build demo demo-cloudwatch check test test-suite test-environment examples sanitize \
	lint lint-setup format clean bench bench-build bench-instructions bench-thresholds

all: build

setup: toolchain
	@if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then \
	  echo "make setup: this is not Debian; there the packages are called:" $(PACKAGES) >&2; exit 0; fi; \
	missing=$$(comm -23 <(printf '%s\n' $(PACKAGES) | sort -u) \
	  <(dpkg-query -W -f '$${Package} $${Status}\n' $(PACKAGES) 2>/dev/null | sed -n 's/ .*ok installed//p' | sort -u)); \
	if [ -n "$$missing" ]; then \
	  if [ $$(id -u) = 0 ]; then sudo=; elif command -v sudo >/dev/null; then sudo=sudo; \
	  else echo "make setup: these Debian packages are missing and need root to install:" $$missing >&2; exit 1; fi; \
	  $$sudo apt-get update -q && $$sudo env DEBIAN_FRONTEND=noninteractive \
	    apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends $$missing; \
	fi

toolchain:
	@said=$$($(SWIFT) --version 2>&1 | head -1); grep -qE "Swift version (6\.[3-9]|[7-9])" <<<"$$said" || \
	  { echo "make: Swift 6.3 or later is needed (https://www.swift.org/install/linux); '$(SWIFT) --version' says: $$said" >&2; exit 1; }

build: setup
	@$(SWIFT) build $(PLUGIN_FLAGS) $(QUIET)

demo: build
	@$(PYTHON) pipelines/demo.py $(if $(SOURCE),--source "$$SOURCE")

# What the tests talk to: servers and oracles from PyPI, AWS's own test suite.
test-environment: setup
	@sh Tests/python-environment.sh $(QUIET)
	@sh Tests/fetch-sigv4-suite.sh $(QUIET)

demo-cloudwatch: build test-environment
	@pipelines/cloudwatch/demo.py

# Whatever GLib or GStreamer finds critical ends the program that did it.
test check test-suite sanitize-suite: export G_DEBUG := fatal-criticals

# The debug build, and the tests that ONLY names: a target, a suite or a test, by its name or a part of it. Fails if there
# is none. Without ONLY all tests of the package: make check ONLY='The stamp'
ONLY ?=
export ONLY
check: setup test-environment
	@$(PYTHON) Tests/runner/suite.py "$$ONLY"

# All tests. The suite comes last and is run in the debug build, or with SANITIZE=yes under both sanitizers instead.
SANITIZE ?=
test: build test-environment
	@$(PYTHON) Tests/readme/run.py
	@.build/venv/bin/python Tests/cloudwatch/test_alarms.py
	@Tests/readers/run.sh
	@Tests/plugin/run.sh
	@$(MAKE) --no-print-directory $(if $(SANITIZE),sanitize-suite,test-suite)

# Depends on this package by URL, as others do, with both build systems; runs the ancestor's five programs.
dependency-test: setup
	@Tests/dependency/run.sh

# The backend of swift-metrics, a package of its own.
metrics-test: setup
	@$(SWIFT) test --package-path Metrics $(QUIET)

test-suite: setup test-environment
	@$(SWIFT) build --build-tests $(QUIET)
	@Tests/runner/snippets.sh .build/debug
	@$(PYTHON) Tests/runner/suite.py

# Every example of pipelines/ and of the elements' documentation, or those that ONLY names, with the output in
# .build/examples/.
examples: build test-environment
	@$(PYTHON) Tests/examples/run.py $(if $(ONLY),"$$ONLY")

# All of it under ThreadSanitizer, AddressSanitizer with its leak check, and UBSan for C.
sanitize: sanitize-suite sanitize-c

BENCH := .build/benchmarks
PERBUFFER := $(BENCH)/perbuffer
LIBRARY := .build/release/LibraryBenchmark

bench-build: build
	@mkdir -p $(BENCH)
	@cc -O2 -Wall -Wextra -fPIC -shared -fvisibility=hidden -DPACKAGE='"timepiece"' Benchmarks/reference/*.c \
	  -o $(BENCH)/libgsttimepiecereference.so $$(pkg-config --cflags --libs gstreamer-1.0 gstreamer-base-1.0)
	@cc -O2 -Wall -Wextra Benchmarks/perbuffer.c -o $(PERBUFFER) $$(pkg-config --cflags --libs gstreamer-1.0) -lpthread
	@cc -O2 -Wall -Wextra Benchmarks/windowend.c -o $(BENCH)/windowend $$(pkg-config --cflags --libs gstreamer-1.0)
	@cc -O2 -Wall -Wextra Benchmarks/launch.c -o $(BENCH)/launch
	@cc -O2 -Wall -Wextra -fPIC -shared Benchmarks/fixedclock.c -o $(BENCH)/fixedclock.so
	@for p in LibraryBenchmark SpoolBenchmark; do \
	  $(SWIFT) build $(RELEASE_FLAGS) --product $$p $(QUIET) || exit 1; done

# What a buffer costs beside the peers and bare C, what the start, the library's calls and publishing cost: tables, and
# the results in .build/bench*.json. Ten minutes on two quiet cores; `make bench ROUNDS=5` is quicker and rougher.
ROUNDS ?= 30
bench: bench-build
	@$(PYTHON) Benchmarks/bench.py $(PERBUFFER) $(PLUGIN) --rounds $(ROUNDS) --json .build/bench.json
	@echo; $(PYTHON) Benchmarks/ancestor.py $(LIBRARY) --json .build/bench-library.json
	@echo; $(SWIFT) run -q -c release --package-path Benchmarks/Library HistogramComparison
	@echo; $(PYTHON) Benchmarks/cloudwatch.py .build/release/SpoolBenchmark --json .build/bench-cloudwatch.json

# Instructions and allocations, which repeat: they fail when one has grown by more than 3 % over Benchmarks/thresholds.txt.
bench-instructions: bench-build
	@$(PYTHON) Benchmarks/instructions.py $(PERBUFFER) $(PLUGIN) $(LIBRARY) Benchmarks/thresholds.txt

bench-thresholds: bench-build
	@$(PYTHON) Benchmarks/instructions.py $(PERBUFFER) $(PLUGIN) $(LIBRARY) Benchmarks/thresholds.txt --update

include packaging/packaging.mk
include docs/docs.mk
include Tests/robustness.mk

# Style, and what no compiler checks: the arrows between the modules, circles among files, a doc block for each property.
lint: lint-setup
	@Tests/lint/run.sh check

# Writes what `make lint` would find in Swift, C and Python, as far as the tools can.
format: lint-setup
	@Tests/lint/run.sh write

lint-setup: toolchain
	@$(MAKE) --no-print-directory setup PACKAGES="$(LINT_PACKAGES) python3-venv"
	@sh Tests/python-environment.sh $(QUIET)

clean:
	rm -rf .build .build-*
