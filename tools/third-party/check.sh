#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check.sh FILE COUNT PATTERN - fail unless a changed source has COUNT lines like PATTERN.
set -euo pipefail

found=$(grep -cE -- "$3" "$1" || true)
if [ "$found" -ne "$2" ]; then
    echo "third-party: $1 has $found lines like '$3', not $2: the package has changed" >&2
    exit 1
fi
