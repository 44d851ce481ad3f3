# SPDX-License-Identifier: GPL-2.0-or-later
"""Manual pages out of the headers that define an interface."""
