unit.ds_test.src := tests/unit/ds_test.c
