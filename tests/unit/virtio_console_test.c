/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio_console_test.c - the console driver against a console played in memory.
 */
#include "unit.h"
#include "virtio_device.h"

#include "console.h"

static struct console console;
static unsigned in_seen, out_seen;

static void console_new(void)
{
    device_reset(MMIO_CONSOLE, CONSOLE_PAGES);
    in_seen = 0;
    out_seen = 0;
    CHECK_EQ(console_open(&console, device.reg, &device.dma, 9), ERR_OK);
}

/* The device has input. */
static void type(const char *text)
{
    int head = device_take(&console.in, &in_seen);

    CHECK(head >= 0);
    memcpy(device_memory(console.in.desc[head].physical), text, strlen(text));
    device_answer(&console.in, (uint32_t)head, (uint32_t)strlen(text));
}

static void send(const char *text)
{
    memcpy(console_buffer(&console), text, strlen(text));
    console_send(&console, strlen(text));
}

TEST(console, sends_what_was_filled_in)
{
    int head;

    console_new();
    send("hello");
    head = device_take(&console.out, &out_seen);

    CHECK(head >= 0);
    CHECK_EQ(console.out.desc[head].bytes, 5);
    CHECK(memcmp(device_memory(console.out.desc[head].physical), "hello", 5) == 0);
    CHECK(!console_idle(&console));
    device_answer(&console.out, (uint32_t)head, 0);
    CHECK(console_idle(&console));
}

TEST(console, has_no_buffer_while_all_are_with_the_device)
{
    console_new();
    for (unsigned i = 0; i < CONSOLE_OUT; i++)
        send("x");
    CHECK(console_buffer(&console) == NULL);

    device_answer(&console.out, (uint32_t)device_take(&console.out, &out_seen), 0);
    console_interrupt(&console);

    CHECK(console_buffer(&console) != NULL);
    CHECK_EQ(device.acked, 2); /* once at the start */
}

TEST(console, wants_interrupts_for_output_only_while_it_has_no_buffer)
{
    console_new();
    send("x");
    CHECK_EQ(console.out.avail->flags, 1);
    for (unsigned i = 1; i < CONSOLE_OUT; i++)
        send("x");
    CHECK(console_buffer(&console) == NULL);
    CHECK_EQ(console.out.avail->flags, 0);

    device_answer(&console.out, (uint32_t)device_take(&console.out, &out_seen), 0);
    CHECK(console_buffer(&console) != NULL);
    CHECK_EQ(console.out.avail->flags, 1);
}

TEST(console, gives_the_same_buffer_until_it_is_sent)
{
    void *first;

    console_new();
    first = console_buffer(&console);

    CHECK(console_buffer(&console) == first);
    console_send(&console, 1);
    CHECK(console_buffer(&console) != first);
}

TEST(console, reads_input_in_pieces_and_in_order)
{
    char text[8] = "";

    console_new();
    CHECK_EQ(console_read(&console, text, 4), 0);
    type("abcdef");
    type("gh");
    console_interrupt(&console);

    CHECK_EQ(console_read(&console, text, 4), 4);
    CHECK(memcmp(text, "abcd", 4) == 0);
    CHECK_EQ(console_read(&console, text, 4), 2);
    CHECK_EQ(console_read(&console, text, 4), 2);
    CHECK(memcmp(text, "gh", 2) == 0);
    CHECK_EQ(console_read(&console, text, 4), 0);
}

TEST(console, never_offers_a_buffer_that_holds_unread_input)
{
    char text[8];

    console_new();
    type("one"); /* all buffers are out: */
    type("two");
    console_interrupt(&console);
    CHECK_EQ(console_read(&console, text, 8), 3);
    type("ABC"); /* the first one's buffer */
    console_interrupt(&console);

    CHECK_EQ(console_read(&console, text, 8), 3);
    CHECK(memcmp(text, "two", 3) == 0);
    CHECK_EQ(console_read(&console, text, 8), 3);
    CHECK(memcmp(text, "ABC", 3) == 0);
}

TEST(console, gives_an_empty_input_back_to_the_device)
{
    char text[8];

    console_new();
    for (unsigned i = 0; i < 10; i++) {
        type("");
        console_interrupt(&console);
    }
    type("x");
    console_interrupt(&console);

    CHECK_EQ(console_read(&console, text, 8), 1);
}

TEST(console, drops_output_once_the_device_has_lied)
{
    console_new();
    send("x");
    device_answer(&console.out, 3, 0);
    console_interrupt(&console);

    CHECK(console.broken);
    for (unsigned i = 0; i < 3 * CONSOLE_OUT; i++)
        send("y");
    CHECK(console_idle(&console));
}

TEST(console, takes_no_more_input_than_it_gave_room_for)
{
    int head;

    console_new();
    head = device_take(&console.in, &in_seen);
    device_answer(&console.in, (uint32_t)head, CONSOLE_BYTES + 1);
    console_interrupt(&console);

    CHECK(console.broken);
    CHECK_EQ(console.waiting, 0);
}
