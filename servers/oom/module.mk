oom.src := main.c rank.c table.c $(addprefix policy/,policy.c largest.c linux_like.c)

unit.oom_test.src := tests/unit/oom_test.c servers/oom/rank.c servers/oom/table.c \
    $(addprefix servers/oom/policy/,policy.c largest.c linux_like.c)
unit.oom_test.inc := servers/oom
