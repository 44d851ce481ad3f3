/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irq.c - interrupt lines: bound to bits of a notification, acknowledged by the driver.
 *
 *   line       on interrupt           on ack
 *   unbound    stays masked           -
 *   bound      masked, bits signalled unmasked
 *
 * In a measuring run a line with an expectation is never unmasked: its completion is delivered
 * IRQ_LATENCY executed instructions after the first request that was not delivered yet, once
 * the device's 16-bit counter has reached the driver's as it was at the last expectation. The
 * machine idles for it if it is late; that wait is no executed time and leaves the phase of the
 * clock unchanged. While the driver has made requests that it has not stated yet, nothing is
 * delivered: the device may answer them first. So completions land on the same instruction in
 * every run.
 */
#include "irq.h"

#include "cap_ops.h"
#include "frame.h"
#include "ipc.h"

struct irq {
    struct slot target; /* the bound Notification, derived; its badge is the bits */
    struct slot frame;  /* where the counters are, derived: gone when its owner takes the frame */
    uint32_t made;      /* ... where in it the driver counts, in bytes */
    uint32_t answered;  /* ... and the device */
    bool expects;       /* it has had an expectation: never unmasked */
    bool raised;        /* since its driver acknowledged: an edge would not come again */
    uint64_t due;       /* 0 = nothing expected */
    uint16_t stated;    /* requests made, as of the last expectation */
    uint16_t delivered; /* `stated` as it was at the last delivery */
};
static struct irq irqs[IRQ_LINES];
static uint64_t first_due = UINT64_MAX; /* of all lines with an expectation not delivered yet */
static unsigned expecting;              /* only lines below it ever had one */

/* The line holds a child of `from` now. An error leaves what it held. */
static unsigned slot_replace(struct slot *from, struct slot *to, unsigned rights, uint32_t badge)
{
    unsigned err = cap_derive_check(from);

    if (err != ERR_OK)
        return err;
    tree_remove(to); /* no matter if there was none: nothing is derived from it */
    cap_derive_whole(from, to, rights, badge);
    return ERR_OK;
}

/* word: Notification, bits. */
unsigned irq_bind(struct thread *t, struct slot *s, word_t *word)
{
    struct slot *from = cap_lookup(t, (cap_t)word[0]);
    struct irq *irq = &irqs[s->obj];
    unsigned err;

    if (!from)
        return ERR_NO_CAP;
    if (slot_type(from) != OBJ_NOTIFICATION)
        return ERR_WRONG_TYPE;
    if (!(slot_rights(from) & RIGHT_WRITE))
        return ERR_NO_RIGHT;
    if (from->word[0] || !(uint32_t)word[1])
        return ERR_BAD_ARG; /* the bits are stated here, once */
    err = slot_replace(from, &irq->target, RIGHT_WRITE, (uint32_t)word[1]);
    if (err == ERR_OK && !measuring())
        arch_irq_unmask(s->obj);
    return err;
}

unsigned irq_ack(struct slot *s, word_t *word)
{
    word[0] = irqs[s->obj].delivered;
    irqs[s->obj].raised = false;
    if (!slot_empty(&irqs[s->obj].target) && !irqs[s->obj].expects)
        arch_irq_unmask(s->obj);
    return ERR_OK;
}

static uint16_t counter(const struct irq *irq, uint32_t offset)
{
    return *(const volatile uint16_t *)frame_view(&irq->frame, offset, RIGHT_READ);
}

static bool counter_fits(const struct slot *frame, uint64_t offset)
{
    return !(offset & 1) && frame_covers(frame, RIGHT_READ, offset, sizeof(uint16_t));
}

/* word: Frame, offsets of the driver's counter and of the device's. */
unsigned irq_expect(struct thread *t, struct slot *s, word_t *word)
{
    struct slot *frame = cap_lookup(t, (cap_t)word[0]);
    struct irq *irq = &irqs[s->obj];
    unsigned err;

    if (!frame)
        return ERR_NO_CAP;
    if (!counter_fits(frame, word[1]) || !counter_fits(frame, word[2]))
        return ERR_BAD_ARG;
    if (!measuring())
        return ERR_OK;
    if (irq->frame.parent != slot_ref(frame)) {
        err = slot_replace(frame, &irq->frame, RIGHT_READ, 0);
        if (err != ERR_OK)
            return err;
    }
    irq->made = (uint32_t)word[1];
    irq->answered = (uint32_t)word[2];
    irq->stated = counter(irq, irq->made);
    irq->expects = true;
    if (s->obj >= expecting)
        expecting = s->obj + 1;
    if (!irq->due)
        irq->due = now() + IRQ_LATENCY;
    if (irq->due < first_due)
        first_due = irq->due;
    sched_rearm();
    return ERR_OK;
}

static void irq_signal(struct irq *irq)
{
    if (!slot_empty(&irq->target))
        notification_signal(notification_of(&irq->target), irq->target.word[0]);
}

void irq_raise(unsigned line)
{
    if (line >= IRQ_LINES)
        return;
    irqs[line].raised = true;
    if (!(measuring() && irqs[line].expects))
        irq_signal(&irqs[line]);
}

uint64_t irq_due(void)
{
    return first_due;
}

/* Also if nobody can tell any more; so the next. */
static bool reached(const struct irq *irq)
{
    return slot_empty(&irq->frame) ||
           (int16_t)(uint16_t)(counter(irq, irq->answered) - irq->stated) >= 0;
}

static bool all_stated(const struct irq *irq)
{
    return slot_empty(&irq->frame) || counter(irq, irq->made) == irq->stated;
}

/* Idle until the device has come so far, or look again and again once it has interrupted and come
 * less far. None of it is executed time: the alarm, which is set in the machine's time, is set anew
 * afterwards. */
static void irq_await(unsigned line)
{
    uint64_t start = arch_cycles();

    sched_disarm();
    while (!reached(&irqs[line])) {
        arch_irq_unmask(line);
        if (!irqs[line].raised && !reached(&irqs[line]))
            arch_idle();
        arch_poll(); /* takes and masks the line; irq_raise() ignores it */
    }
    arch_irq_mask(line); /* a device may count first and interrupt a little later */
    arch_poll();         /* the controller may still ask for what is masked now */
    arch_align(start);
    cpu.idle += arch_cycles() - start;
}

static void deliver(struct irq *irq, unsigned line)
{
    irq_await(line);
    irq->due = 0;
    irq->delivered = irq->stated;
    irq_signal(irq);
}

/* What is due while its driver states more comes when that is done. */
void irq_deliver_due(void)
{
    if (first_due > now())
        return;
    first_due = UINT64_MAX;
    for (unsigned i = 0; i < expecting; i++) {
        struct irq *irq = &irqs[i];

        if (irq->due > now())
            first_due = irq->due < first_due ? irq->due : first_due;
        else if (irq->due && all_stated(irq))
            deliver(irq, i);
    }
}
