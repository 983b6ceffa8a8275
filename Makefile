# One command for each task. All build products are in .build/.

SWIFT ?= swift
# Debian's own Python, which has GStreamer's bindings.
PYTHON ?= /usr/bin/python3
PLUGIN := .build/release/libgsttimepiece.so
# DEBUG_INFO=dwarf adds line numbers to what a debugger shows; the names of functions are there without it.
DEBUG_INFO ?= none
# The benchmarks are built with the same flags: they measure the code of the plugin, and nothing is compiled twice.
# Without bcopts, which hoists checks of array indices: which ones it hoists depends on addresses in the compiler's memory,
# so that two builds of the same source differ.
RELEASE_FLAGS := -c release -debug-info-format $(DEBUG_INFO) -Xswiftc -static-stdlib \
	-Xswiftc -Xllvm -Xswiftc -sil-disable-pass=bcopts -Xcc -momit-leaf-frame-pointer -Xcc -fno-plt -Xcc -fstack-protector-strong
PLUGIN_FLAGS := $(RELEASE_FLAGS) --product gsttimepiece \
	-Xlinker --version-script=gst/libgsttimepiece.map -Xlinker -z -Xlinker defs \
	-Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now
QUIET := 2>&1 | Tests/runner/progress.sh ; test $${PIPESTATUS[0]} -eq 0
SHELL := /bin/bash

PACKAGES := pkg-config libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev \
	libcurl4-openssl-dev libssl-dev libsqlite3-dev \
	gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
	gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-x \
	libmicrohttpd-dev python3-gst-1.0 gir1.2-gst-rtsp-server-1.0 python3-venv valgrind openssl gcc g++ libc6-dev binutils dpkg-dev lintian
# The tools that `make lint` and `make format` call in addition to Swift's formatter; ruff is in the tests' Python
# environment.
LINT_PACKAGES := indent shellcheck

export SOURCE
# Package.swift: a warning is an error here, and not in a package that depends on this one.
export TIMEPIECE_STRICT := 1
export GST_PLUGIN_PATH := $(CURDIR)/.build/release
# A separate registry: the user's is not modified, and a stale one is not used.
export GST_REGISTRY := $(CURDIR)/.build/registry.bin

.PHONY: all setup dependency-test metrics-test toolchain build demo demo-cloudwatch demo-prometheus check test test-suite test-environment examples sanitize \
	lint lint-setup format clean bench bench-build bench-instructions bench-thresholds bench-memory bench-pipelines

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

# All packages that any target needs, at once.
.PHONY: setup-all
setup-all: toolchain
	@$(MAKE) --no-print-directory setup PACKAGES="$(PACKAGES) $(LINT_PACKAGES) $(PEOPLE_PACKAGES) $(ROOT_PACKAGES)"

toolchain:
	@said=$$($(SWIFT) --version 2>&1 | head -1); grep -qE "Swift version (6\.[3-9]|[7-9])" <<<"$$said" || \
	  { echo "make: Swift 6.3 or later is needed (https://www.swift.org/install/linux); '$(SWIFT) --version' says: $$said" >&2; exit 1; }

build: setup
	@$(SWIFT) build $(PLUGIN_FLAGS) $(QUIET)

demo: build
	@$(PYTHON) pipelines/demo.py $(if $(SOURCE),--source "$$SOURCE")

# The peers of the tests: servers and oracles from PyPI, AWS's own test suite.
test-environment: setup
	@sh Tests/python-environment.sh $(QUIET)
	@sh Tests/fetch-sigv4-suite.sh $(QUIET)

demo-prometheus: build
	@pipelines/prometheus/demo.py

demo-cloudwatch: build test-environment
	@pipelines/cloudwatch/demo.py

# A critical warning of GLib or GStreamer ends the program.
test check test-suite sanitize-suite: export G_DEBUG := fatal-criticals

# Makes the debug build and runs the tests that ONLY names: a target, a suite or a test, by its name or a part of it. It
# fails if none matches. Without ONLY it runs all tests of the package: make check ONLY='The stamp'
ONLY ?=
export ONLY
check: setup test-environment
	@$(PYTHON) Tests/runner/suite.py "$$ONLY"

