# Two commands for a fresh machine:
#   make audit   installs what is missing, builds, audits this host: verdict on the terminal, report.html beside it
#   make test    installs what is missing, builds, runs every test
# make package makes a .deb and, where rpmbuild is, an .rpm in build/release.
# The rest is for developers; CMakePresets.json holds the builds themselves. For a checkout that cannot be written to:
#   make audit BUILD=/some/folder REPORT=/some/report.html

JOBS ?= $(shell nproc)
BUILD ?= build
REPORT ?= report.html
FUZZ_RUNS ?= 600
# The tests of a user's own machine are not stopped by a warning that only its compiler knows; those of CI are.
PRESET ?= $(if $(CI),dev,test)

# $(call configure,PRESET): a folder that was configured in another checkout (moved, copied) is begun afresh.
configure = cmake $(if $(shell sed -n 's|^CMAKE_HOME_DIRECTORY:INTERNAL=||p' $(BUILD)/$(1)/CMakeCache.txt 2>/dev/null | \
	grep -vxF '$(CURDIR)'),--fresh) --preset $(1) -B $(BUILD)/$(1) --log-level=WARNING

.PHONY: all audit test asan property matrix fuzz coverage lint bench package format clean writable
all: audit

writable:
	@mkdir -p $(BUILD) && test -w $(BUILD) || { echo 'plumbline: cannot write to $(BUILD); name folders of yours:' \
		'make BUILD=/some/folder REPORT=/some/report.html' >&2; exit 1; }

audit: writable
	@sh .ci/packages build
	@$(call configure,release)
	@cmake --build $(BUILD)/release -j $(JOBS) --target plumbline
	@$(BUILD)/release/plumbline audit --output text --output html=$(REPORT) --fail-on none
	@test -z "$$SUDO_UID" || chown "$$SUDO_UID:$$SUDO_GID" $(REPORT)

test: writable
	@sh .ci/packages test
	@$(call configure,$(PRESET))
	cmake --build $(BUILD)/$(PRESET) -j $(JOBS)
	python3 tests/support/run-tests.py $(BUILD)/$(PRESET)

# The suite again under AddressSanitizer and UndefinedBehaviorSanitizer, counted line by line, with a floor; the property,
# all of the rule tests many times over, is the one that waits for it longest and sees the same code.
asan: writable
	@sh .ci/packages lint
	@$(call configure,asan)
	cmake --build $(BUILD)/asan -j $(JOBS)
	find $(BUILD)/asan \( -name '*.gcda' -o -name '*.counters' \) -delete
	python3 tests/support/run-tests.py $(BUILD)/asan --exclude-regex '^property'
	tests/support/coverage.sh $(BUILD)/asan

coverage: asan

# That no fault of a file, a call, an answer of the kernel or of an engine makes a verdict better, over all rule tests.
property: writable
	@sh .ci/packages test
	@$(call configure,$(PRESET))
	cmake --build $(BUILD)/$(PRESET) -j $(JOBS) --target property property_looks
	ctest --test-dir $(BUILD)/$(PRESET) -C full -R '^property.*full' --output-on-failure -j $(JOBS)

# Every pair of options of `docker run`, tried from inside.
matrix: writable
	@sh .ci/packages test
	@$(call configure,$(PRESET))
	cmake --build $(BUILD)/$(PRESET) -j $(JOBS) --target plumbline
	ctest --test-dir $(BUILD)/$(PRESET) -C full -R '^ability-matrix-full' --output-on-failure

# Every parser on its corpus and on a bounded number of changed inputs, under both sanitizers.
fuzz: writable
	@sh .ci/packages lint
	@$(call configure,fuzz)
	cmake --build $(BUILD)/fuzz -j $(JOBS) --target harnesses
	tests/fuzz/smoke.sh $(BUILD)/fuzz $(FUZZ_RUNS)

lint: writable
	@sh .ci/packages lint
	@$(call configure,clang)
	cmake --build $(BUILD)/clang -j $(JOBS)
	sh tests/support/lint.sh $(BUILD)/clang

bench: writable
	@sh .ci/packages build
	@$(call configure,release)
	cmake --build $(BUILD)/release -j $(JOBS) --target plumbline
	tests/bench/run $(BUILD)/release/plumbline

package: writable
	@sh .ci/packages package
	@$(call configure,release)
	cmake --build $(BUILD)/release -j $(JOBS)
	cd $(BUILD)/release && cpack

format:
	git ls-files '*.c' '*.h' '*.cc' | xargs clang-format -i

clean:
	rm -rf $(BUILD) $(REPORT)
