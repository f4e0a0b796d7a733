# SPDX-License-Identifier: LGPL-2.1-or-later
# What the compiler and the linker put between a mistake and its use: that it is in the programs that were built.
# also: user

setup() {
    CAISSON=${CAISSON:-$BATS_TEST_DIRNAME/../../build/caisson}
    INIT=$(dirname "$CAISSON")/caisson-init HELPER=$(dirname "$CAISSON")/caisson-systemd
    command -v readelf >/dev/null && command -v objdump >/dev/null || skip "needs binutils"
}

# need PROGRAM: skips the test where there is none to look at, as beside a program that is installed
need() {
    [ -r "$1" ] || skip "no $1 beside the program"
}

x86_64() {
    [ "$(uname -m)" = x86_64 ] || skip "knows the instructions of x86-64 alone"
}

# Address sanitizer's build has what it needs in its place.
no_sanitizer() {
    ! nm "$CAISSON" 2>/dev/null | grep -q __asan_init || skip "a build with sanitizers"
}

# segments PROGRAM: type and flags of each
segments() {
    readelf -lW "$1" | awk '$1 ~ /^(LOAD|GNU_STACK|GNU_RELRO)$/ { flags = ""; for (i = 7; i < NF; i++) flags = flags $i; print $1, flags }'
}

# is_static PROGRAM
is_static() {
    ! readelf -dW "$1" | grep -q NEEDED
}

# code PROGRAM [FUNCTION]: its instructions
code() {
    objdump -d --no-show-raw-insn ${2:+"--disassemble=$2"} "$1"
}

# lacks REGEX: of what it reads. (A negated command would end no test.)
lacks() {
    ! grep -E "$1"
}

@test "no program has a stack that can be executed, or memory that can be written and executed" {
    local program
    need "$INIT"
    for program in "$CAISSON" "$INIT" "$INIT-process" "$HELPER"; do
        [ -r "$program" ] || continue
        echo "$program: $(segments "$program")"
        [ "$(segments "$program" | grep -c '^GNU_STACK RW$')" = 1 ]
        segments "$program" | lacks '^LOAD .*WE'
    done
}

@test "what is constant once a program has started is read-only, and nothing is bound later" {
    local program
    no_sanitizer
    for program in "$CAISSON" "$HELPER"; do
        [ -r "$program" ] || continue
        echo "$program: $(segments "$program")"
        segments "$program" | grep -q '^GNU_RELRO R$'
        is_static "$program" || readelf -dW "$program" | grep -qE 'BIND_NOW|NOW'
        readelf -dW "$program" | lacks TEXTREL
    done
}

@test "constants are not code: apart from the init, whose 1.2 KiB of them would take pages of their own" {
    local program
    no_sanitizer
    for program in "$CAISSON" "$HELPER"; do
        [ -r "$program" ] || continue
        # The segment with the code holds no constants: the sections of each segment stand below the segments.
        readelf -lW "$program" | grep -E '^ +[0-9]+ .*[.]text' >"$BATS_TEST_TMPDIR/sections"
        cat "$BATS_TEST_TMPDIR/sections"
        [ -s "$BATS_TEST_TMPDIR/sections" ]
        lacks '[.](rodata|eh_frame)' <"$BATS_TEST_TMPDIR/sections"
        [ "$(segments "$program" | grep -c '^LOAD RE$')" = 1 ]
    done
}

# The C library has some of these of its own: they are looked for in functions of ours, and counted in the init.
@test "functions with arrays look whether their return address is still there" {
    x86_64
    need "$INIT"
    code "$CAISSON" seccomp_architecture_token | grep '%fs:0x28'
    echo "init: $(code "$INIT" | grep -c '%fs:0x28')"
    [ "$(code "$INIT" | grep -c '%fs:0x28')" -ge 60 ]
    [ ! -r "$HELPER" ] || nm -D "$HELPER" | grep __stack_chk_fail
}

@test "large arrays on the stack are touched page by page" {
    x86_64
    no_sanitizer
    need "$INIT"
    local touch='or[ql]? +\$0x0,(0x0)?\(%rsp\)'
    code "$CAISSON" caisson_create | grep -E "$touch"
    code "$INIT" | grep -E "$touch"
}

@test "copies are checked where glibc is linked, which has the functions for it; musl has not" {
    no_sanitizer
    need "$HELPER"
    nm -D "$HELPER" | grep -q '__v\?snprintf_chk'
    nm "$CAISSON" | grep -q libc_start_main_stage2 || nm "$CAISSON" | grep -q '__memcpy_chk'
}

@test "the helper of the systemd driver lies at another place each time, and marks where jumps may lead" {
    need "$HELPER"
    readelf -hW "$HELPER" | grep -q 'DYN'
    x86_64
    code "$HELPER" | grep -q endbr64
}

@test "the init fits into 64 KiB, and that for processes into four pages with a plan" {
    need "$INIT"
    [ "$(stat -c %s "$INIT.cut")" -le 65536 ]
    [ "$(stat -c %s "$INIT-process.cut")" -le 15600 ]
}

@test "what is carried of the init is the file that was built, as far as the kernel loads it" {
    need "$INIT"
    local program offset length end
    for program in "$INIT" "$INIT-process"; do
        read -r offset length < <(readelf -lW "$program" | awk '$1 == "LOAD" { print $2, $5 }' | tail -1)
        end=$((offset + length))
        [ "$(stat -c %s "$program.cut")" = "$end" ]
        cmp -n "$end" "$program" "$program.cut"
    done
}
