# What shows that nothing inside can hurt what is outside. Each prints its numbers at its end. What is random is drawn
# from SEED, or from a seed of its own that it prints; in CI it is bounded by a number of sequences or inputs.

ABUSE_SEQUENCES ?= 10000
FUZZ_RUNS ?= 50000
UBSAN_SEQUENCES ?= 3000
MINUTES ?= 1
SEED ?=
TEST_CC := $(CC) -std=gnu11 -O1 -g -Wall -Wextra -Werror
TEST_GST := $$(pkg-config --cflags --libs gstreamer-1.0)

.PHONY: abuse faults soak isolation valgrind fuzz search robustness

.build/tests/abuse: $(wildcard Tests/abuse/*.[ch])
	@mkdir -p $(@D); $(TEST_CC) -rdynamic -o $@ Tests/abuse/*.c $(TEST_GST) -pthread -ldl

MAILBOX := Tests/abuse/mailbox.c Tests/abuse/mailbox.h

.build/tests/victim: Tests/faults/victim.c $(MAILBOX)
	@mkdir -p $(@D); $(TEST_CC) -o $@ $(filter %.c,$^) $(TEST_GST)

.build/tests/inject.so: Tests/faults/inject.c
	@mkdir -p $(@D); $(TEST_CC) -fPIC -shared -o $@ $< -ldl

.build/tests/soak: $(wildcard Tests/soak/*.[ch]) Tests/abuse/dice.h $(MAILBOX)
	@mkdir -p $(@D); $(TEST_CC) -rdynamic -o $@ $(filter %.c,$^) $(TEST_GST) -ldl

# Random mistreatment: 10,000 sequences, or ABUSE_SEQUENCES, and a few under the leaks tracer.
abuse: build .build/tests/abuse
	@.build/tests/abuse --sequences=$(ABUSE_SEQUENCES) $(if $(SEED),--seed=$(SEED))
	@Tests/abuse/leaks.sh

# Every system call of the plugin fails once, and for good.
faults: build .build/tests/victim .build/tests/inject.so
	@Tests/faults/run.py .build/tests/victim $(CURDIR)/.build/tests/inject.so

# Fifty elements for MINUTES, against a CloudWatch that misbehaves.
soak: build .build/tests/soak
	@Tests/soak/run.py .build/tests/soak $(MINUTES) $(SEED)

isolation: build
	@Tests/isolation/run.sh

# Pipelines of each kind, for errors of memory.
valgrind: build
	@Tests/plugin/valgrind.sh

# Texts from outside, made up by libFuzzer: FUZZ_RUNS for each reader, two readers at a time.
fuzz: setup
	@PYTHON=$(PYTHON) Tests/Fuzz/fuzz.sh $(if $(SEED),--seed=$(SEED)) --runs=$(FUZZ_RUNS)

# All of it, as CI runs it.
robustness: abuse faults isolation valgrind sanitize-c soak fuzz truth

# What the tracer says of real pipelines beside what an observer sees; two minutes.
.PHONY: truth
truth: build
	@Tests/tracer/run.sh

# The long search, by hand or at night, not part of CI: an hour and a half of inputs, sequences and a soak that no run has
# seen. SEARCH_MINUTES sets how long each reader is fed, two at a time; the finds stay in .build/fuzz for the next search.
SEARCH_MINUTES ?= 10
SEARCH_SEQUENCES ?= 50000
SEARCH_SOAK ?= 20
search: build .build/tests/abuse .build/tests/soak
	@PYTHON=$(PYTHON) Tests/Fuzz/fuzz.sh $(if $(SEED),--seed=$(SEED)) --seconds=$$(($(SEARCH_MINUTES) * 60))
	@.build/tests/abuse --sequences=$(SEARCH_SEQUENCES) $(if $(SEED),--seed=$(SEED))
	@Tests/soak/run.py .build/tests/soak $(SEARCH_SOAK) $(SEED)

# The suite under ThreadSanitizer and AddressSanitizer, and the C under UBSan, which ends what is undefined.
.PHONY: sanitize-build sanitize-suite sanitize-c
sanitize-build: setup
	@Tests/sanitizers/suite.sh build

sanitize-suite: setup test-environment
	@Tests/sanitizers/suite.sh run

sanitize-c: build .build/tests/abuse
	@Tests/sanitizers/c.sh $(UBSAN_SEQUENCES) $(SEED)
