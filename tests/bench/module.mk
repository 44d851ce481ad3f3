bench.kernel_bench.src := tests/bench/kernel_bench.c tests/bench/bench.c
bench.kernel_bench.uses := root
task.bench_memory.src := tests/bench/bench_memory.c
