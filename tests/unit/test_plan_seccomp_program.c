/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The programs that linux.seccomp is compiled to are run, system call by system call, against what the profile says
 * in plain words, and against the program that libseccomp makes of the same profile.
 */
#include "seccomp_subject.h"

#include <dirent.h>

#include "base/file.h"

/* ---- profiles ---- */

/* JSON in single quotes. Rules about one system call do not contradict each other. */
static const char *const profiles[] = {
    "'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['read','write','close'],'action':'SCMP_ACT_ALLOW'"
    "}]",
    "'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38,'architectures':['SCMP_ARCH_X86_64','SCMP_ARCH_"
    "X86',"
    "'SCMP_ARCH_X32'],'syscalls':[{'names':['read','socket','shmget','bind','nosuchcall','statx'],"
    "'action':'SCMP_ACT_ALLOW'},{'names':['connect','semop'],'action':'SCMP_ACT_ALLOW','args':[{'index':1,'"
    "value':5,"
    "'op':'SCMP_CMP_EQ'}]}]",
    "'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['kexec_load'],'action':'SCMP_ACT_ERRNO','"
    "errnoRet':13},"
    "{'names':['reboot'],'action':'SCMP_ACT_KILL_PROCESS'},{'names':['ptrace'],'action':'SCMP_ACT_TRAP'},"
    "{'names':['acct'],'action':'SCMP_ACT_LOG'},{'names':['mount'],'action':'SCMP_ACT_TRACE','errnoRet':77},"
    "{'names':['umount2'],'action':'SCMP_ACT_KILL'},{'names':['swapon'],'action':'SCMP_ACT_KILL_THREAD'}]",
    "'defaultAction':'SCMP_ACT_KILL','architectures':['SCMP_ARCH_AARCH64'],'syscalls':[{'names':['exit_group'"
    "],"
    "'action':'SCMP_ACT_ALLOW'}]",
    "'defaultAction':'SCMP_ACT_KILL_PROCESS','syscalls':[{'names':['personality'],'action':'SCMP_ACT_ALLOW','"
    "args':["
    "{'index':0,'value':0,'op':'SCMP_CMP_EQ'}]},{'names':['personality'],'action':'SCMP_ACT_ALLOW','args':["
    "{'index':0,'value':4294967295,'op':'SCMP_CMP_EQ'}]}]",
    "'defaultAction':'SCMP_ACT_ERRNO','architectures':['SCMP_ARCH_X86'],'syscalls':[{'names':['clone'],"
    "'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':2114060288,'valueTwo':0,'op':'SCMP_CMP_MASKED_EQ'}]"
    "}]",
    /* each operator, with values in both halves of 64 bits */
    "'defaultAction':'SCMP_ACT_ERRNO','syscalls':["
    "{'names':['read'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':4294967301,'op':'SCMP_CMP_NE'}]},"
    "{'names':['write'],'action':'SCMP_ACT_ALLOW','args':[{'index':1,'value':4294967301,'op':'SCMP_CMP_LT'}]}"
    ","
    "{'names':['open'],'action':'SCMP_ACT_ALLOW','args':[{'index':2,'value':4294967301,'op':'SCMP_CMP_LE'}]},"
    "{'names':['close'],'action':'SCMP_ACT_ALLOW','args':[{'index':3,'value':4294967301,'op':'SCMP_CMP_EQ'}]}"
    ","
    "{'names':['stat'],'action':'SCMP_ACT_ALLOW','args':[{'index':4,'value':4294967301,'op':'SCMP_CMP_GE'}]},"
    "{'names':['fstat'],'action':'SCMP_ACT_ALLOW','args':[{'index':5,'value':4294967301,'op':'SCMP_CMP_GT'}]}"
    ","
    "{'names':['lstat'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':1095216660735,'valueTwo':"
    "1095216660480,"
    "'op':'SCMP_CMP_MASKED_EQ'}]},"
    "{'names':['poll'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':9223372036854775808,'op':'SCMP_"
    "CMP_LT'}]},"
    "{'names':['lseek'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':0,'op':'SCMP_CMP_GT'}]},"
    "{'names':['mmap'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':18446744073709551615,"
    "'op':'SCMP_CMP_GE'}]}]",
    /* several arguments at once */
    "'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['socket'],'action':'SCMP_ACT_ALLOW','args':["
    "{'index':2,'value':9,'op':'SCMP_CMP_NE'},{'index':0,'value':16,'op':'SCMP_CMP_EQ'},"
    "{'index':1,'value':3,'op':'SCMP_CMP_LE'}]}]",
    /* what goes through socketcall(2) and ipc(2) of 32 bits: the first argument is the call's number there */
    "'defaultAction':'SCMP_ACT_ERRNO','architectures':['SCMP_ARCH_X86'],'syscalls':[{'names':['socket','"
    "semget'],"
    "'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':16,'op':'SCMP_CMP_EQ'},{'index':1,'value':1,"
    "'op':'SCMP_CMP_EQ'}]},{'names':['accept','msgrcv'],'action':'SCMP_ACT_LOG'}]",
    "'defaultAction':'SCMP_ACT_TRACE','syscalls':[{'names':['read'],'action':'SCMP_ACT_ALLOW'}]",
    "'defaultAction':'SCMP_ACT_LOG'",
    "'defaultAction':'SCMP_ACT_TRAP','syscalls':[]",
};

