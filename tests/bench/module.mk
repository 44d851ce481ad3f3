ktest.kernel_bench.src := tests/bench/kernel_bench.c tests/bench/bench.c
ktest.kernel_bench.uses := root
