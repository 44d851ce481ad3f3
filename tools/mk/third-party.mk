# SPDX-License-Identifier: GPL-2.0-or-later
# Libraries and programs from Debian source packages: fetched once into $(THIRD), which all
# output folders share. Ours is lib/ext2fs (config.h and what libext2fs asks of a system).

LIBFDT_INC := $(THIRD)/libfdt
EXT2FS_INC := lib/ext2fs $(THIRD)/e2fsprogs/lib $(THIRD)/e2fsprogs/lib/ext2fs
FETCH      := tools/third-party/fetch.sh tools/third-party/check.sh

libfdt.inc    := $(LIBFDT_INC)
libfdt.lib    := $(OUT)/libfdt.a
libfdt.ready  := $(THIRD)/libfdt/.ready
libext2fs.inc := $(EXT2FS_INC)
libext2fs.lib := $(OUT)/libext2fs.a
libext2fs.ready := $(THIRD)/e2fsprogs/.ready

LIBFDT_NAMES := fdt fdt_addresses fdt_empty_tree fdt_ro fdt_rw fdt_strerror fdt_sw fdt_wip
EXT2FS_NAMES := alloc alloc_sb alloc_stats badblocks bitmaps bitops blkmap64_ba blkmap64_rb blknum \
    block bmap closefs crc16 crc32c csum dir_iterate dirblock dirhash expanddir ext_attr extent \
    fallocate fileio freefs gen_bitmap gen_bitmap64 get_num_dirs hashmap i_block ind_block inline \
    inline_data inode io_manager link lookup mkdir mmp namei newdir openfs punch rbtree read_bb \
    rw_bitmaps sha512 symlink unlink valid_blk ext2_err
ET_NAMES     := com_err error_message et_name

LIBFDT_SRC := $(LIBFDT_NAMES:%=$(THIRD)/libfdt/%.c)
EXT2FS_SRC := $(EXT2FS_NAMES:%=$(THIRD)/e2fsprogs/lib/ext2fs/%.c) $(ET_NAMES:%=$(THIRD)/e2fsprogs/lib/et/%.c)

# One recipe at a time, whatever other output folders are being built; our own make's variables
# are not theirs.
alone  = env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL -u O -u V -u T -u ARCH
locked = @mkdir -p $(THIRD) && flock $(THIRD)/lock sh -c '[ -e $@ ] && [ ! $< -nt $@ ] || $(alone) $(1)'

$(LIBFDT_SRC): $(libfdt.ready)
$(libfdt.ready): tools/third-party/libfdt.sh | $(FETCH)
	$(call locked,$< $(THIRD))

$(EXT2FS_SRC): $(libext2fs.ready)
$(libext2fs.ready): tools/third-party/e2fsprogs.sh | $(FETCH)
	$(call locked,$< $(THIRD))

$(THIRD)/$(ARCH)/busybox: tools/third-party/busybox.sh | $(FETCH)
	$(call locked,$< $(THIRD) $(TASK_CROSS) $(ARCH) $(BUSYBOX_ARCH))
$(OUT)/busybox: $(THIRD)/$(ARCH)/busybox
	@mkdir -p $(@D)
	@cp $< $@ && cp $<.applets $@.applets

# Their warnings are not ours.
$(OUT)/obj/$(THIRD)/%.o: $(THIRD)/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(NATIVE) $(LIBC) -Os -w $(INC) $(DEPS) -c -o $@ $<

# $(call foreign,NAME,SOURCES)
define foreign
$(2:%.c=$(OUT)/obj/%.o): private INC := $(addprefix -I,$($(1).inc))
$($(1).lib): $(2:%.c=$(OUT)/obj/%.o)
	$$(call say,AR,$$@)rm -f $$@ && $(AR) rcsD $$@ $$^
-include $(wildcard $(2:%.c=$(OUT)/obj/%.d))
endef
$(eval $(call foreign,libfdt,$(LIBFDT_SRC)))
$(eval $(call foreign,libext2fs,$(EXT2FS_SRC)))

# The same libfdt for host tests that use it.
$(HOST)/libfdt/%.o: $(THIRD)/libfdt/%.c
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)$(HOSTCC) -O1 -g -w -I$(LIBFDT_INC) -c -o $@ $<
$(HOST)/libfdt.a: $(LIBFDT_NAMES:%=$(HOST)/libfdt/%.o)
	$(call say,AR,$@)rm -f $@ && ar rcsD $@ $^

# The same libext2fs for host tests; what it does with a damaged image is watched, too.
$(HOST)/libext2fs/%.o: $(THIRD)/e2fsprogs/lib/%.c
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)$(HOSTCC) -O1 -g -w -fsanitize=address $(addprefix -I,$(EXT2FS_INC)) -c -o $@ $<
$(HOST)/libext2fs.a: $(patsubst $(THIRD)/e2fsprogs/lib/%.c,$(HOST)/libext2fs/%.o,$(EXT2FS_SRC))
	$(call say,AR,$@)rm -f $@ && ar rcsD $@ $^
