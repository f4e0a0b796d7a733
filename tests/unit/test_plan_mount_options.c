/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mounts[].options: what each option does, alone and after others. */
#include "plan_config.h"

#include <stdio.h>

#include "plan/mount_options.h"
#include "sys/mount.h"

static int parse(struct arena *arena, const char *options, struct mount_options *result,
                 struct caisson_error *err)
{
    struct strbuf text = STRBUF(arena);
    const struct spec *spec;

    strbuf_text(&text, "'mounts':[{'destination':'/x','type':'tmpfs','source':'y','options':[");
    for (const char *p = options; *p;) {
        size_t n = strcspn(p, " ");

        strbuf_format(&text, "%s'%.*s'", p == options ? "" : ",", (int)n, p);
        p += n + (p[n] == ' ');
    }
    strbuf_text(&text, "]}]");
    spec = plan_config(arena, strbuf_string(&text));
    return mount_options_parse(arena, spec, &spec->mounts.items[0], "/mounts/0", result, err);
}

/* The result as text: what is 0 or false is left out. */
static const char *describe(struct arena *arena, const struct mount_options *o)
{
    const struct {
        const char *name;
        uint64_t value;
    } members[] = {
        {"bind", o->bind},
        {"recursive", o->recursive},
        {"remount", o->remount},
        {"copy_up", o->copy_up},
        {"idmap", o->idmap},
        {"idmap_recursive", o->idmap_recursive},
        {"source_nofollow", o->source_nofollow},
        {"dest_nofollow", o->dest_nofollow},
        {"copy_symlink", o->copy_symlink},
        {"set", o->attr_set},
        {"clear", o->attr_clear},
        {"rset", o->attr_set_recursive},
        {"rclear", o->attr_clear_recursive},
        {"propagation", o->propagation},
        {"rpropagation", o->propagation_recursive},
        {"classic", o->classic_flags},
        {"superblock_readonly", o->superblock_readonly},
        {"has_data", o->has_data},
        {"long_value", o->long_value},
        {"needs_classic", o->needs_classic},
    };
    struct strbuf text = STRBUF(arena);

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (members[i].value)
            strbuf_format(&text, " %s=%#llx", members[i].name, (unsigned long long)members[i].value);
    for (size_t i = 0; i < o->parameters.count; i++)
        strbuf_format(&text, " <%s%s%s>", o->parameters.items[i].key,
                      *o->parameters.items[i].value ? "=" : "", o->parameters.items[i].value);
    if (*o->data)
        strbuf_format(&text, " data:%s", o->data);
    return strbuf_string(&text) + (text.length > 0);
}

struct sample {
    const char *options;
    const char *result;
};

static void check(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        _cleanup_arena_ struct arena arena = {0};
        struct caisson_error err = {0};
        struct mount_options options;

        if (parse(&arena, samples[i].options, &options, &err) < 0)
            fail_msg("%s: %s", samples[i].options, err.message);
        if (strcmp(describe(&arena, &options), samples[i].result) != 0)
            fail_msg("'%s'\n  gives    %s\n  expected %s", samples[i].options, describe(&arena, &options),
                     samples[i].result);
    }
}

#define CHECK(samples) check((samples), sizeof(samples) / sizeof((samples)[0]))

