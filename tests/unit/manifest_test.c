/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest_test.c - manifests that are right, and what is said of those that are not.
 *
 * Each test starts from a small sound manifest and makes one change to it.
 */
#include "unit.h"

#include "frame.h"
#include "manifest.h"

#include <libfdt.h>

static char tree[8192];

static int node_at(const char *path)
{
    int node = fdt_path_offset(tree, path);

    CHECK(node >= 0);
    return node;
}

static void set_cell(const char *path, const char *name, uint32_t value)
{
    CHECK_EQ(fdt_setprop_u32(tree, node_at(path), name, value), 0);
}

static void set_text(const char *path, const char *name, const char *value)
{
    CHECK_EQ(fdt_setprop_string(tree, node_at(path), name, value), 0);
}

static void add_node(const char *parent, const char *name)
{
    CHECK(fdt_add_subnode(tree, node_at(parent), name) >= 0);
}

static void add_server(const char *name, uint32_t level, uint32_t priority)
{
    char path[32] = "/";

    strcat(path, name);
    add_node("/", name);
    set_cell(path, "level", level);
    set_cell(path, "priority", priority);
    set_text(path, "image", name);
}

/* frame <- file, which drives a disk and has a policy; pager, which process builds. */
static void manifest_begin(void)
{
    CHECK_EQ(fdt_create_empty_tree(tree, sizeof(tree)), 0);
    add_node("/", "devices");
    add_node("/devices", "disk");
    set_text("/devices/disk", "virtio", "block");
    set_text("/devices/disk", "serial", "FSDISK");
    add_node("/", "options");
    add_node("/options", "file");
    CHECK_EQ(fdt_setprop(tree, node_at("/options/file"), "policy", "lru\0fifo", 9), 0);
    set_text("/options/file", "cache", "<size>");
    set_text("/options/file", "extra-*", "<texts>");
    add_server("frame", 1, 50);
    add_server("file", 3, 40);
    set_text("/file", "calls", "frame");
    set_text("/file", "devices", "disk");
    set_text("/file", "policy", "lru");
    add_server("process", 4, 30);
    set_text("/process", "builds", "pager");
    add_server("pager", 5, 20);
    set_text("/pager", "calls", "file");
}

static struct manifest manifest;

static const char *problem(void)
{
    const char *p = manifest_read(&manifest, tree, sizeof(tree));

    return p != NULL ? p : "none";
}

static const struct manifest_server *server(const char *name)
{
    for (unsigned i = 0; i < manifest.servers; i++)
        if (strcmp(manifest.server[i].name, name) == 0)
            return &manifest.server[i];
    unit_fail(__FILE__, __LINE__, "there is no server %s", name);
}

TEST(manifest, is_read_into_plain_numbers)
{
    manifest_begin();
    set_cell("/", "audit-ms", 7);
    CHECK_EQ(fdt_setprop(tree, node_at("/file"), "memory", "dma\0dirty", 10), 0);
    set_cell("/file", "memory-max", 100);

    CHECK_STR(problem(), "none");
    CHECK_EQ(manifest.servers, 4);
    CHECK_EQ(manifest.devices, 1);
    CHECK_EQ(manifest.audit_ms, 7);
    CHECK_STR(manifest.device[0].match, "FSDISK");
    CHECK_STR(server("file")->image, "file");
    CHECK_EQ(server("file")->level, 3);
    CHECK_EQ(server("file")->priority, 40);
    CHECK_EQ(server("file")->memory, FRAME_MAY_DMA | FRAME_MAY_DIRTY);
    CHECK_EQ(server("file")->memory_max, 100);
    CHECK_EQ(server("file")->calls.count, 1);
    CHECK_STR(manifest.server[server("file")->calls.item[0]].name, "frame");
    CHECK(server("pager")->template);
    CHECK(!server("process")->template);
}

TEST(manifest, refuses_calls_that_do_not_go_down)
{
    manifest_begin();
    set_text("/frame", "calls", "file");
    CHECK_STR(problem(), "frame: at level 1, may not call file at level 3: calls go down");
    manifest_begin();
    set_text("/file", "calls", "file");
    CHECK_STR(problem(), "file: at level 3, may not call file at level 3: calls go down");
    manifest_begin();
    set_cell("/frame", "priority", 40);
    CHECK_STR(problem(), "file: has priority 40, and frame, which it calls, only 40");
}

TEST(manifest, refuses_names_of_nothing)
{
    manifest_begin();
    set_text("/file", "calls", "frames");
    CHECK_STR(problem(), "file: calls names frames, and there is no such server");
    manifest_begin();
    set_text("/file", "devices", "disc");
    CHECK_STR(problem(), "file: devices names disc, and there is no such device");
    manifest_begin();
    set_text("/process", "builds", "page");
    CHECK_STR(problem(), "process: builds names page, and there is no such server");
    manifest_begin();
    CHECK_EQ(fdt_setprop(tree, node_at("/file"), "calls", "frame\0frame", 12), 0);
    CHECK_STR(problem(), "file: calls names frame twice");
    CHECK_EQ(fdt_create_empty_tree(tree, sizeof(tree)), 0);
    CHECK_STR(problem(), "/: names no server");
}

