# SPDX-License-Identifier: LGPL-2.1-or-later
# Counting system calls: the kernel's share of a command that no other load changes.

# system_calls FILE COMMAND...: how many the command and what it starts make, up to the exec of the container's program
# (/bin/true), which is no part of the runtime. FILE keeps them all.
system_calls() {
    local file=$1
    shift
    strace -f -o "$file" "$@" >/dev/null 2>"$file.stderr" </dev/null || {
        echo "failed: $(tail -n 1 "$file.stderr")"
        return 1
    }
    awk '
        $2 ~ /^(<\.\.\.|\+\+\+|---)/ || $1 in gone { next }
        { calls++ }
        /execve\("\/bin\/true"/ { gone[$1] }
        END { print calls }' "$file"
}
