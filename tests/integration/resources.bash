# SPDX-License-Identifier: LGPL-2.1-or-later
# For the tests of cgroups: limits into config.json, and what the kernel's files say then. Load it behind helpers.

setup() {
    common_setup
    need_cgroup
}

# resources JSON: linux.resources of config.json
resources() {
    config '.linux.resources = $r' --argjson r "$1"
}

# value FILE: of the container's cgroup, without the blanks that the kernel ends the lines of rdma.max with
value() {
    sed 's/ *$//' "$CGROUP/$1"
}

# field FILE KEY: the number behind KEY in a file of "KEY NUMBER" lines
field() {
    awk -v key="$2" '$1 == key {print $2}' "$CGROUP/$1"
}

# grown FILE KEY NUMBER: whether the number behind KEY is NUMBER or more
grown() {
    [ "$(field "$1" "$2")" -ge "$3" ]
}

# refused JSON PART...: create fails and says each part; nothing is left
refused() {
    resources "$1"
    shift
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "$@"
    [ ! -d "$CGROUP" ]
}

# rows: lines "RESOURCES | FILE | VALUE" on standard input; each in a container of its own.
rows() {
    local json file expected
    while IFS='|' read -r json file expected; do
        file=${file// /} expected=${expected# }
        resources "$json"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        succeeds || {
            echo "in: $json"
            return 1
        }
        is "$(value "$file")" "$expected" || {
            echo "in $file for: $json"
            return 1
        }
        caisson delete --force "$ID"
    done
}
