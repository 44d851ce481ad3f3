/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule_test.c - the interposer's script: how rules read, and when they apply.
 */
#include "unit.h"

#include "file.h"
#include "frame.h"
#include "rule.h"

#define OP(p, op) PROTOCOL_OP(PROTOCOL_##p, p##_OP_##op)

static struct rule rule;

static const char *parse(const char *text)
{
    const char *bad = rule_parse(&rule, text);

    return bad != NULL ? bad : "sound";
}

TEST(rule, reads_every_action)
{
    CHECK_STR(parse("trace *"), "sound");
    CHECK_EQ(rule.action, TRACE);
    CHECK_EQ(rule.protocol, RULE_ANY);
    CHECK_STR(parse("refuse frame.alloc LIMIT"), "sound");
    CHECK_EQ(rule.error, ERR_LIMIT);
    CHECK_STR(parse("delay file.* 20"), "sound");
    CHECK_EQ(rule.ms, 20);
    CHECK_STR(parse("corrupt object.get answer 2 0x8000000000000000"), "sound");
    CHECK(rule.answer && rule.word == 2 && rule.mask == 1ull << 63);
    CHECK_STR(parse("  drop process.exit  after 3 times 2 "), "sound");
    CHECK_EQ(rule.after, 3);
    CHECK_EQ(rule.times, 2);
}

TEST(rule, says_what_is_wrong_with_a_text)
{
    static const char *const row[][2] = {
        {"", "no such action"},
        {"trase *", "no such action"},
        {"trace", "no PROTOCOL.OPERATION"},
        {"trace frame", "no PROTOCOL.OPERATION"},
        {"trace shop.put", "no such protocol"},
        {"trace frame.allot", "no such operation"},
        {"refuse * OFTEN", "no such error"},
        {"delay *", "no milliseconds"},
        {"delay * 5x", "no milliseconds"},
        {"corrupt * body 1 1", "neither request nor answer"},
        {"corrupt * answer 8 1", "no word 0 to 7"},
        {"corrupt * answer 1", "no mask"},
        {"drop * sometimes", "neither after N nor times N"},
        {"drop * after", "neither after N nor times N"},
        {"drop a-word-that-is-too-long-to-be-one.op", "no PROTOCOL.OPERATION"},
    };

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        CHECK_STR(parse(row[i][0]), row[i][1]);
}

TEST(rule, applies_to_its_operation_only)
{
    CHECK_STR(parse("drop frame.alloc"), "sound");
    CHECK(rule_applies(&rule, OP(frame, alloc)));
    CHECK(!rule_applies(&rule, OP(frame, give)));
    CHECK(!rule_applies(&rule, OP(file, session)));
    CHECK_STR(parse("drop file.*"), "sound");
    CHECK(rule_applies(&rule, OP(file, read)));
    CHECK(!rule_applies(&rule, OP(frame, alloc)));
    CHECK_STR(parse("drop *"), "sound");
    CHECK(rule_applies(&rule, ~0u));
}

TEST(rule, passes_some_over_and_acts_on_some)
{
    CHECK_STR(parse("drop frame.alloc after 2 times 3"), "sound");
    for (unsigned i = 1; i <= 8; i++)
        CHECK_EQ(rule_applies(&rule, OP(frame, alloc)), i > 2 && i <= 5);
}

TEST(rule, names_operations)
{
    char name[32];

    rule_name(OP(file, read), name);
    CHECK_STR(name, "file.read");
    rule_name(0x7fff0001, name);
    CHECK_STR(name, "32767.1");
}
