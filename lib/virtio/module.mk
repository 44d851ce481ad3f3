virtio.src := mmio.c queue.c dma.c blk.c console.c

unit.virtio_queue_test.src := tests/unit/virtio_queue_test.c tests/unit/virtio_device.c \
    lib/virtio/mmio.c lib/virtio/queue.c
unit.virtio_queue_test.inc := lib/virtio lib/rt tests/unit
unit.virtio_blk_test.src := tests/unit/virtio_blk_test.c tests/unit/virtio_device.c \
    lib/virtio/mmio.c lib/virtio/queue.c lib/virtio/blk.c
unit.virtio_blk_test.inc := lib/virtio lib/rt tests/unit
unit.virtio_console_test.src := tests/unit/virtio_console_test.c tests/unit/virtio_device.c \
    lib/virtio/mmio.c lib/virtio/queue.c lib/virtio/console.c
unit.virtio_console_test.inc := lib/virtio lib/rt tests/unit
