rt.src := main.c start_block.c sys.c sys_space.c protocol.c serve.c log.c error_text.c \
          slots.c object.c source.c window.c heap.c fiber.c clock.c deadline.c reclaim.c
rt.uses := string ds

unit.start_block_test.src := tests/unit/start_block_test.c lib/rt/start_block.c
unit.start_block_test.inc := lib/rt
unit.serve_test.src := tests/unit/serve_test.c lib/rt/serve.c lib/rt/deadline.c lib/rt/protocol.c \
                       lib/rt/error_text.c
unit.serve_test.inc := lib/rt
unit.reclaim_test.src := tests/unit/reclaim_test.c lib/rt/reclaim.c lib/rt/source.c lib/rt/error_text.c \
                         lib/pager/pool.c lib/pager/slots.c lib/pager/drop.c
unit.reclaim_test.inc := lib/pager lib/rt arch/$(HOST_ARCH)
unit.slots_test.src := tests/unit/slots_test.c lib/rt/slots.c
unit.slots_test.inc := lib/rt