# Runs all tests. The suite comes last and is run in the debug build, or with SANITIZE=yes under both sanitizers
# instead, or under one of them: SANITIZE=yes SANITIZERS=thread.
SANITIZE ?=
test: build test-environment
	@$(PYTHON) Tests/readme/run.py
	@.build/venv/bin/python Tests/cloudwatch/test_alarms.py
	@.build/venv/bin/python Tests/otlp/test_pipelines.py
	@Tests/readers/run.sh
	@Tests/plugin/run.sh
	@Tests/prometheus/run.sh
	@$(MAKE) --no-print-directory $(if $(SANITIZE),sanitize-suite,test-suite)

# Builds a package that depends on this one by URL, with both build systems; runs the ancestor's five programs.
dependency-test: setup
	@Tests/dependency/run.sh

# Tests the backend of swift-metrics, a separate package.
metrics-test: setup
	@$(PYTHON) Tests/runner/suite.py TimepieceMetricsTests

# Compiles the tests that need no package of the system: CI does it while the packages are installed, perhaps Python among
# them, so not by suite.py.
.PHONY: early-build
early-build: toolchain
	@for target in TimepieceTests TimepieceMetersTests; do \
	  $(SWIFT) build --target $$target --scratch-path .build-check $(CHECK_FLAGS) $(QUIET) || exit 1; done

test-suite: setup test-environment
	@$(PYTHON) Tests/runner/suite.py --build
	@Tests/runner/snippets.sh .build-check/debug
	@$(PYTHON) Tests/runner/suite.py

# Runs every example of pipelines/ and of the elements' documentation, or those that ONLY names, with the output in
# .build/examples/.
examples: build test-environment
	@$(PYTHON) Tests/examples/run.py $(if $(ONLY),"$$ONLY")

# Runs the suite under ThreadSanitizer and under AddressSanitizer with its leak check, with UBSan for C; the C code is
# also run under abuse.
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

# Measures the cost of a buffer in comparison with the peers and bare C, and the costs of the start, the library's calls
# and publishing: tables, and the results in .build/bench*.json. It takes ten minutes on two quiet cores;
# `make bench ROUNDS=5` is quicker and less exact.
ROUNDS ?= 30
bench: bench-build
	@$(PYTHON) Benchmarks/bench.py $(PERBUFFER) $(PLUGIN) --rounds $(ROUNDS) --json .build/bench.json
	@echo; $(PYTHON) Benchmarks/ancestor.py $(LIBRARY) --json .build/bench-library.json
	@echo; $(SWIFT) run -q -c release --package-path Benchmarks/Library HistogramComparison
	@echo; $(PYTHON) Benchmarks/cloudwatch.py .build/release/SpoolBenchmark --json .build/bench-cloudwatch.json

# Counts instructions and allocations, which are reproducible: it fails if one exceeds Benchmarks/thresholds.txt by more
# than 3 %.
bench-instructions: bench-build
	@$(PYTHON) Benchmarks/instructions.py $(PERBUFFER) $(PLUGIN) $(LIBRARY) Benchmarks/thresholds.txt

# Measures threads, memory and processor time of 1,000 pipelines, or PIPELINES, each with an element that reports once a
# second.
PIPELINES ?= 1000
bench-pipelines: build
	@mkdir -p $(BENCH)
	@cc -O2 -Wall -Wextra Benchmarks/pipelines.c -o $(BENCH)/pipelines $$(pkg-config --cflags --libs gstreamer-1.0)
	@$(BENCH)/pipelines $(PIPELINES)

# Measures the memory of an element in a live stream; it fails above 32 kB.
bench-memory: build
	@$(PYTHON) Benchmarks/memory.py

bench-thresholds: bench-build
	@$(PYTHON) Benchmarks/instructions.py $(PERBUFFER) $(PLUGIN) $(LIBRARY) Benchmarks/thresholds.txt --update

include packaging/packaging.mk
include docs/docs.mk
include Tests/robustness.mk

# Checks style, and the rules that no compiler checks: the arrows between the modules, cycles among files, a doc block
# for each property.
lint: lint-setup
	@Tests/lint/run.sh check

# Corrects the findings of `make lint` in Swift, C and Python, as far as the tools can.
format: lint-setup
	@Tests/lint/run.sh write

lint-setup: toolchain
	@$(MAKE) --no-print-directory setup PACKAGES="$(LINT_PACKAGES) python3-venv"
	@sh Tests/python-environment.sh $(QUIET)

clean:
	rm -rf .build .build-*
