# SPDX-License-Identifier: GPL-2.0
# The front door: see "make help". Everything is built under build/.

KERNEL ?= 6.12
JOBS ?= $(shell nproc)
ARGS ?=
FULL ?=
SAMPLES ?=
ROUNDS ?= 3
SOAK_HOURS ?= 24
SOAK_GIB ?= 16
SOAK_TRANSFERS ?= 10000000
SEED ?=
FUZZ ?=
UNPLUG ?=
ONLY ?=
FORMAT ?=
SENDER ?=
SERIES ?=
HEADERS ?=

KERNELS := 6.12 7.3
# Is it that of a release, such as 6.12.95? What is left without its digits says so.
without = $(if $(1),$(call without,$(wordlist 2,10,$(1)),$(subst $(firstword $(1)),,$(2))),$(2))
release = $(if $(filter 1,$(words $(1))),$(filter ..,$(call without,0 1 2 3 4 5 6 7 8 9,$(1))))

# A developer's environment may be for another architecture
unexport ARCH CROSS_COMPILE

# Those of a list that a variable names, if it names one
one-of = $(if $(filter 1,$(words $(1))),$(filter $(2),$(1)))
$(foreach path,CURDIR KDIR HEADERS,$(if $(filter-out 0 1,$(words $($(path)))), \
	$(error $(path)=$($(path)): use a path without spaces)))
ifeq ($(call one-of,$(JOBS),$(shell seq 1 1024)),)
  $(error JOBS=$(JOBS): use a number from 1 to 1024)
endif
ifneq ($(filter-out 1,$(FULL)),)
  $(error FULL=$(FULL): use 1, or leave it out)
endif

ifneq ($(filter-out 1,$(FUZZ)),)
  $(error FUZZ=$(FUZZ): use 1, or leave it out)
endif
ifneq ($(filter-out 1,$(UNPLUG)),)
  $(error UNPLUG=$(UNPLUG): use 1, or leave it out)
endif
ifneq ($(and $(FUZZ),$(UNPLUG)),)
  $(error FUZZ=1 UNPLUG=1: UNPLUG=1 has all of FUZZ=1, leave that out)
endif

ifdef KDIR
  ifeq ($(wildcard $(KDIR)/Kbuild),)
    $(error KDIR=$(KDIR) is no kernel source tree)
  endif
  BASE := $(abspath $(KDIR))
  NAME := $(notdir $(BASE))-$(shell echo $(BASE) | cksum | cut -d' ' -f1)
  RELEASE := $(shell awk '/^(VERSION|PATCHLEVEL) = / { printf "%s%s", dot, $$3; dot = "." }' \
	$(BASE)/Makefile)
else
  ifeq ($(call one-of,$(KERNEL),$(KERNELS))$(call release,$(KERNEL)),)
    $(error unknown KERNEL=$(KERNEL): use one of $(KERNELS), a release that Debian has, \
	such as 6.12.95, or a tree with KDIR=path)
  endif
  BASE := $(CURDIR)/build/base/linux-$(KERNEL)
  NAME := $(KERNEL)
  RELEASE := $(shell echo $(KERNEL) | cut -d. -f1,2)
endif
ARCHS :=
ifneq ($(filter kunit,$(MAKECMDGOALS)),)
  ARCHS := um x86_64 i386 i386-pae arm64 s390
else ifneq ($(filter modules modules-test,$(MAKECMDGOALS)),)
  ARCHS := x86_64 arm64
endif
ifneq ($(ARCHS),)
  ifeq ($(call one-of,$(or $(ARCH),x86_64),$(ARCHS)),)
    $(error unknown ARCH=$(ARCH): use one of $(ARCHS))
  endif
else ifeq ($(origin ARCH),command line)
  $(error ARCH=$(ARCH): only kunit, modules and modules-test have that)
else
  ARCH :=
