# The documentation of the Swift libraries; included by the Makefile.

.PHONY: docs

# Of the modules, `make build` lacks only the one that the plugin does not use.
docs: build
	@$(SWIFT) build $(subst --product gsttimepiece,--target TimepieceMessages,$(PLUGIN_FLAGS)) $(QUIET)
	@docs/build.sh
