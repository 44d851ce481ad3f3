/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gic.h - registers of the generic interrupt controller, version 2, by words: the distributor's
 * and one processor's interface.
 */
#ifndef ARCH_GIC_H
#define ARCH_GIC_H

#define GIC_LINES_MAX 1020u /* numbers from here on say that nothing is pending */
#define GIC_SHARED    32u   /* the first line that is no processor's own */
#define GIC_PRIVATE   16u   /* the first of those that devices of one processor have */

#define GICD_CTLR       (0x000 / 4)
#define GICD_TYPER      (0x004 / 4)
#define GICD_ISENABLER  (0x100 / 4) /* a bit a line */
#define GICD_ICENABLER  (0x180 / 4)
#define GICD_IPRIORITYR (0x400 / 4) /* a byte a line */
#define GICD_ITARGETSR  (0x800 / 4) /* a byte a line; of the first what this processor is */
#define GICD_ICFGR      (0xc00 / 4) /* two bits a line; the upper: edges */

#define GICC_CTLR (0x00 / 4)
#define GICC_PMR  (0x04 / 4)
#define GICC_IAR  (0x0c / 4)
#define GICC_EOIR (0x10 / 4)

#endif