endif
ifneq ($(HEADERS),)
  ifeq ($(wildcard $(HEADERS)/Makefile),)
    $(error HEADERS=$(HEADERS): no kernel headers there)
  endif
endif

BUILD := $(CURDIR)/build/$(NAME)
HOST_ARCH := $(subst aarch64,arm64,$(shell uname -m))
MODULES := $(BUILD)/modules$(addprefix -,$(filter-out $(HOST_ARCH),$(ARCH)))
DEBIAN := $(CURDIR)/build/debian
# Modules for a newer Debian's kernel take a newer Debian
MODULES_CHECKED := $(if $(filter 6.12,$(NAME)),modules)
IIOD := $(DEBIAN)/iiod
CONFIGS := $(CURDIR)/kunit/configs
BOARD_CONFIG := $(CONFIGS)/common.config
SUITES_CONFIG := $(BOARD_CONFIG) $(CONFIGS)/merged.config
MERGED_CONFIG := $(SUITES_CONFIG) $(wildcard $(CONFIGS)/base-$(RELEASE).config)
DEBUG_CONFIG := $(SUITES_CONFIG) $(CONFIGS)/debug.config \
	$(wildcard $(CONFIGS)/debug-$(RELEASE).config)
COVERAGE_CONFIG := $(SUITES_CONFIG) $(CONFIGS)/coverage.config
SOAK_CONFIG := $(BOARD_CONFIG) $(CONFIGS)/soak.config
DEFECTS_CONFIG := $(CONFIGS)/debug.config $(CONFIGS)/defects-user.config \
	$(CONFIGS)/defects.config

TOOLS := gcc:gcc @/usr/include/stdio.h:libc6-dev flex:flex bison:bison bc:bc \
	python3:python3 perl:perl xz:xz-utils cmp:diffutils \
	spatch:coccinelle dtc:device-tree-compiler busybox:busybox-static \
	iio_info:libiio-utils @/usr/include/libusb-1.0/libusb.h:libusb-1.0-0-dev

ifneq ($(filter coverage,$(MAKECMDGOALS))$(FULL),)
  TOOLS += gcovr:gcovr
endif
ifneq ($(filter bench,$(MAKECMDGOALS)),)
  ifeq ($(call one-of,$(ROUNDS),$(shell seq 1 100)),)
    $(error ROUNDS=$(ROUNDS): use a number from 1 to 100)
  endif
  TOOLS += gnuplot:gnuplot-nox
endif
ifneq ($(filter zerocopy,$(MAKECMDGOALS)),)
  TOOLS += qemu-system-x86_64:qemu-system-x86
endif
ifneq ($(filter convert-report,$(MAKECMDGOALS)),)
  TOOLS += arm-linux-gnueabi-gcc:gcc-arm-linux-gnueabi \
	aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu \
	powerpc-linux-gnu-gcc:gcc-powerpc-linux-gnu \
	mips-linux-gnu-gcc:gcc-mips-linux-gnu \
	@/usr/include/libelf.h:libelf-dev @/usr/include/openssl/opensslv.h:libssl-dev
endif
ifneq ($(filter docs,$(MAKECMDGOALS))$(FULL),)
  TOOLS += sphinx-build:python3-sphinx \
	@/usr/lib/python3/dist-packages/yaml:python3-yaml
endif

ifneq ($(filter series lint check,$(MAKECMDGOALS)),)
  TOOLS += git:git b4:b4
