# A thin front to CMake and CTest: each target installs what is missing, then builds.
# SPDX-License-Identifier: Apache-2.0
PRESET ?= release
BUILD = build/$(PRESET)
# tests at a time; most compute on one thread
JOBS ?= $(shell nproc)
# what the sanitizers are told, where the build has them
CTEST = LSAN_OPTIONS=suppressions=$(CURDIR)/tests/leaks.txt:print_suppressions=0 \
    ctest $(CTEST_FLAGS) -j$(JOBS)

# how long each fuzz target runs
FUZZ_SECONDS = 1200

.PHONY: build check check-long analyse demo bench fuzz mutants install wheel dist setup clean

build: setup
	@cmake --preset $(PRESET) >/dev/null
	@cmake --build $(BUILD)

setup:
	@sh scripts/setup.sh

# All tests but the long ones; ends with CTest's summary, which $(BUILD)/check.xml has for programs.
check: build
	@$(CTEST) --test-dir $(BUILD) --output-on-failure --output-junit check.xml -LE long

# What takes an hour.
check-long: build
	@sh scripts/setup.sh packages-long.txt
	@$(CTEST) --test-dir $(BUILD) --output-on-failure --output-junit check-long.xml -L long

# Other compilers, static analyses, sanitizers, valgrind, coverage: ANALYSES="tidy thread" for some.
analyse:
	@sh scripts/analysis/run.sh $(ANALYSES)

# The program alone, in a folder of its own: no tests, no bench, no module for GPUs. Then data, a short
# training, denoised rates, their score and a figure, in build/demo.
demo:
	@sh scripts/setup.sh --program
	@cmake --preset program >/dev/null
	@sh scripts/build_program.sh build/program
	@sh scripts/demo.sh build/program/src/cli/lfads build/demo

# One table of speed; BENCH="--json=FILE" keeps its figures, BENCH="--threads=1" takes half the time.
bench: build
	@bench/table $(BUILD) $(BENCH)

# Broken and hostile input by clang's libFuzzer, FUZZ_SECONDS each; what it finds new stays in
# build/fuzz/tests/fuzz/found.
fuzz:
	@sh scripts/setup.sh packages-long.txt
	@cmake --preset fuzz -DLFADS_FUZZ_SECONDS=$(FUZZ_SECONDS) >/dev/null
	@cmake --build build/fuzz
	@$(CTEST) --test-dir build/fuzz --output-on-failure -L fuzz

# Whether the tests see faults: those of scripts/mutants/faults, each in turn in a copy of the tree,
# build/mutants/tree. MUTANTS="kl_gradient_sign exit_status" for some.
mutants: setup
	@/usr/bin/python3 scripts/mutants/mutants.py run . $(PRESET) $(MUTANTS)

install: build
	@cmake --install $(BUILD)

# The Python package for any Linux, in build/dist; needs PyPI.
wheel:
	@sh scripts/setup.sh packages.txt python3-venv binutils
	@sh scripts/wheel.sh build/dist

# Program, library and headers in an archive that runs wherever it is unpacked, in build/dist; needs PyPI.
dist: build
	@sh scripts/setup.sh packages.txt python3-venv binutils
	@sh scripts/dist.sh $(BUILD) build/dist

clean:
	rm -rf build
