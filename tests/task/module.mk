task.mapwalk.src := tests/task/mapwalk.c
task.crash.src   := tests/task/crash.c
task.report.src  := tests/task/report.c
task.zipf.src    := tests/task/zipf.c
