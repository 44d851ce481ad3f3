# SPDX-License-Identifier: GPL-2.0-or-later
# The whole build. Each module's module.mk says what it is made of; tools/mk/ says how.
#
#   NAME.src NAME.uses NAME.cflags     in lib/NAME, servers/NAME, kernel, boot (relative paths)
#   arch.kernel.src arch.rt.src ...    in arch/ARCH: joins that module's sources
#   unit.NAME.src .inc                 a host test (paths from the root)
#   ktest.NAME.src .uses               a native test that runs as init in QEMU
#   elf.NAME.src .uses                 another native server, for a scenario's manifest
#   task.NAME.src                      a static Linux program, for a scenario
#
# Outputs: $(O)/ARCH/{loader,kernel,init,...}.elf, $(O)/host/ for what runs here.

ARCH ?= riscv64
O    ?= build
V    ?=
T    ?=

OUT   := $(O)/$(ARCH)
HOST  := $(O)/host
THIRD := build/third-party# shared by all O=
say    = $(if $(V),,@echo "  $(1)	$(2)" >&2;)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help deps build run shell test check bench bench-check test-long cover clean
.DEFAULT_GOAL := help

include arch/$(ARCH)/target.mk
include tools/mk/flags.mk
include tools/mk/module.mk
include tools/mk/third-party.mk
include tools/mk/target.mk
include tools/mk/host.mk

help: ## lists the targets
	@echo "usage: make TARGET [ARCH=riscv64] [O=build] [T=pattern] [V=1]"
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

build: $(ELFS) $(IMAGES) $(OUT)/busybox ## kernel, loader, servers, the base image's programs

clean: ## removes what was built, keeps third-party sources
	rm -rf $(OUT) $(HOST)
