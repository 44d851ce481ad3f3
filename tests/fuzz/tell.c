/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tell.c - scripts for readers and fuzzers.
 *
 *   fuzz_tell play FILE...        lines: the kernel plays each, on both machines
 *   fuzz_tell tell FILE           a fuzzer's bytes as lines
 *   fuzz_tell pack FOLDER FILE... lines as a fuzzer's bytes, into files of the folder
 */
#include "play.h"

#include "mmu.h"

#include <stdlib.h>
#include <string.h>

static struct script script;

static FILE *opened(const char *name, const char *mode)
{
    FILE *file = fopen(name, mode);

    if (!file) {
        perror(name);
        exit(1);
    }
    return file;
}

static void lines_read(const char *name)
{
    FILE *file = opened(name, "r");

    if (!script_read(&script, file)) {
        fprintf(stderr, "%s: step %u is not as script.h tells\n", name, script.count);
        exit(1);
    }
    fclose(file);
}

static void pack(const char *folder, const char *name)
{
    const char *base = strrchr(name, '/');
    char path[512];

    lines_read(name);
    for (char variant = 0; variant < 2; variant++) {
        FILE *to;

        snprintf(path, sizeof(path), "%s/%s.%d", folder, base ? base + 1 : name, variant);
        to = opened(path, "w");
        fputc(variant, to);
        script_encode(&script, to);
        fclose(to);
    }
}

static void tell(const char *name)
{
    static uint8_t bytes[65536];
    FILE *file = opened(name, "r");
    size_t n = fread(bytes, 1, sizeof(bytes), file);

    fclose(file);
    if (!n)
        return;
    printf("# on a machine %s\n", bytes[0] & 1 ? "that leaves accessed and dirty to the kernel"
                                               : "that sets accessed and dirty itself");
    script_decode(&script, bytes + 1, n - 1);
    script_write(&script, stdout);
}

int main(int argc, char **argv)
{
    bool packs = argc > 3 && strcmp(argv[1], "pack") == 0;

    if (argc < 3 || (!packs && strcmp(argv[1], "play") != 0 && strcmp(argv[1], "tell") != 0)) {
        fprintf(stderr, "usage: fuzz_tell play FILE... | tell FILE | pack FOLDER FILE...\n");
        return 2;
    }
    for (int i = packs ? 3 : 2; i < argc; i++) {
        if (packs) {
            pack(argv[2], argv[i]);
        } else if (strcmp(argv[1], "tell") == 0) {
            tell(argv[i]);
        } else {
            lines_read(argv[i]);
            for (mmu_variant = MMU_SVADU; mmu_variant <= MMU_SVADE; mmu_variant++)
                play(&script);
            printf("ok %s: %u steps\n", argv[i], script.count);
        }
    }
    return 0;
}
