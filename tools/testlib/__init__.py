# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of tools/test: what a test is, and one module for each kind of them."""
