# The tool and the packages; included by the Makefile.

PREFIX ?= /usr/local
export PREFIX DESTDIR PLUGINDIR SWIFT PYTHON

# The requirements of their tests beyond `make setup`: a browser for the page, a Debian root to install into.
PEOPLE_PACKAGES := chromium debootstrap man-db mount
# What makes the roots of other Debians.
ROOT_PACKAGES := mmdebstrap

.PHONY: tool tool-test tool-unit-test tool-show-test tool-cloudwatch-test people-setup install uninstall install-test deb deb-test

tool: build
	@RELEASE_FLAGS="$(RELEASE_FLAGS)" packaging/tool.sh

people-setup: setup
	@$(MAKE) --no-print-directory setup PACKAGES="$(PEOPLE_PACKAGES)"

# Tests the tool: its parts, its display on a terminal and in a browser, and its files for CloudWatch.
tool-test: tool-unit-test tool-show-test tool-cloudwatch-test

tool-unit-test: setup
	@$(PYTHON) Tests/runner/suite.py TimepieceToolTests

tool-show-test: tool people-setup test-environment
	@$(PYTHON) Tool/Tests/end_to_end.py .build/tool/timepiece
	@$(PYTHON) Tool/Tests/page.py .build/tool/timepiece

tool-cloudwatch-test: tool test-environment
	@.build/venv/bin/python pipelines/cloudwatch/check.py .build/tool/timepiece
	@.build/venv/bin/python Tests/cloudwatch/follow.py .build/tool/timepiece

# Does not build, so that it can run as root after a build as a user.
install:
	@packaging/install.sh install

uninstall:
	@packaging/install.sh uninstall

install-test: build tool people-setup
	@packaging/test-install.sh

# For this machine's architecture, or for another one: make deb ARCH=arm64. The packages of a clean checkout do not
# depend on its folder, and contain no time except that of the commit.
OWN_ARCH := $(shell dpkg --print-architecture 2>/dev/null)
ARCH ?= $(OWN_ARCH)
export ARCH SWIFT_SDK
portable deb tarball arm64: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || date +%s)
deb: portable
	@packaging/deb.sh

# For machines without dpkg: one file with a script that installs into a folder.
.PHONY: tarball
tarball: portable
	@packaging/tarball.sh

# Tests them in DEB_RELEASES, one after the other; CI sets its own.
DEB_RELEASES ?= $(if $(filter-out $(OWN_ARCH),$(ARCH)),bookworm,bullseye bookworm trixie)
deb-test: deb tarball
	@for release in $(DEB_RELEASES); do packaging/test.sh $$release || exit 1; done

# Checks that builds in two folders are identical to the byte: two complete builds, by hand.
.PHONY: deb-reproducible
deb-reproducible: setup
	@packaging/test-reproducible.sh

# The plugin as it is released: linked against Debian 11's libraries, so that it runs with every GStreamer from 1.18 on.
# The manual page and the completions are made by the tool of this machine.
.PHONY: portable arm64 matrix matrix-roots
portable: build tool
	@$(MAKE) --no-print-directory setup PACKAGES="$(ROOT_PACKAGES) binutils"
ifneq ($(ARCH),$(OWN_ARCH))
	@packaging/arm64/build.sh
endif
	@packaging/portable.sh plugin
	@packaging/portable.sh tool

# For arm64 from another machine: makes the packages, and tests the build products under QEMU.
arm64: ARCH := arm64
arm64: emulation
	@$(MAKE) --no-print-directory deb-test matrix ARCH=arm64 RELEASES=bookworm MATRIX_SEQUENCES=1000

.PHONY: emulation
emulation:
	@$(MAKE) --no-print-directory setup PACKAGES="$(ROOT_PACKAGES) qemu-user-static arch-test"
	@packaging/arm64/emulate.sh arm64

# Tests the released plugin in Debian roots without Swift: all of them, or RELEASES="trixie sid". matrix-roots makes the
# roots alone.
RELEASES ?= bullseye bookworm trixie sid
MATRIX_SEQUENCES ?= 2000
matrix: portable
	@packaging/portable.sh tests
	@ABUSE_SEQUENCES=$(MATRIX_SEQUENCES) Tests/matrix/run.sh $(RELEASES)

matrix-roots:
	@$(MAKE) --no-print-directory setup PACKAGES="$(ROOT_PACKAGES)"
	@for release in $(RELEASES); do Tests/matrix/root.sh $$release >/dev/null || exit 1; done

# Builds the plugin from source in another Debian, and runs its checks there: SOURCE_RELEASES="trixie forky". By hand.
.PHONY: matrix-source print-packages
SOURCE_RELEASES ?= trixie
matrix-source:
	@$(MAKE) --no-print-directory setup PACKAGES="$(ROOT_PACKAGES)"
	@Tests/matrix/source.sh $(SOURCE_RELEASES)

print-packages:
	@echo $(PACKAGES)
