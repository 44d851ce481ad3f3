interpose.src := main.c rule.c relay.c

unit.rule_test.src := tests/unit/rule_test.c servers/interpose/rule.c
unit.rule_test.inc := servers/interpose
