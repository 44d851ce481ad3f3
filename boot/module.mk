boot.src := main.c tree.c device.c node.c place.c image.c directory.c fatal.c
boot.uses := string libfdt

unit.place_test.src := tests/unit/place_test.c boot/place.c
unit.place_test.inc := boot
unit.image_test.src := tests/unit/image_test.c boot/image.c
unit.image_test.inc := boot
unit.directory_test.src := tests/unit/directory_test.c boot/directory.c
unit.directory_test.inc := boot