static const struct spec *profile_spec(struct arena *arena, const char *profile)
{
    return plan_config(arena, arena_format(arena, "'linux':{'seccomp':{%s}}", profile));
}

static void test_profiles(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        _cleanup_subject_ struct subject s = {0};

        prepare(&s, profile_spec(&s.arena, profiles[i]), profiles[i]);
        compare_all(&s, profiles[i]);
        check_meaning(&s, profiles[i], AUDIT_ARCH_X86_64);
    }
}

/* Many clients ask for the same: a sum over the program tells them apart. */
static bool is_new(uint64_t *sums, size_t *count, const struct plan_filter *filter)
{
    const unsigned char *bytes = (const unsigned char *)filter->code;
    uint64_t sum = 0xcbf29ce484222325u;

    for (size_t i = 0; i < filter->length * sizeof *filter->code; i++)
        sum = (sum ^ bytes[i]) * 0x100000001b3u;
    for (size_t i = 0; i < *count; i++)
        if (sums[i] == sum)
            return false;
    sums[(*count)++] = sum;
    return true;
}

/* The filters that docker, podman, buildah and containerd really ask for. */
static void test_clients(void **state)
{
    DIR *directory = opendir(TEST_DATA "/configs");
    uint64_t sums[256];
    size_t found = 0;

    (void)state;
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        _cleanup_subject_ struct subject s = {0};
        struct caisson_error err = {0};
        const struct spec *spec;
        size_t length;
        char *text;

        if (!strstr(entry->d_name, ".json") || strstr(entry->d_name, "process"))
            continue;
        text = file_read(&s.arena, dirfd(directory), entry->d_name, SPEC_SIZE_LIMIT, &length, &err);
        spec = text ? spec_parse(&s.arena, entry->d_name, text, length, NULL, NULL, &err) : NULL;
        if (!spec || !spec->linux_->seccomp || spec->linux_->seccomp->syscalls.count < 3)
            continue;
        assert_true(found < sizeof sums / sizeof sums[0]);
        prepare(&s, spec, entry->d_name);
        if (!is_new(sums, &found, &s.filter))
            continue;
        compare_all(&s, entry->d_name);
        check_meaning(&s, entry->d_name, AUDIT_ARCH_X86_64);
    }
    closedir(directory);
    assert_true(found >= 3);
}

/* ---- profiles that nobody wrote ---- */

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void add_random_rule(struct strbuf *text, uint64_t *seed, const char *call, unsigned part)
{
    static const char *const operators[] = {"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};
    unsigned args = (unsigned)(next_random(seed) % 4);

    strbuf_format(text, "%s{'names':['%s'],'action':'SCMP_ACT_%s','args':[", part ? "," : "", call,
                  next_random(seed) % 4 ? "ALLOW" : "LOG");
    for (unsigned i = 0; i < args; i++) {
        uint64_t mask = next_random(seed) % 3 ? 0xff : 0xffff00ff00ffull;

        strbuf_format(text, "%s{'index':%u,'value':%llu,'valueTwo':%llu,'op':'SCMP_CMP_%s'}", i ? "," : "",
                      i * 2, (unsigned long long)(next_random(seed) & mask),
                      (unsigned long long)(next_random(seed) & mask), operators[next_random(seed) % 7]);
    }
    strbuf_text(text, "]}");
}

/*
 * One rule for each system call, so that there is one right answer. libseccomp cannot be asked: of profiles with as
 * many conditions as these, version 2.5.4 makes programs that say something else than its own pseudo code.
 */
static void test_random_profiles(void **state)
{
    static const char *const calls[] = {"read",   "write", "open",    "close", "stat",
                                        "socket", "mmap",  "ioctl",   "bind",  "shmget",
                                        "accept", "clone", "connect", "statx", "clone3"};
    uint64_t seed = 0x853c49e6748fea9bull;

    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        _cleanup_subject_ struct subject s = {0};
        struct strbuf text = STRBUF(&s.arena);
        size_t first = next_random(&seed) % 8;

        strbuf_text(&text, "'defaultAction':'SCMP_ACT_ERRNO','architectures':['SCMP_ARCH_X86'],'syscalls':[");
        for (size_t n = first; n < sizeof calls / sizeof calls[0]; n++)
            add_random_rule(&text, &seed, calls[n], (unsigned)(n - first));
        strbuf_char(&text, ']');
        prepare(&s, profile_spec(&s.arena, strbuf_string(&text)), strbuf_string(&text));
        check_meaning(&s, strbuf_string(&text), AUDIT_ARCH_X86_64);
        check_meaning(&s, strbuf_string(&text), AUDIT_ARCH_I386);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_random_profiles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
