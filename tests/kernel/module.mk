ktest.cap.src := tests/kernel/cap.c
ktest.captable.src := tests/kernel/captable.c
ktest.endpoint.src := tests/kernel/endpoint.c
ktest.notification.src := tests/kernel/notification.c
ktest.reply.src := tests/kernel/reply.c
ktest.fault.src := tests/kernel/fault.c