/* Numbers are the kernel's: MOUNT_ATTR_* (set, clear), MS_* (classic, propagation). */
static const struct sample alone[] = {
    {"async", ""},
    {"atime", "clear=0x70 classic=0x200000"},
    {"bind", "bind=0x1"},
    {"copy-symlink", "copy_symlink=0x1"},
    {"defaults", ""},
    {"dest-nofollow", "dest_nofollow=0x1"},
    {"dev", "clear=0x4"},
    {"diratime", "clear=0x80"},
    {"dirsync", "classic=0x80 <dirsync>"},
    {"exec", "clear=0x8"},
    {"idmap", "idmap=0x1"},
    {"iversion", "classic=0x800000 needs_classic=0x1"},
    {"lazytime", "classic=0x2000000 <lazytime>"},
    {"loud", ""},
    {"mand", "classic=0x40 <mand>"},
    {"noatime", "set=0x10 clear=0x70 classic=0x400"},
    {"nodev", "set=0x4 classic=0x4"},
    {"nodiratime", "set=0x80 classic=0x800"},
    {"noexec", "set=0x8 classic=0x8"},
    {"noiversion", ""},
    {"nolazytime", ""},
    {"nomand", ""},
    {"norelatime", ""},
    {"nostrictatime", "clear=0x70 classic=0x200000"},
    {"nosuid", "set=0x2 classic=0x2"},
    {"nosymfollow", "set=0x200000 classic=0x100"},
    {"private", "propagation=0x40000"},
    {"rasync", ""},
    {"ratime", "rclear=0x70"},
    {"rbind", "bind=0x1 recursive=0x1"},
    {"rdev", "rclear=0x4"},
    {"rdiratime", "rclear=0x80"},
    {"rdirsync", "classic=0x80 <dirsync>"},
    {"relatime", "clear=0x70 classic=0x200000"},
    {"remount", "remount=0x1"},
    {"rexec", "rclear=0x8"},
    {"ridmap", "idmap=0x1 idmap_recursive=0x1"},
    {"rmand", "classic=0x40 <mand>"},
    {"rnoatime", "rset=0x10 rclear=0x70"},
    {"rnodev", "rset=0x4"},
    {"rnodiratime", "rset=0x80"},
    {"rnoexec", "rset=0x8"},
    {"rnomand", ""},
    {"rnorelatime", ""},
    {"rnostrictatime", "rclear=0x70"},
    {"rnosuid", "rset=0x2"},
    {"rnosymfollow", "rset=0x200000"},
    {"ro", "set=0x1 classic=0x1 superblock_readonly=0x1 <ro>"},
    {"rprivate", "rpropagation=0x40000"},
    {"rrelatime", "rclear=0x70"},
    {"rro", "rset=0x1"},
    {"rrw", "rclear=0x1"},
    {"rshared", "rpropagation=0x100000"},
    {"rslave", "rpropagation=0x80000"},
    {"rstrictatime", "rset=0x20 rclear=0x70"},
    {"rsuid", "rclear=0x2"},
    {"rsymfollow", "rclear=0x200000"},
    {"rsync", "classic=0x10 <sync>"},
    {"runbindable", "rpropagation=0x20000"},
    {"rw", "clear=0x1"},
    {"shared", "propagation=0x100000"},
    {"silent", "classic=0x8000"},
    {"slave", "propagation=0x80000"},
    {"src-nofollow", "source_nofollow=0x1"},
    {"strictatime", "set=0x20 clear=0x70 classic=0x1000000"},
    {"suid", "clear=0x2"},
    {"symfollow", "clear=0x200000"},
    {"sync", "classic=0x10 <sync>"},
    {"tmpcopyup", "copy_up=0x1"},
    {"unbindable", "propagation=0x20000"},
};

static void test_each_alone(void **state)
{
    (void)state;
    CHECK(alone);
}

/* The table above has every option, once; the table in the source can be searched by halves. */
static void test_all_are_there(void **state)
{
    size_t count = sizeof alone / sizeof alone[0];
    unsigned i;

    (void)state;
    for (i = 0; mount_options_name(i); i++) {
        assert_true(i < count);
        assert_string_equal(mount_options_name(i), alone[i].options);
        if (i > 0)
            assert_true(strcmp(mount_options_name(i - 1), mount_options_name(i)) < 0);
    }
    assert_int_equal(i, count);
}

static const struct sample later_wins[] = {
    {"ro rw", "clear=0x1"},
    {"rw ro", "set=0x1 classic=0x1 superblock_readonly=0x1 <ro>"},
    {"nosuid suid nosuid", "set=0x2 classic=0x2"},
    {"nosuid suid", "clear=0x2"},
    {"noatime strictatime", "set=0x20 clear=0x70 classic=0x1000000"},
    {"strictatime noatime", "set=0x10 clear=0x70 classic=0x400"},
    {"noatime relatime", "clear=0x70 classic=0x200000"},
    {"noatime atime", "clear=0x70 classic=0x200000"},
    /* what takes away a value that was not chosen leaves the one that was */
    {"strictatime atime", "set=0x20 clear=0x70 classic=0x1000000"},
    {"noatime nostrictatime", "set=0x10 clear=0x70 classic=0x400"},
    {"noatime norelatime", "set=0x10 clear=0x70 classic=0x400"},
    {"noatime nodiratime", "set=0x90 clear=0x70 classic=0xc00"},
    {"nodiratime diratime", "clear=0x80"},
    {"sync async", ""},
    {"lazytime nolazytime lazytime", "classic=0x2000000 <lazytime>"},
    {"iversion noiversion", ""},
    {"silent loud", ""},
    {"shared private", "propagation=0x40000"},
    /* the recursive form covers the mount itself */
    {"ro rrw", "rclear=0x1 classic=0x1 superblock_readonly=0x1 <ro>"},
    {"rro rw", "clear=0x1 rset=0x1"},
    {"nosuid rsuid", "rclear=0x2"},
    {"noatime rstrictatime", "rset=0x20 rclear=0x70"},
    {"rnoatime strictatime", "set=0x20 clear=0x70 rset=0x10 rclear=0x70 classic=0x1000000"},
    {"shared rprivate", "rpropagation=0x40000"},
    {"rshared private", "propagation=0x40000 rpropagation=0x100000"},
    {"defaults nosuid defaults", "set=0x2 classic=0x2"},
};

