# Two commands for a fresh machine:
#   make audit   installs what is missing, builds, audits this host: verdict on the terminal, report.html beside it
#   make test    installs what is missing, builds, runs every test
# make package makes a .deb and, where rpmbuild is, an .rpm in build/release.
# The rest is for developers; CMakePresets.json holds the builds themselves.

JOBS ?= $(shell nproc)

.PHONY: audit test asan lint bench package format clean
all: audit

audit:
	@sh .ci/packages build
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release -j $(JOBS) --target plumbline
	@build/release/plumbline audit --output text --output html=report.html --fail-on none

test:
	@sh .ci/packages test
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS)
	ctest --preset dev

# The whole suite again under AddressSanitizer and UndefinedBehaviorSanitizer.
asan:
	@sh .ci/packages lint
	cmake --preset asan
	cmake --build --preset asan -j $(JOBS)
	ctest --preset asan

lint:
	@sh .ci/packages lint
	cmake --preset dev
	cmake --preset clang
	cmake --build --preset clang -j $(JOBS)
	sh tests/support/lint.sh build/clang

bench:
	@sh .ci/packages build
	cmake --preset release
	cmake --build --preset release -j $(JOBS)
	tests/bench/run

package:
	@sh .ci/packages package
	cmake --preset release -DPLUMBLINE_TESTS=OFF
	cmake --build --preset release -j $(JOBS)
	cd build/release && cpack

format:
	git ls-files '*.c' '*.h' '*.cc' | xargs clang-format -i

clean:
	rm -rf build report.html
