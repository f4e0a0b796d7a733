# SPDX-License-Identifier: LGPL-2.1-or-later
# For run-file: the user without privileges that it makes, and a cgroup that is theirs.

# become_user UID: root calls it in a mount namespace of its own. Sets $AS_USER to what runs a command as that user, who
# gets a name and 65536 more ids, in files that no other process sees.
become_user() {
    local file made
    for file in passwd group subuid subgid; do
        made=$(mktemp)
        grep -v '^caissontest:' "/etc/$file" >"$made" || :
        case $file in
        passwd) echo "caissontest:x:$1:$1::/tmp:/bin/sh" >>"$made" ;;
        group) echo "caissontest:x:$1:" >>"$made" ;;
        *) echo "caissontest:1000000:65536" >>"$made" ;;
        esac
        chmod 644 "$made"
        mount --bind "$made" "/etc/$file"
        rm "$made"
    done
    AS_USER=(setpriv --reuid "$1" --regid "$1" --clear-groups --inh-caps=-all env --unset=XDG_RUNTIME_DIR HOME=/tmp)
}

# cgroup_mount: where cgroup v2 is
cgroup_mount() {
    awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) == "cgroup2") last = $5 } END { print last }' /proc/self/mountinfo
}

# delegate_cgroup DIR UID: makes the cgroup DIR for the user's tests, and DIR/tests for the calling shell: cgroup v2
# gives controllers to the cgroups below an empty one only.
delegate_cgroup() {
    mkdir -p "$1/tests"
    chown "$2" "$1" "$1"/cgroup.{procs,threads,subtree_control} "$1/tests" "$1"/tests/cgroup.{procs,threads}
    echo 0 >"$1/tests/cgroup.procs"
}

# remove_cgroup DIR: with what is left in it
remove_cgroup() {
    local i
    echo 1 >"$1/cgroup.kill"
    for ((i = 0; i < 100; i++)); do
        find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || :
        [ -d "$1" ] || return 0
        sleep 0.05
    done
    echo "tests/integration/run-file: cannot remove $1" >&2
}
