/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The programs that linux.seccomp is compiled to are run, system call by system call, against what the profile says
 * in plain words, and against the program that libseccomp makes of the same profile.
 */
#include "seccomp_probes.h"

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
        ask_libseccomp(&s);
        probe_rules(&s);
        probe_everywhere(&s);
        ask_everything(&s);
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

/* The filters that docker, podman, buildah and containerd really ask for, each once. */
static void each_client(void (*check)(struct subject *s))
{
    DIR *directory = opendir(TEST_DATA "/configs");
    uint64_t sums[256];
    size_t found = 0;

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
        if (is_new(sums, &found, &s.filter))
            check(&s);
    }
    closedir(directory);
    assert_true(found >= 3);
}

static void check_client(struct subject *s)
{
    ask_libseccomp(s);
    probe_rules(s);
    probe_everywhere(s);
    ask_everything(s);
}

static void test_clients(void **state)
{
    (void)state;
    each_client(check_client);
}

/* ---- a program with one wrong instruction ---- */

static bool is_noticed(struct subject *s, size_t i, struct sock_filter wrong)
{
    struct sock_filter right = s->filter.code[i];

    s->counts = true;
    s->differences = 0;
    s->filter.code[i] = wrong;
    ask_everything(s);
    s->filter.code[i] = right;
    return s->differences > 0;
}

/*
 * @return whether two rules say the same of one system call under conditions on different arguments that both hold for
 * most values: a mistake in the one is made good by the other.
 */
static bool overlaps(const struct spec_seccomp *seccomp)
{
    for (size_t i = 0; i < seccomp->syscalls.count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct spec_seccomp_rule *x = &seccomp->syscalls.items[i], *y = &seccomp->syscalls.items[k];

            if (strcmp(x->names.items[0], y->names.items[0]) == 0 && x->action == y->action &&
                x->args.count && y->args.count && x->args.items[0].op == SPEC_CMP_NE &&
                y->args.items[0].op == SPEC_CMP_NE)
                return true;
        }
    return false;
}

/* Jumps the wrong way, compares with the next number, loads the next word, answers something else. */
static void check_mutants(struct subject *s)
{
    if (overlaps(s->seccomp))
        return;
    probe_rules(s);
    for (size_t i = 0; i < s->filter.length; i++) {
        struct sock_filter next = s->filter.code[i], swapped = next;
        bool jumps = BPF_CLASS(next.code) == BPF_JMP && BPF_OP(next.code) != BPF_JA;

        next.k += BPF_CLASS(next.code) == BPF_LD ? 4 : 1;
        swapped.jt = next.jf;
        swapped.jf = next.jt;
        if (!is_noticed(s, i, next) || (jumps && !is_noticed(s, i, swapped)))
            fail_msg("%s: nobody noticed that instruction %zu of %zu is wrong: %#x %#x", s->name, i,
                     s->filter.length, next.code, next.k);
    }
}

static void test_mutants(void **state)
{
    (void)state;
    each_client(check_mutants);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_mutants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