static void test_later_wins(void **state)
{
    (void)state;
    CHECK(later_wins);
}

static const struct sample data[] = {
    {"nosuid mode=755 size=65536k",
     "set=0x2 classic=0x2 has_data=0x1 <mode=755> <size=65536k> data:mode=755,size=65536k"},
    {"mode=755,size=65536k", "has_data=0x1 <mode=755> <size=65536k> data:mode=755,size=65536k"},
    {"newinstance gid=5", "has_data=0x1 <newinstance> <gid=5> data:newinstance,gid=5"},
    {"a=b=c", "has_data=0x1 <a=b=c> data:a=b=c"},
    {"ro noswap", "set=0x1 classic=0x1 superblock_readonly=0x1 has_data=0x1 <noswap> <ro> data:noswap"},
    /* what a parameter cannot say goes to mount(2) */
    {"key=", "has_data=0x1 needs_classic=0x1 <key> data:key="},
    {"=value", "has_data=0x1 needs_classic=0x1 <=value> data:=value"},
    {"lowerdir=/a\\\\,b:/c", "has_data=0x1 needs_classic=0x1 <lowerdir=/a\\,b:/c> data:lowerdir=/a\\,b:/c"},
    /* a superblock can be there already when it is mounted again: then "rw" is said */
    {"remount rw async", "remount=0x1 clear=0x1 <rw> <async>"},
    {"remount nolazytime nomand", "remount=0x1 <nolazytime> <nomand>"},
    /* on a bind mount they are without effect, and no error */
    {"bind sync lazytime", "bind=0x1 classic=0x2000010 <sync> <lazytime>"},
};

static void test_data(void **state)
{
    (void)state;
    CHECK(data);
}

/* SELinux labels have commas. mount(2) wants quotes around them, which a parameter must not have. */
static void test_label(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    struct mount_options options;

    (void)state;
    assert_int_equal(parse(&arena, "context=\\\"system_u:object_r:t:s0:c1,c2\\\" mode=1", &options, &err), 0);
    assert_int_equal(options.parameters.count, 2);
    assert_string_equal(options.parameters.items[0].key, "context");
    assert_string_equal(options.parameters.items[0].value, "system_u:object_r:t:s0:c1,c2");
    assert_string_equal(options.data, "context=\"system_u:object_r:t:s0:c1,c2\",mode=1");
    assert_false(options.needs_classic);
}

