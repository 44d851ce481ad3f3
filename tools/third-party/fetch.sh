#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fetch.sh PACKAGE FOLDER - download a Debian source package into FOLDER, once.
#
# The system's own apt configuration stays as it is: Debian's entries of it are copied
# into a private one as source entries. A machine may have them in one-line form, in
# deb822 form, or both. Prints the path of the package's .dsc.
set -euo pipefail

package=$1
folder=$(mkdir -p "$2" && cd "$2" && pwd)

newest() {
    find "$folder" -maxdepth 1 -name "${package}_*.dsc" | sort -V | tail -n 1
}

# The entries of this release, other vendors' left out.
private_sources() {
    local release=$1 file name
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$file" ] || continue
        name=$(basename "$file")
        awk -v release="$release" '$1 == "deb" {
            for (i = 2; i <= NF; i++)
                if ($i == release || index($i, release "-") == 1) { $1 = "deb-src"; print; next }
        }' "$file" | sort -u >"$folder/apt/parts/$name"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] || continue
        grep -qE "^Suites:(.*[[:space:]])?$release([-/[:space:]]|\$)" "$file" || continue
        sed 's/^Types:.*/Types: deb-src/' "$file" >"$folder/apt/parts/$(basename "$file")"
    done
}

if [ -z "$(newest)" ]; then
    echo "  FETCH	Debian source package $package" >&2
    mkdir -p "$folder"/apt/{parts,lists/partial,cache}
    # shellcheck source=/dev/null
    private_sources "$(. /etc/os-release && echo "$VERSION_CODENAME")"
    options=(-q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/apt/parts"
        -o "Dir::State::lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache"
        -o APT::Sandbox::User=root)
    log=$folder/$package.log
    # An entry that cannot be refreshed is no reason to stop: the next line tells.
    apt-get "${options[@]}" update >"$log" 2>&1 || true
    if ! (cd "$folder" && apt-get "${options[@]}" source --download-only "$package") >>"$log" 2>&1; then
        echo "fetch: no Debian source package $package; the end of $log:" >&2
        tail -n 5 "$log" >&2
        exit 1
    fi
fi
newest
