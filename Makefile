# SPDX-License-Identifier: GPL-2.0-or-later
# The whole build. Each module's module.mk says what it is made of; tools/mk/ says how.
#
#   NAME.src NAME.uses NAME.cflags     in lib/NAME, servers/NAME, kernel, boot (relative paths)
#   arch.kernel.src arch.rt.src ...    in arch/ARCH: joins that module's sources
#   unit.NAME.src .inc .uses           a host test (paths from the root)
#   ktest.NAME.src .uses               a native test that runs as init in QEMU
#   bench.NAME.src .uses               the same for figures
#   elf.NAME.src .uses                 another native server, for a scenario's manifest
#   task.NAME.src                      a static Linux program, for a scenario
#
# Outputs: $(O)/ARCH/{loader,kernel,init,...}.elf, $(O)/host/ for what runs here.

PORTS := riscv64 armv7
# Without ARCH, `make test` runs all of them; all else is for the first.
OTHER_PORTS := $(if $(ARCH),,$(wordlist 2,9,$(PORTS)))
ARCH ?= $(firstword $(PORTS))
O    ?= build
# One name for a folder in the tree: what headers an object depends on is noted by its name.
override O := $(patsubst $(CURDIR)/%,%,$(O))
V    ?=
T    ?=
SECONDS ?= 60

OUT   := $(O)/$(ARCH)
HOST  := $(O)/host
THIRD := build/third-party# shared by all O=
PARALLEL := $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
say    = $(if $(V),,@echo "  $(1)	$(2)" >&2;)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help deps build run shell test check bench bench-check bench-land test-long \
    mutants cover clean
.DEFAULT_GOAL := help

include arch/$(ARCH)/target.mk
include tools/mk/flags.mk
include tools/mk/module.mk
include tools/mk/third-party.mk
include tools/mk/target.mk
include tools/mk/host.mk

help: ## lists the targets
	@echo "usage: make TARGET [ARCH=armv7] [O=build] [T=pattern] [V=1]"
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

deps: ## installs what is missing from Debian's packages, says what
	@tools/deps

build: $(ELFS) $(IMAGES) $(OUT)/busybox ## kernel, loader, servers, the base image's programs

run: ready ## boots, takes a short guided tour, ends with 0
	@$(TOOLS_ENV) tools/tour --arch $(ARCH)

test: ready ## all tests, or with T=pattern some; on both ports, or with ARCH= on one
	@$(MAKE) -s $(PARALLEL) units tests >&2
	@$(foreach p,$(OTHER_PORTS),$(MAKE) -s ARCH=$p $(PARALLEL) tests >&2 &&) true
	@$(TEST) $(foreach p,$(OTHER_PORTS),--also $p "$$($(MAKE) -s ARCH=$p ktests)") '$(T)'

check: ## format, layers, static analysis, spelling, licences, a build with clang
	@tools/check/run ARCH=$(ARCH) O=$(O)

bench: ready ## measures; table and $(OUT)/bench.json
	@$(MAKE) -s tests >&2
	@$(BENCH)

bench-check: ready ## bench, fails when a figure is 3 % worse than landed
	@$(MAKE) -s tests >&2
	@$(BENCH) --check

bench-land: ready ## bench, and what was measured are the landed figures: tests/bench/baseline.*.json
	@$(MAKE) -s tests >&2
	@$(BENCH) --land
	@tools/kernel-doc

test-long: ready ## the tests that take long: damaged programs and disks by the hundred
	@$(MAKE) -s tests >&2
	@$(TEST) --kinds scenario --scenarios long '$(T)'

mutants: deps ## seeded faults in the kernel: every one is caught by a host test
	@tools/mutants $(O)/mutants

fuzz: deps ## libFuzzer and AFL++ at the system-call boundary, for SECONDS=60
	@tools/fuzz $(O)/fuzz $(SECONDS)

cover: ready ## lines and branches that tests reach, or with T=part those units; 95 % of kernel/ are wanted
	@$(MAKE) -s $(PARALLEL) COVERAGE=1 O=$(O)/cover T='$(T)' covered >&2
	@$(MAKE) -s $(PARALLEL) tests $(OUT)/image/kernel-counted >&2
	@$(COVER)

shell: ## a shell in the guest
	@echo "make shell: no shell yet: it takes fork and exec, which processes here do not have" >&2
	@false

clean: ## removes what was built, keeps third-party sources
	rm -rf $(OUT) $(HOST) $(O)/cover $(O)/check

.PHONY: ready tests covered ktests
ktests:
	@echo $(call declared,ktest)
covered: $(addprefix $(HOST)/,$(COVERED))
ready:
	@$(MAKE) -s deps >&2
	@$(MAKE) -s $(PARALLEL) build >&2
tests: build $(TASKS) $(OUT)/image/kernel-slow
