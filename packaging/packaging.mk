# The tool and the packages; included by the Makefile.

PREFIX ?= /usr/local
export PREFIX DESTDIR PLUGINDIR SWIFT PYTHON

# What their tests want beyond `make setup`: a browser for the page, a Debian to install into.
PEOPLE_PACKAGES := chromium debootstrap man-db mount

.PHONY: tool tool-test people-setup install uninstall install-test deb deb-test

tool: build
	@packaging/tool.sh

people-setup: setup
	@$(MAKE) --no-print-directory setup PACKAGES="$(PEOPLE_PACKAGES)"

tool-test: build tool people-setup test-environment
	@$(SWIFT) test --package-path Tool $(QUIET)
	@$(PYTHON) Tool/Tests/end_to_end.py .build/tool/timepiece
	@$(PYTHON) Tool/Tests/page.py .build/tool/timepiece
	@.build/venv/bin/python pipelines/cloudwatch/check.py .build/tool/timepiece
	@.build/venv/bin/python Tests/cloudwatch/follow.py .build/tool/timepiece

# Does not build, so that it can run as root after a build as oneself.
install:
	@packaging/install.sh install

uninstall:
	@packaging/install.sh uninstall

install-test: build tool people-setup
	@packaging/test-install.sh

deb: portable
	@packaging/deb.sh

# In DEB_RELEASES, one after the other; CI takes its own.
DEB_RELEASES ?= bullseye bookworm trixie
deb-test: deb
	@for release in $(DEB_RELEASES); do packaging/test.sh $$release || exit 1; done

# The plugin as it is released: linked against Debian 11's libraries, so that it runs with every GStreamer from 1.18 on.
.PHONY: portable matrix
portable: build tool
	@$(MAKE) --no-print-directory setup PACKAGES="mmdebstrap lld binutils"
	@packaging/portable.sh plugin
	@packaging/portable.sh tool

# The released plugin in Debian's own roots, without Swift: all of them, or RELEASES="trixie sid".
MATRIX_SEQUENCES ?= 2000
matrix: portable
	@packaging/portable.sh abuse
	@ABUSE_SEQUENCES=$(MATRIX_SEQUENCES) Tests/matrix/run.sh $(RELEASES)
