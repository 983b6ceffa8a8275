# What shows that nothing inside can hurt what is outside. Each prints a figure at its end.

ABUSE_SEQUENCES ?= 10000
FUZZ_SECONDS ?= 60
MINUTES ?= 3
# What is drawn at random is drawn anew each time, or from SEED on.
SEED ?=
TEST_CC := $(CC) -std=gnu11 -O1 -g -Wall -Wextra -Werror
TEST_GST := $$(pkg-config --cflags --libs gstreamer-1.0)

.PHONY: abuse faults soak isolation robustness

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
.PHONY: valgrind
valgrind: build
	@Tests/plugin/valgrind.sh

# What is part of every run of CI.
robustness: abuse faults isolation valgrind sanitize-c soak fuzz

# The suite under ThreadSanitizer and AddressSanitizer, and the C under UBSan, which ends what is undefined.
.PHONY: sanitize-suite sanitize-c
sanitize-suite: setup test-environment
	@Tests/sanitizers/suite.sh

sanitize-c: build .build/tests/abuse
	@Tests/sanitizers/c.sh 3000

# Texts from outside, made up by libFuzzer: a minute of them for each reader, or FUZZ_SECONDS; two at a time.
.PHONY: fuzz
fuzz: setup
	@PYTHON=$(PYTHON) Tests/Fuzz/fuzz.sh $(if $(SEED),--seed=$(SEED)) $(FUZZ_SECONDS)
