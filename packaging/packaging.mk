# The tool and the packages; included by the Makefile.

PREFIX ?= /usr/local
export PREFIX DESTDIR PLUGINDIR SWIFT PYTHON

.PHONY: tool tool-test install uninstall deb deb-test

tool: toolchain
	@packaging/tool.sh

tool-test: build tool
	@$(SWIFT) test --package-path Tool $(QUIET)
	@$(PYTHON) Tool/Tests/end_to_end.py .build/tool/timepiece
	@$(PYTHON) Tool/Tests/page.py .build/tool/timepiece

# Does not build, so that it can run as root after a build as oneself.
install:
	@packaging/install.sh install

uninstall:
	@packaging/install.sh uninstall

deb: build tool
	@packaging/deb.sh

deb-test: deb
	@packaging/test.sh
