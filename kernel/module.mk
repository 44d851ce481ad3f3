kernel.src := main.c ranges.c syscall.c invoke.c ipc.c fast.c fault.c sched.c timer.c walk.c log.c audit.c \
	object/tree.c object/cap.c object/derive.c object/captable.c object/untyped.c object/thread.c \
	object/endpoint.c object/reply.c object/notification.c object/space.c object/map.c object/range.c \
	object/frame.c object/irq.c
kernel.uses := string
# Small beats fast below 5 %; these are where it is more. Tables to jump by are larger than
# branches here, and not faster. What a loop does not change is worth a register only where loops
# are long: in a function that runs once it is one more to be saved.
kernel.cflags := -Os -fno-jump-tables $(NO_LOOPS) $(PLAIN)
kernel.hot := kernel/fast.c $(addprefix kernel/object/,captable.c range.c)
kernel.loops := $(addprefix kernel/object/,range.c map.c derive.c tree.c)
# All is compiled as one, but for these: what is put in line there would have the common cases save
# registers for the rare ones.
kernel.alone := kernel/fast.c kernel/object/range.c

# Host tests: the machine they run on sets accessed and dirty bits itself, or (Svade) does not.
HOSTPORT := $(addprefix tests/hostkernel/,machine.c mmu.c cast.c) arch/riscv64/registers.c
HOSTKERNEL := $(HOSTPORT) tests/hostkernel/svadu.c $(addprefix kernel/,$(kernel.src))
HOSTKERNEL_INC := tests/hostkernel kernel arch/riscv64
unit.kernel_boot_test.src := tests/unit/kernel_boot_test.c $(HOSTKERNEL)
unit.kernel_boot_test.inc := $(HOSTKERNEL_INC)
unit.kernel_cap_test.src := tests/unit/kernel_cap_test.c $(HOSTKERNEL)
unit.kernel_cap_test.inc := $(HOSTKERNEL_INC)
unit.kernel_ipc_test.src := tests/unit/kernel_ipc_test.c tests/unit/kernel_transfer_test.c $(HOSTKERNEL)
unit.kernel_ipc_test.inc := $(HOSTKERNEL_INC)
unit.kernel_regress_test.src := tests/unit/kernel_regress_test.c $(HOSTKERNEL)
unit.kernel_regress_test.inc := $(HOSTKERNEL_INC)
unit.kernel_hostile_test.src := $(patsubst %,tests/unit/kernel_hostile%test.c,_ _race_ _ipc_) \
	tests/hostkernel/hostile.c $(HOSTKERNEL)
unit.kernel_hostile_test.inc := $(HOSTKERNEL_INC)
unit.kernel_svade_test.src := $(HOSTPORT) tests/hostkernel/svade.c $(addprefix kernel/,$(kernel.src)) \
	tests/hostkernel/hostile.c \
	$(patsubst %,tests/unit/kernel_%_test.c,cap ipc transfer regress hostile hostile_race hostile_ipc)
unit.kernel_svade_test.inc := $(HOSTKERNEL_INC)
# What is told of messages, once more with the fast paths tried first.
unit.kernel_fast_test.src := tests/hostkernel/fast_first.c tests/hostkernel/hostile.c $(HOSTKERNEL) \
	$(patsubst %,tests/unit/kernel_%_test.c,ipc transfer regress hostile hostile_race hostile_ipc)
unit.kernel_fast_test.inc := $(HOSTKERNEL_INC)
HOSTMODEL := $(addprefix tests/hostkernel/model/,book.c judge.c judge_space.c players.c story.c invent.c)
unit.kernel_model_test.src := tests/unit/kernel_model_test.c $(HOSTMODEL) $(HOSTKERNEL)
unit.kernel_model_test.inc := $(HOSTKERNEL_INC) tests/hostkernel/model
# The same without sanitizers, for many steps.
unit.kernel_model_million_test.src := $(unit.kernel_model_test.src)
unit.kernel_model_million_test.inc := $(unit.kernel_model_test.inc)
unit.kernel_model_million_test.flags := -O2 -g -DSTEPS=1000000u $(REPRO)
