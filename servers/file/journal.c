/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.c - transactions, in the journal's standard format.
 *
 * A commit is four steps with a flush between them:
 *
 *   1. all data, and the blocks of the last transaction in their places, are on the medium
 *   2. into the log: descriptors, the changed blocks, and a superblock that begins here
 *   3. the commit block
 *   4. the blocks into their places (on the medium by the next step 1)
 *
 * So the log never holds more than one transaction that is needed, and replaying one that was
 * not needed writes what is there already: no block that it holds has been given to somebody
 * else before the next commit (volume_change.c), so there is nothing to revoke.
 * Numbers in the log have their high byte first.
 */
#include "journal.h"

#include "dma.h"
#include "metadata.h"
#include "output.h"
#include "status.h"
#include "volume.h"

#include <stdio.h>
#include <string.h>

#define MAGIC               0xc03b3998u
#define SUPER_V2            4u
#define TAG_ESCAPED         1u
#define TAG_SAME            2u /* no identifier follows it */
#define TAG_LAST            8u
#define UUID_BYTES          16u
#define BLOCK_SECTOR(block) ((block) << (volume_block_bits() - 9))

enum block_kind { BLOCK_DESCRIPTOR = 1, BLOCK_COMMIT = 2 };
enum page_use { AT_SUPER, AT_DESCRIPTOR, AT_ESCAPED, PAGES };

struct head {
    uint32_t magic, kind, sequence;
};

/* The beginning of the journal's superblock. */
struct super {
    struct head head;
    uint32_t block_bytes, length, first;
    uint32_t sequence, start;
    uint32_t error, compatible, incompatible, read_only;
    uint8_t uuid[UUID_BYTES];
};

struct tag {
    uint32_t block;
    uint16_t checksum, flags;
};

static struct {
    bool exists, used; /* in use, not at rest */
    struct dma dma;
    struct volume_run run; /* of the journal's file, last used */
    uint32_t length, first, next, sequence;
} journal;

static uint32_t swap(uint32_t n)
{
    return __builtin_bswap32(n);
}

static struct super *super(void)
{
    return (struct super *)journal.dma.at;
}

static void *page_at(enum page_use use)
{
    return journal.dma.at + (size_t)use * 4096;
}

/* Where a block of the log lies on the disk. */
static enum err place_of(uint32_t block, uint64_t *physical)
{
    if (block - journal.run.first >= journal.run.count) {
        enum err e = volume_map(EXT2_JOURNAL_INO, block, &journal.run);

        if (e != ERR_OK)
            return e;
    }
    *physical = journal.run.physical + (block - journal.run.first);
    return journal.run.physical == 0 ? ERR_CORRUPT : ERR_OK;
}

static const char *super_refusal(const struct super *s)
{
    if (swap(s->head.magic) != MAGIC || swap(s->head.kind) != SUPER_V2)
        return "its superblock is malformed";
    if (swap(s->block_bytes) != volume_fs->blocksize || swap(s->first) == 0 ||
        swap(s->length) < swap(s->first) + 64)
        return "its superblock is malformed";
    if (s->incompatible != 0 || s->read_only != 0)
        return "it uses features unknown here";
    if (s->start != 0)
        return "it has to be replayed";
    return NULL;
}

bool journal_open(char *why, size_t room)
{
    const char *text = NULL;
    uint64_t at;

    journal.used = false;
    journal.run.count = 0;
    journal.exists = ext2fs_has_feature_journal(volume_fs->super);
    if (journal.dma.at == NULL && dma_take(&journal.dma, PAGES) != ERR_OK)
        return false;
    if (!journal.exists)
        return true;
    if (volume_fs->super->s_journal_inum != EXT2_JOURNAL_INO)
        text = "it is on another disk";
    else if (place_of(0, &at) != ERR_OK ||
             io_channel_read_blk64(volume_fs->io, at, 1, super()) != 0)
        text = "it cannot be read";
    else
        text = super_refusal(super());
    if (text != NULL) {
        snprintf(why, room, "the journal cannot be used: %s", text);
        return false;
    }
    journal.length = swap(super()->length);
    journal.first = swap(super()->first);
    journal.next = journal.first;
    journal.sequence = swap(super()->sequence);
    return true;
}

unsigned journal_room(void)
{
    return journal.exists ? (journal.length - journal.first) / 2 : 0;
}

/* ---- the log ---- */

static enum err log_write(uint64_t physical)
{
    uint64_t at;
    enum err e = place_of(journal.next, &at);

    if (e != ERR_OK)
        return e;
    output_add(BLOCK_SECTOR(at), physical, volume_fs->blocksize, NULL);
    journal.next = journal.next + 1 < journal.length ? journal.next + 1 : journal.first;
    return ERR_OK;
}

/* The superblock: the log begins at block `start`, with the running sequence; 0 = it is empty. */
static enum err super_write(uint32_t start)
{
    uint64_t at;
    enum err e = place_of(0, &at);

    super()->start = swap(start);
    super()->sequence = swap(journal.sequence);
    if (e == ERR_OK)
        output_add(BLOCK_SECTOR(at), journal.dma.physical[AT_SUPER], volume_fs->blocksize, NULL);
    return e;
}

