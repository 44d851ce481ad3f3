ktest.cap.src := tests/kernel/cap.c
ktest.captable.src := tests/kernel/captable.c
