bench.kernel_bench.src := tests/bench/kernel_bench.c tests/bench/bench.c
bench.kernel_bench.uses := root
task.bench_memory.src := tests/bench/bench_memory.c
bench.message_bench.src := tests/bench/message_bench.c tests/bench/bench.c
bench.message_bench.uses := root
bench.fault_bench.src := tests/bench/fault_bench.c tests/bench/bench.c
bench.fault_bench.uses := root