static void test_lengths(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    struct mount_options options;
    char text[5000];

    (void)state;
    for (unsigned n = 255; n <= 256; n++) {
        memset(text, 'x', sizeof text);
        memcpy(text, "upperdir=", 9);
        text[9 + n] = '\0';
        assert_int_equal(parse(&arena, text, &options, &err), 0);
        assert_int_equal(options.long_value, n > 255);
        assert_int_equal(options.needs_classic, n > 255);
    }
    /* mount(2) would cut it off without a word, and an overlay would lose layers */
    memset(text, 'x', sizeof text);
    text[4095] = '\0';
    assert_int_equal(parse(&arena, text, &options, &err), 0);
    text[4095] = 'x';
    text[4096] = '\0';
    assert_int_equal(parse(&arena, text, &options, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_CONFIG);
    assert_string_equal(err.pointer, "/mounts/0");
    assert_non_null(strstr(err.message,
                           "the filesystem's options for the mount on '/x' are 4096 bytes long: mount(2) "
                           "takes 4095"));
}

static void test_unknown_on_bind(void **state)
{
    static const struct {
        const char *options;
        const char *pointer;
        const char *message;
        const char *hint;
    } samples[] = {
        {"nosiud bind", "/mounts/0/options/0", "unknown option 'nosiud' of the bind mount on '/x'",
         "did you mean 'nosuid'?"},
        {"rbind ro rslaev", "/mounts/0/options/2", "unknown option 'rslaev' of the bind mount on '/x'",
         "did you mean 'rslave'?"},
        {"bind size=4k", "/mounts/0/options/1", "unknown option 'size=4k' of the bind mount on '/x'",
         "a bind mount has no filesystem of its own that could take other options"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        _cleanup_arena_ struct arena arena = {0};
        struct caisson_error err = {0};
        struct mount_options options;

        assert_int_equal(parse(&arena, samples[i].options, &options, &err), -1);
        assert_int_equal(err.code, CAISSON_ERROR_CONFIG);
        assert_string_equal(err.pointer, samples[i].pointer);
        assert_non_null(strstr(err.message, samples[i].message));
        assert_string_equal(err.hint, samples[i].hint);
    }
}

static void test_idmap(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    struct mount_options options;
    const struct spec *spec = plan_config(
        &arena,
        "'mounts':[{'destination':'/x','options':['bind','idmap=uids=0-1000-10#20-30-1;gids=@1-3-10']}],"
        "'linux':{'gidMappings':[{'containerID':0,'hostID':0,'size':1},"
        "{'containerID':1,'hostID':2,'size':1000}]}");

    (void)state;
    assert_int_equal(mount_options_parse(&arena, spec, &spec->mounts.items[0], "/mounts/0", &options, &err),
                     0);
    assert_true(options.idmap);
    assert_int_equal(options.idmap_uids->count, 2);
    assert_int_equal(options.idmap_uids->items[0].container_id, 0);
    assert_int_equal(options.idmap_uids->items[0].host_id, 1000);
    assert_int_equal(options.idmap_uids->items[0].size, 10);
    assert_int_equal(options.idmap_uids->items[1].container_id, 20);
    assert_int_equal(options.idmap_uids->items[1].host_id, 30);
    assert_int_equal(options.idmap_uids->items[1].size, 1);
    /* "@": 3 is an id of the container, which is 4 on the host */
    assert_int_equal(options.idmap_gids->count, 1);
    assert_int_equal(options.idmap_gids->items[0].container_id, 1);
    assert_int_equal(options.idmap_gids->items[0].host_id, 4);
    assert_int_equal(options.idmap_gids->items[0].size, 10);
}

static void test_idmap_errors(void **state)
{
    static const struct {
        const char *option;
        const char *problem;
    } samples[] = {
        {"idmap=", "'uids=' or 'gids=' is missing at ''"},
        {"idmap=uids=0-0-1", "both 'uids=' and 'gids=' are needed at ''"},
        {"idmap=uids=0-0-1;uids=0-0-1", "a list stands twice at 'uids=0-0-1'"},
        {"idmap=uids=0-0;gids=0-0-1", "a range is three numbers with '-' between them at ';gids=0-0-1'"},
        {"idmap=uids=0-0-0;gids=0-0-1", "a range is empty at ';gids=0-0-1'"},
        {"idmap=uids=0-0-1x;gids=0-0-1", "something stands behind a range at 'x;gids=0-0-1'"},
        {"idmap=uids=0-4294967296-1;gids=0-0-1", "a number is larger than 4294967295"},
        {"idmap=uids=0-4294967295-2;gids=0-0-1", "a range ends above 4294967295"},
        {"idmap=uids=-1-0-1;gids=0-0-1", "a number is missing at '-1-0-1;gids=0-0-1'"},
        {"idmap=uids=@0-5-1;gids=0-0-1",
         "a range with '@' is not inside of one of the container's own mappings"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        _cleanup_arena_ struct arena arena = {0};
        struct caisson_error err = {0};
        struct mount_options options;

        assert_int_equal(parse(&arena, arena_format(&arena, "bind %s", samples[i].option), &options, &err),
                         -1);
        assert_string_equal(err.pointer, "/mounts/0/options/1");
        if (!strstr(err.message, samples[i].problem))
            fail_msg("%s: %s", samples[i].option, err.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_alone),      cmocka_unit_test(test_all_are_there),
        cmocka_unit_test(test_later_wins),      cmocka_unit_test(test_data),
        cmocka_unit_test(test_label),           cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_unknown_on_bind), cmocka_unit_test(test_idmap),
        cmocka_unit_test(test_idmap_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
