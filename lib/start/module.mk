start.src := block.c
start.uses := rt

unit.block_test.src := tests/unit/block_test.c lib/start/block.c lib/rt/start_block.c
unit.block_test.inc := lib/start lib/rt
