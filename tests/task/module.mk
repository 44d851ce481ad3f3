task.mapwalk.src := tests/task/mapwalk.c
task.crash.src   := tests/task/crash.c
task.report.src  := tests/task/report.c
task.zipf.src    := tests/task/zipf.c
task.signals.src := tests/task/signals.c
task.memory.src  := tests/task/memory.c
task.calls.src   := tests/task/calls.c
task.lives.src    := tests/task/lives.c