static char *head_make(enum block_kind kind)
{
    struct head *h = page_at(AT_DESCRIPTOR);

    memset(h, 0, volume_fs->blocksize);
    *h = (struct head){swap(MAGIC), swap(kind), swap(journal.sequence)};
    return (char *)(h + 1);
}

static bool looks_like_log(const struct metadata_block *b)
{
    return *(const uint32_t *)(const void *)b->at == swap(MAGIC);
}

/* What looks like a part of the log itself is kept without its first word. */
static uint64_t escape(const struct metadata_block *b)
{
    char *copy = page_at(AT_ESCAPED);

    if (!looks_like_log(b))
        return b->physical;
    memcpy(copy, b->at, volume_fs->blocksize);
    memset(copy, 0, sizeof(uint32_t));
    return journal.dma.physical[AT_ESCAPED];
}

/* The descriptor of blocks from `cursor` on: how many it names. */
static unsigned describe(unsigned cursor)
{
    char *at = head_make(BLOCK_DESCRIPTOR);
    const char *end =
        (char *)page_at(AT_DESCRIPTOR) + volume_fs->blocksize - sizeof(struct tag) - UUID_BYTES;
    struct tag *tag = NULL;
    struct metadata_block b;
    uint16_t flags = 0;
    unsigned n = 0;

    /* there is one page for an escaped block: it is the last */
    for (; at < end && !(flags & TAG_ESCAPED) && metadata_next(&cursor, &b); n++) {
        flags = n > 0 ? TAG_SAME : 0;
        if (looks_like_log(&b))
            flags |= TAG_ESCAPED;
        tag = (struct tag *)at;
        *tag = (struct tag){swap((uint32_t)b.block), 0, __builtin_bswap16(flags)};
        at += sizeof(*tag);
        if (n == 0) {
            memcpy(at, super()->uuid, UUID_BYTES);
            at += UUID_BYTES;
        }
    }
    if (tag != NULL)
        tag->flags |= __builtin_bswap16(TAG_LAST);
    return n;
}

/* Blocks from *cursor on, as many as one descriptor names; *n = 0: there are none. */
static enum err log_some(unsigned *cursor, unsigned *n)
{
    struct metadata_block b;
    enum err e, ended;

    *n = describe(*cursor);
    e = *n > 0 ? log_write(journal.dma.physical[AT_DESCRIPTOR]) : ERR_OK;
    for (unsigned i = 0; e == ERR_OK && i < *n; i++) {
        metadata_next(cursor, &b);
        e = log_write(escape(&b));
    }
    ended = output_end(); /* the descriptor's page is used again */
    return e == ERR_OK ? ended : e;
}

static enum err log_all(void)
{
    unsigned cursor = 0, n = 1;
    enum err e = super_write(journal.next);

    while (e == ERR_OK && n > 0)
        e = log_some(&cursor, &n);
    if (e == ERR_OK)
        e = output_flush();
    if (e != ERR_OK)
        return e;
    head_make(BLOCK_COMMIT);
    e = log_write(journal.dma.physical[AT_DESCRIPTOR]);
    return e == ERR_OK ? output_flush() : e;
}

static void places_write(void)
{
    struct metadata_block b;
    unsigned cursor = 0;

    while (metadata_next(&cursor, &b))
        output_add(BLOCK_SECTOR(b.block), b.physical, volume_fs->blocksize, NULL);
}

/* ---- in use, at rest ---- */

/* Writes the volume's superblock in place, with nothing else changed. */
static enum err state_write(bool used)
{
    struct ext2_super_block *s = volume_fs->super;
    enum err e;

    if (journal.exists && used)
        s->s_feature_incompat |= EXT3_FEATURE_INCOMPAT_RECOVER;
    else
        s->s_feature_incompat &= ~(uint32_t)EXT3_FEATURE_INCOMPAT_RECOVER;
    if (used && !journal.exists)
        s->s_state &= (uint16_t)~EXT2_VALID_FS;
    else
        s->s_state |= EXT2_VALID_FS;
    e = volume_flush();
    if (e != ERR_OK)
        return e;
    places_write();
    e = output_flush();
    if (e == ERR_OK) {
        metadata_clean(false);
        journal.used = used;
    }
    return e;
}

enum err journal_begin(void)
{
    return journal.used ? ERR_OK : state_write(true);
}

enum err journal_commit(void)
{
    enum err e = output_flush();

    if (e != ERR_OK || metadata_dirty() == 0)
        return e;
    if (journal.exists)
        e = log_all();
    if (e != ERR_OK)
        return e;
    journal.sequence++;
    status->commits++;
    places_write();
    e = journal.exists ? output_end() : output_flush();
    if (e == ERR_OK)
        metadata_clean(false);
    return e;
}

enum err journal_rest(void)
{
    enum err e = output_flush();

    if (e != ERR_OK || !journal.used)
        return e;
    if (journal.exists) {
        e = super_write(0);
        if (e == ERR_OK)
            e = output_flush();
    }
    return e == ERR_OK ? state_write(false) : e;
}