endif
# Semantic patches with scripts in Python, which spatch loads at run time
ifneq ($(filter check lint convert-report,$(MAKECMDGOALS)),)
  TOOLS += @/usr/lib/*/libpython3.*.so*:libpython3-dev
endif
llvm = clang$(1):clang$(1) ld.lld$(1):lld$(1) llvm-ar$(1):llvm$(1)
ifneq ($(filter lint,$(MAKECMDGOALS)),)
  TOOLS += sparse:sparse
  # What Debian calls clang is too old for newer kernels
  ifeq ($(RELEASE),6.12)
    TOOLS += $(call llvm)
  else
    TOOLS += $(call llvm,-19)
  endif
endif

export JOBS FULL FUZZ UNPLUG SAMPLES SOAK_HOURS SOAK_GIB SOAK_TRANSFERS SEED SENDER SERIES ONLY
ifdef LLVM
  TOOLS += $(call llvm,$(filter -%,$(LLVM)))
  export KUNIT_MAKE := LLVM=$(LLVM)
endif

# make demo says how far it is
step = $(if $(filter demo,$(MAKECMDGOALS)),@echo '  STEP $(1) of 5: $(2)')

.PHONY: help demo demo-values check kunit base-demo bench coverage docs tools setup trees \
	kernel-board kernel-merged kernel-debug kernel-coverage soak \
	soak-values kernel-soak kernel-defects defects defects-values \
	series series-values tree-series lint lint-values modules modules-test zerocopy \
	convert-report clean

help:
	@echo 'Targets (KERNEL=$(KERNEL), or KDIR=path for any other tree; LLVM=1 builds with clang):'
	@echo '  demo       stream converter samples in and out, by fileio and by DMABUF, and'
	@echo '             verify each; SAMPLES=file replays that file through the converter'
	@echo '  check      all tests; the last line is "N passed, N failed"; FULL=1 takes longer'
	@echo '  kunit      the KUnit suites, ARGS="..." goes to kunit.py; ARCH=i386, i386-pae,'
	@echo '             arm64 or s390 runs those of the library there, under QEMU'
	@echo '  defects    provoke the defects of the base on its drivers and on ours, and show'
	@echo '             both; ONLY="pattern" some of them, FORMAT=rst for the documentation, too'
	@echo '  base-demo  the same board and streams with the drivers of the pristine base'
	@echo '  bench      what transfers cost, base and ours side by side; tables and plots;'
	@echo '             ROUNDS=n, default 3'
	@echo '  coverage   what the tests execute of our files, by gcov; HTML, too'
	@echo '  soak       stream for SOAK_HOURS=24 of virtual time, with all that may come in'
	@echo '             between, then SOAK_GIB=16 with every byte compared, then'
	@echo '             SOAK_TRANSFERS=10000000 of the torture; SEED=n repeats it;'
	@echo '             FUZZ=1 has many processes do anything at random instead, for an hour;'
	@echo '             UNPLUG=1 the same with a USB gadget, whose cable is pulled meanwhile'
	@echo '  series     the series of patches, an mbox for each, for b4 and git am, and a table'
	@echo '             of them; SENDER="Name <mail>" makes them yours, SERIES=name writes one'
	@echo '  lint       look at these series with the tools of the kernel, and build each step;'
	@echo '             ONLY="pattern" some of them'
	@echo '  modules    all of it as modules for a kernel that is installed, or Debian'\''s, in'
	@echo '             build/$(NAME)/modules; HEADERS=path names its headers; ARCH=arm64'
	@echo '  modules-test  load them in that kernel, under QEMU, and run the samples there'
	@echo '  zerocopy   show that blocks leave by the network without a copy: under UML, where'
	@echo '             local delivery copies, and in Debian'\''s kernel under QEMU, with an e1000'
	@echo '  convert-report  convert the base'"'"'s DMA engine drivers to DMA vectors, compile'
	@echo '             each, and compare three with what they were; diffs to review'
	@echo '  docs       the pages under Documentation/ as HTML; any warning is an error'
	@echo '  trees      only prepare the kernel trees, under build/$(NAME)'
	@echo '  clean      remove build/, downloads included'

setup:
	@scripts/need $(TOOLS)

# Values that are no good are refused before anything takes a long time
VALUES := $(addsuffix -values,$(filter demo defects soak series lint,$(MAKECMDGOALS) \
	$(if $(filter check lint,$(MAKECMDGOALS)),series)))

demo-values:
	@scripts/demo --check "$$SAMPLES"

defects-values: setup
	@FORMAT='$(FORMAT)' scripts/defects --list '$(ONLY)' > /dev/null

soak-values:
	@scripts/soak

series-values: setup
	@scripts/make-series --check

lint-values: setup
	@scripts/lint --check

$(BASE)/Makefile: | setup $(VALUES)
	$(call step,1,the source of the kernel)
	@scripts/get-base $(KERNEL) $(BASE)

trees: setup $(BASE)/Makefile
	$(call step,2,the overlay in copies of it)
	@mkdir -p $(BUILD)
	@echo $(BASE) > $(BUILD)/base
	@scripts/prepare-tree $(BASE) board $(BUILD)/board/linux
	@scripts/prepare-tree $(BASE) merged $(BUILD)/merged/linux

kernel-board: trees
	@scripts/build-kernel $(BUILD)/board/linux $(BUILD)/board/out $(BOARD_CONFIG)
	@dtc -q -I dts -O dtb -o $(BUILD)/board/out/board.dtb kunit/board/board.dts

kernel-merged: trees
	$(call step,3,build the kernel)
	@scripts/build-kernel $(BUILD)/merged/linux $(BUILD)/merged/out $(MERGED_CONFIG)
	@dtc -q -I dts -O dtb -o $(BUILD)/merged/out/board.dtb kunit/board/board.dts

kernel-debug: trees
	@scripts/build-kernel $(BUILD)/merged/linux $(BUILD)/debug/out $(DEBUG_CONFIG)
	@dtc -q -I dts -O dtb -o $(BUILD)/debug/out/board.dtb kunit/board/board.dts

kernel-soak: trees
	@scripts/build-kernel $(BUILD)/merged/linux $(BUILD)/soak/out $(SOAK_CONFIG)
	@dtc -q -I dts -O dtb -o $(BUILD)/soak/out/board.dtb kunit/board/board.dts

# Both sides of the comparison: the base's drivers and ours, with the same means to
# find errors. The other board has inputs with wide buses.
define defects-boards
@dtc -q -I dts -O dtb -o $(1)/board.dtb kunit/board/board.dts
@sed '/source-bus-width = <32>/,/destination-bus-width/s/-width = <[0-9]*>/-width = <256>/' \
	kunit/board/board.dts | dtc -q -I dts -O dtb -o $(1)/board-wide.dtb
endef

kernel-defects: trees
	@scripts/build-kernel $(BUILD)/board/linux $(BUILD)/board-defects/out \
		$(BOARD_CONFIG) $(DEFECTS_CONFIG)
	$(call defects-boards,$(BUILD)/board-defects/out)
	@scripts/build-kernel $(BUILD)/merged/linux $(BUILD)/defects/out \
		$(SUITES_CONFIG) $(DEFECTS_CONFIG)
	$(call defects-boards,$(BUILD)/defects/out)

# libgcov has a function of the same name as the kernel. (Nobody reads COVERAGE, but
# another value has the kernel built again.)
kernel-coverage: trees
	@KUNIT_MAKE="KCFLAGS=-Dmangle_path=kernel_mangle_path CC=$(CURDIR)/scripts/coverage-cc \
		COVERAGE=$$(cat scripts/coverage-cc scripts/coverage.h | cksum | cut -d' ' -f1)" \
		scripts/build-kernel $(BUILD)/merged/linux $(BUILD)/coverage/out $(COVERAGE_CONFIG)
	@dtc -q -I dts -O dtb -o $(BUILD)/coverage/out/board.dtb kunit/board/board.dts

# The programs for user space are linked statically: they also run where the
# libraries of the machine that built them are not.
tools: trees
	$(call step,4,build the programs)
	@mkdir -p $(BUILD)/tools
	@$(MAKE) -s -C tools/testing/selftests/iio KDIR=$(BUILD)/merged/linux \
		OUTPUT=$(BUILD)/tools USERLDFLAGS=-static > $(BUILD)/tools/build.log 2>&1 || \
		{ cat $(BUILD)/tools/build.log >&2; exit 1; }
	@$(MAKE) -s -C tools/testing/selftests/usb KDIR=$(BUILD)/merged/linux \
		OUTPUT=$(BUILD)/tools USERLDFLAGS=-static > $(BUILD)/tools/build-usb.log 2>&1 || \
		{ cat $(BUILD)/tools/build-usb.log >&2; exit 1; }

demo: kernel-merged tools
	$(call step,5,stream samples in that kernel)
	@STRICT=1 scripts/demo $(BUILD)/merged/out $(BUILD)/tools "$$SAMPLES"

base-demo: kernel-board tools
	@scripts/uml-run $(BUILD)/board/out scripts/jobs/base.sh TOOLS=$(BUILD)/tools

ifeq ($(filter-out um,$(ARCH)),)
kunit: kernel-merged
	@cd $(BUILD)/merged/linux && python3 tools/testing/kunit/kunit.py run \
		--build_dir=$(BUILD)/merged/out --jobs=$(JOBS) \
		$(addprefix --make_options=,$(KUNIT_MAKE)) $(ARGS)
else
kunit: trees
	@scripts/kunit-arch $(ARCH) $(BUILD)/merged/linux $(BUILD)/kunit-$(ARCH) $(ARGS)
endif

bench: kernel-merged kernel-board tools
	@scripts/bench $(BUILD) $(BUILD)/tools $(ROUNDS)
	@scripts/bench-instructions $(BUILD)

defects: kernel-defects tools
	@FORMAT='$(FORMAT)' scripts/defects $(BUILD) '$(ONLY)'

coverage: kernel-coverage tools
	@scripts/coverage $(BUILD)

soak: $(if $(FUZZ)$(UNPLUG),kernel-debug,kernel-soak) tools
	@scripts/soak $(BUILD)

modules: trees
	@mkdir -p $(MODULES)
	@scripts/find-headers $(BASE) $(or $(ARCH),$(HOST_ARCH)) $(DEBIAN) \
		$(MODULES)/headers $(HEADERS)
	@scripts/modules $(BASE) $(BUILD)/merged/linux $(MODULES) $(DEBIAN)

modules-test: modules
	@scripts/modules-test $(MODULES) $(DEBIAN)

zerocopy: kernel-merged tools
	@scripts/zerocopy $(BUILD)/merged/out $(BUILD)/tools $(DEBIAN) $(BUILD)

convert-report: trees
	@scripts/convert-report $(BUILD)
	@scripts/convert-compare $(BUILD)

docs: trees
	@scripts/build-docs $(BUILD)/merged/linux $(BUILD)/docs

# What gets sent, which has nothing that only UML needs
tree-series: setup $(BASE)/Makefile
	@mkdir -p $(BUILD)/series
	@scripts/prepare-tree $(BASE) series $(BUILD)/series/linux

series: tree-series
	@scripts/make-series $(BASE) $(BUILD)/series/linux $(BUILD)/series
	@scripts/make-series --table $(BUILD)/series

lint: series
	@scripts/lint $(BASE) $(BUILD)/series/linux $(BUILD)/series $(BUILD)/lint \
		$(SUITES_CONFIG) $(CONFIGS)/lint.config

# libiio's server is not installed: its package would start it on this machine
$(IIOD): | setup
	@HINT="that is for the network's part of the tests" scripts/get-debian $@ \
		$(foreach package,iiod 'libaio1\(t64\)\?', \
		$(shell dpkg --print-architecture):$(package))

check: kernel-merged kernel-board kernel-debug tools $(IIOD) series $(if $(FULL),kernel-defects \
		kernel-coverage kernel-soak $(MODULES_CHECKED))
	@scripts/check $(BUILD)

clean:
	@rm -rf build
