# SPDX-License-Identifier: LGPL-2.1-or-later
# Counting system calls: the kernel's share of a command that no other load changes.

# system_calls FILE COMMAND...: how many the command and what it starts make, up to the exec of the container's program
# (/bin/true), which is no part of the runtime, or to the end of the command, whose container may wait on. FILE keeps all.
system_calls() {
    local file=$1 tracer first='' status limit=$((SECONDS + 60))
    shift
    strace -I 2 -f -o "$file" "$@" >/dev/null 2>"$file.stderr" </dev/null &
    tracer=$!
    while kill -0 $tracer 2>/dev/null && [ $SECONDS -lt $limit ]; do
        if [ -z "$first" ]; then
            first=$(tracee $tracer)
        elif [ ! -d "/proc/$first" ]; then
            break
        fi
        sleep 0.01
    done
    kill $tracer 2>/dev/null || : # it lets go of those that are left, and writes the rest of its file
    wait $tracer 2>/dev/null || :
    first=$(head -n 1 "$file" | cut -d ' ' -f 1)
    status=$(sed -n "s/^${first:-none} *+++ exited with \([0-9]*\) +++$/\1/p" "$file")
    [ "$status" = 0 ] || {
        echo "failed: $(tail -n 1 "$file.stderr")"
        return 1
    }
    awk '
        $2 ~ /^(<\.\.\.|\+\+\+|---)/ || $1 in gone { next }
        { calls++ }
        /execve\("\/bin\/true"/ { gone[$1] }
        END { print calls }' "$file"
}

# tracee PID: the child of a strace that is the command, not one of strace's own
tracee() {
    local child name
    for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
        { read -r name <"/proc/$child/comm"; } 2>/dev/null && [ "$name" != strace ] && echo "$child"
    done
    :
}
