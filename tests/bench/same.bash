# SPDX-License-Identifier: LGPL-2.1-or-later
# The floor is only a floor as long as its container is the one that caisson makes: what a program sees in the one and
# in the other is compared, and nothing is measured while they differ.

LOOK='
cat /proc/self/mountinfo
echo "== status"
grep -E "^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)" /proc/self/status
echo "== namespaces"
for n in /proc/self/ns/*; do ls -l $n | grep -o "[^ ]* -> .*"; done
echo "== devices"
busybox stat -c "%n %A %u:%g %t:%T" /dev/* /dev
echo "== process"
hostname; umask; env | busybox sort; cat /proc/self/limits /proc/self/uid_map /proc/self/oom_score_adj; id; pwd
busybox ip -o link show lo | busybox cut -d ">" -f 1
ls /proc/self/fd | busybox wc -l
busybox cut -d " " -f 4-8 /proc/self/stat
'

# Numbers of mounts, filesystems and namespaces are new each time, and the order of mounts is no matter: a mount is
# named by its place and that of what it is on, a namespace by whether it is the host's.
normalize() {
    local host
    host=$(for n in /proc/self/ns/*; do printf '%s ' "$(readlink "$n")"; done)
    awk -v host="$host" '
        /^== / && !section {
            for (id in line) print line[id], "on", (on[id] in place) ? place[on[id]] : "-" | "sort"
            close("sort")
        }
        /^== / { section = $2 }
        !section {
            id = $1; place[id] = $5; on[id] = $2
            sub(/^0:[0-9]+$/, "0:N", $3)
            $1 = $2 = ""; line[id] = $0; next
        }
        section == "namespaces" && $3 { print $1, index(host, $3 " ") ? "of the host" : "new"; next }
        { print }'
}

# same BUNDLE FLOOR-OPTION...
same() {
    local bundle=$1 side
    shift
    mkdir -p "$out/same"
    rm -rf "$out/same/bundle"
    mkdir "$out/same/bundle"
    jq --arg look "$LOOK" --arg root "$B/$bundle/rootfs" '.process.args = ["/bin/sh", "-c", $look] | .root.path = $root' \
        "$B/$bundle/config.json" >"$out/same/bundle/config.json"
    "${caisson[@]}" run -b "$out/same/bundle" same-$$ </dev/null >"$out/same/$bundle.caisson.raw"
    "${floor[@]}" "$@" "$B/$bundle/rootfs" /bin/sh -c "$LOOK" </dev/null >"$out/same/$bundle.floor.raw"
    for side in floor caisson; do normalize <"$out/same/$bundle.$side.raw" >"$out/same/$bundle.$side"; done
    diff -U 2 "$out/same/$bundle.floor" "$out/same/$bundle.caisson" ||
        die "the floor makes another container of the bundle $bundle than caisson (above: - floor, + caisson)"
}

# As a user without privileges.
same_rootless() {
    local as floor caisson crun runc runtimes
    as_user
    floor=("${as[@]}" "${floor[@]}") caisson=("${as[@]}" "${caisson[@]}")
    same rootless -r
}

check_same() {
    same_rootless
    same plain
    same seccomp -f "$out/filter.bpf"
    same nonet -n
    same userns -u 100000
    same env2000 -e 2000
    same m500 -b "$B/source" -m 500
}