TEST(manifest, refuses_what_a_server_lacks)
{
    manifest_begin();
    CHECK_EQ(fdt_delprop(tree, node_at("/file"), "image"), 0);
    CHECK_STR(problem(), "file: has no image");
    manifest_begin();
    CHECK_EQ(fdt_delprop(tree, node_at("/file"), "level"), 0);
    CHECK_STR(problem(), "file: level must be 1 to 6");
    manifest_begin();
    set_cell("/file", "priority", 63);
    CHECK_STR(problem(), "file: priority must be 1 to 62");
    manifest_begin();
    set_text("/file", "level", "three");
    CHECK_STR(problem(), "file: level must be one cell");
}

TEST(manifest, refuses_unknown_properties_and_values)
{
    manifest_begin();
    set_text("/file", "polcy", "lru");
    CHECK_STR(problem(), "file: property polcy is unknown: options does not list it");
    manifest_begin();
    set_text("/frame", "policy", "lru");
    CHECK_STR(problem(), "frame: property policy is unknown: it has none of its own in options");
    manifest_begin();
    set_text("/file", "policy", "mru");
    CHECK_STR(problem(), "file: property policy must be lru or fifo");
    manifest_begin();
    set_text("/file", "memory", "all");
    CHECK_STR(problem(), "file: memory must be dma or dirty");
    manifest_begin();
    set_text("/", "servers", "all");
    CHECK_STR(problem(), "/: property servers is unknown");
}

TEST(manifest, checks_values_by_their_kind)
{
    static const struct {
        const char *value, *problem;
    } row[] = {
        {"64K", "none"},
        {"0", "none"},
        {"12345678", "none"},
        {"64k", "file: property cache must be a <size>"},
        {"K", "file: property cache must be a <size>"},
        {"1KK", "file: property cache must be a <size>"},
        {"", "file: property cache must be a <size>"},
    };

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        manifest_begin();
        set_text("/file", "cache", row[i].value);
        CHECK_STR(problem(), row[i].problem);
    }
    manifest_begin();
    set_cell("/file", "cache", 65536);
    set_text("/file", "extra-0", "any");
    CHECK_STR(problem(), "none");
    CHECK_EQ(fdt_setprop(tree, node_at("/file"), "extra-1", "cut", 3), 0);
    CHECK_STR(problem(), "file: property extra-1 must be a <texts>");
}

TEST(manifest, gives_a_device_once_and_a_template_to_one_builder)
{
    manifest_begin();
    set_text("/process", "devices", "disk");
    CHECK_STR(problem(), "file: is given device disk, which process has");
    manifest_begin();
    add_server("jail", 4, 30);
    set_text("/jail", "builds", "pager");
    CHECK_STR(problem(), "process: builds pager, which another server builds");
    manifest_begin();
    set_text("/process", "calls", "pager");
    CHECK_STR(problem(), "process: at level 4, may not call pager at level 5: calls go down");
    manifest_begin();
    set_cell("/pager", "level", 4);
    CHECK_STR(problem(),
              "process: builds pager, which must have a higher level and a lower priority");
    manifest_begin();
    add_server("shell", 6, 10);
    set_text("/shell", "calls", "pager");
    CHECK_STR(problem(), "shell: may not call pager, which is built on demand");
}

/* tap between file and frame */
static void interposer_add(uint32_t level, uint32_t priority)
{
    manifest_begin();
    add_server("tap", level, priority);
    CHECK_EQ(fdt_setprop(tree, node_at("/tap"), "between", "file\0frame", 11), 0);
}

TEST(manifest, puts_an_interposer_between_two)
{
    const struct manifest_server *file, *frame;

    interposer_add(2, 45);
    CHECK_STR(problem(), "none");
    file = server("file");
    frame = server("frame");
    CHECK(manifest_interposer(&manifest, (unsigned)(file - manifest.server),
                              (unsigned)(frame - manifest.server)) == server("tap"));
    CHECK(manifest_interposer(&manifest, (unsigned)(frame - manifest.server),
                              (unsigned)(file - manifest.server)) == NULL);
    interposer_add(2, 40);
    CHECK_STR(problem(), "tap: its level and priority must be between those of file and frame");
    interposer_add(4, 45);
    CHECK_STR(problem(), "tap: its level and priority must be between those of file and frame");
    interposer_add(2, 45);
    CHECK_EQ(fdt_setprop(tree, node_at("/tap"), "between", "frame\0file", 11), 0);
    CHECK_STR(problem(), "tap: stands between frame and file, which it does not call");
    interposer_add(2, 45);
    set_text("/tap", "between", "file");
    CHECK_STR(problem(), "tap: between must name a client and a server");
}

TEST(manifest, refuses_devices_that_say_nothing)
{
    manifest_begin();
    set_text("/devices/disk", "virtio", "net");
    CHECK_STR(problem(), "disk: virtio must be block or console");
    manifest_begin();
    CHECK_EQ(fdt_delprop(tree, node_at("/devices/disk"), "virtio"), 0);
    CHECK_STR(problem(), "disk: has neither virtio nor compatible");
    manifest_begin();
    CHECK_EQ(fdt_delprop(tree, node_at("/devices/disk"), "serial"), 0);
    CHECK_STR(problem(), "disk: has no serial");
}

TEST(manifest, is_refused_when_it_is_no_tree)
{
    manifest_begin();
    tree[0] ^= 1;
    CHECK_STR(problem(), "is no flattened device tree");
    manifest_begin();
    CHECK_STR(manifest_read(&manifest, tree, 8), "is no flattened device tree");
    CHECK_STR(manifest_read(&manifest, tree, 1000), "is no flattened device tree");
}
