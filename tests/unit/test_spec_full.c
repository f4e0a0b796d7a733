/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every member of the specification arrives where spec.h says: tests/data/configs/full.json, value by value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "spec/spec.h"

static struct arena arena;
static const struct spec *spec;

static void notice(void *data, const char *text)
{
    (void)data;
    fail_msg("%s", text);
}

static int read_full(void **state)
{
    struct caisson_error err;
    size_t length = 0;
    char *text = file_read(&arena, AT_FDCWD, TEST_DATA "/configs/full.json", SPEC_SIZE_LIMIT, &length, &err);

    (void)state;
    spec = text ? spec_parse(&arena, "full.json", text, length, notice, NULL, &err) : NULL;
    if (!spec)
        print_error("%s\n", err.message);
    return spec ? 0 : -1;
}

static int free_full(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void check_strings(const struct spec_strings *strings, const char *const *expected)
{
    size_t i;

    for (i = 0; expected[i]; i++) {
        assert_true(i < strings->count);
        assert_string_equal(strings->items[i], expected[i]);
    }
    assert_int_equal(strings->count, i);
}

#define STRINGS(list, ...) check_strings(&(list), (const char *const[]){__VA_ARGS__, NULL})
#define VALUE(member, expected)                                                                              \
    do {                                                                                                     \
        assert_true((member).set);                                                                           \
        assert_true((member).value == (expected));                                                           \
    } while (0)

static void check_mapping(const struct spec_id_mapping *map, uint32_t container, uint32_t host, uint32_t size)
{
    assert_int_equal(map->container_id, container);
    assert_int_equal(map->host_id, host);
    assert_int_equal(map->size, size);
}

static void top(void **state)
{
    (void)state;
    assert_string_equal(spec->oci_version, "1.3.0-rc.1+full");
    assert_string_equal(spec->root->path, "rootfs");
    VALUE(spec->root->readonly, true);
    assert_string_equal(spec->hostname, "slartibartfast");
    assert_string_equal(spec->domainname, "foobarbaz.test");
    assert_int_equal(spec->annotations.count, 2);
    assert_string_equal(spec->annotations.items[0].key, "com.example.gpu-cores");
    assert_string_equal(spec->annotations.items[0].value, "2");
    assert_string_equal(spec_annotation(spec, "org.opencontainers.image.stopSignal"), "");
}

static void process(void **state)
{
    const struct spec_process *p = spec->process;

    (void)state;
    VALUE(p->terminal, true);
    assert_true(p->console_size.set);
    assert_int_equal(p->console_size.height, 25);
    assert_int_equal(p->console_size.width, 80);
    assert_string_equal(p->cwd, "/work dir");
    STRINGS(p->args, "/bin/sh", "-c", "echo \"gr\xc3\xbc\xc3\x9f\" \xf0\x9f\x98\x80 \\ /");
    STRINGS(p->env, "PATH=/usr/bin", "TERM=xterm");
    assert_int_equal(p->user.uid, 1000);
    assert_int_equal(p->user.gid, 1001);
    VALUE(p->user.umask, 022);
    assert_int_equal(p->user.additional_gids.count, 2);
    assert_int_equal(p->user.additional_gids.items[0], 5);
    assert_int_equal(p->user.additional_gids.items[1], 4294967294);
    assert_string_equal(p->apparmor_profile, "acme_secure_profile");
    assert_string_equal(p->selinux_label, "system_u:system_r:svirt_lxc_net_t:s0:c124,c675");
    VALUE(p->no_new_privileges, true);
    VALUE(p->oom_score_adj, -100);
}

static void process_limits(void **state)
{
    const struct spec_process *p = spec->process;

    (void)state;
    assert_int_equal(p->rlimits.count, 2);
    assert_string_equal(p->rlimits.items[0].type, "RLIMIT_NOFILE");
    assert_int_equal(p->rlimits.items[0].resource, RLIMIT_NOFILE);
    assert_int_equal(p->rlimits.items[0].soft, 512);
    assert_int_equal(p->rlimits.items[0].hard, 1024);
    assert_int_equal(p->rlimits.items[1].resource, RLIMIT_CORE);
    assert_true(p->rlimits.items[1].soft == UINT64_C(9223372036854775809));
    assert_true(p->rlimits.items[1].hard == UINT64_MAX);
    STRINGS(p->capabilities->bounding, "CAP_KILL", "CAP_CHOWN");
    STRINGS(p->capabilities->effective, "CAP_KILL");
    STRINGS(p->capabilities->inheritable, "CAP_SYS_ADMIN");
    STRINGS(p->capabilities->permitted, "CAP_KILL", "CAP_NOT_KNOWN");
    STRINGS(p->capabilities->ambient, "CAP_CHECKPOINT_RESTORE");
}

static void process_scheduling(void **state)
{
    const struct spec_scheduler *s = spec->process->scheduler;

    (void)state;
    assert_int_equal(s->policy, SPEC_SCHED_DEADLINE);
    assert_int_equal(s->policy, SCHED_DEADLINE);
    VALUE(s->nice, -20);
    VALUE(s->priority, 0);
    assert_int_equal(s->flags, SCHED_FLAG_RESET_ON_FORK | SCHED_FLAG_DL_OVERRUN);
    VALUE(s->runtime, 10000000);
    VALUE(s->deadline, 20000000);
    VALUE(s->period, 30000000);
    assert_int_equal(spec->process->io_priority->class, SPEC_IOPRIO_IDLE);
    assert_int_equal(spec->process->io_priority->priority, 7);
    assert_string_equal(spec->process->exec_cpu_affinity->initial, "7");
    assert_string_equal(spec->process->exec_cpu_affinity->final, "0-3,7");
}

static void mounts(void **state)
{
    const struct spec_mount *m = spec->mounts.items;

    (void)state;
    assert_int_equal(spec->mounts.count, 2);
    assert_string_equal(m[0].destination, "/proc");
    assert_string_equal(m[0].type, "proc");
    assert_string_equal(m[0].source, "proc");
    assert_int_equal(m[0].options.count, 0); /* null */
    assert_false(m[0].uid_mappings.set);
    assert_string_equal(m[1].source, "/volumes/testing");
    STRINGS(m[1].options, "rbind", "rw", "idmap");
    assert_true(m[1].uid_mappings.set && m[1].gid_mappings.set);
    assert_int_equal(m[1].uid_mappings.count, 2);
    check_mapping(&m[1].uid_mappings.items[0], 0, 1000, 1);
    check_mapping(&m[1].uid_mappings.items[1], 1, 2000, 10);
    assert_int_equal(m[1].gid_mappings.count, 1);
    check_mapping(&m[1].gid_mappings.items[0], 0, 3000, 1);
}

static void check_hook(const struct spec_hook_list *list, size_t count, const char *path)
{
    assert_int_equal(list->count, count);
    assert_string_equal(list->items[0].path, path);
}

static void hooks(void **state)
{
    const struct spec_hooks *h = &spec->hooks;

    (void)state;
    check_hook(&h->prestart, 1, "/usr/bin/fix-mounts");
    check_hook(&h->create_runtime, 2, "/usr/bin/create-runtime");
    check_hook(&h->create_container, 1, "/usr/bin/mount-hook");
    check_hook(&h->start_container, 1, "/usr/bin/refresh-ldcache");
    check_hook(&h->poststart, 1, "/usr/bin/notify-start");
    check_hook(&h->poststop, 1, "/usr/sbin/cleanup.sh");
    STRINGS(h->prestart.items[0].args, "fix-mounts", "arg1");
    STRINGS(h->prestart.items[0].env, "key1=value1");
    assert_true(h->prestart.items[0].env_set);
    VALUE(h->prestart.items[0].timeout, 5);
    assert_false(h->create_runtime.items[0].env_set);
    assert_false(h->create_runtime.items[0].timeout.set);
    assert_true(h->create_runtime.items[1].env_set);
    assert_int_equal(h->create_runtime.items[1].env.count, 0);
    STRINGS(h->create_runtime.items[1].args, "second", "-x");
    VALUE(h->create_container.items[0].timeout, 1);
    VALUE(h->start_container.items[0].timeout, 2);
    VALUE(h->poststart.items[0].timeout, 3);
    VALUE(h->poststop.items[0].timeout, 4);
    STRINGS(h->poststop.items[0].env, "g=h");
}

static void namespaces(void **state)
{
    static const enum spec_namespace_type order[] = {SPEC_NS_PID,    SPEC_NS_NETWORK, SPEC_NS_MOUNT,
                                                     SPEC_NS_IPC,    SPEC_NS_UTS,     SPEC_NS_USER,
                                                     SPEC_NS_CGROUP, SPEC_NS_TIME};
    const struct spec_linux *l = spec->linux_;
    size_t i;

    (void)state;
    assert_int_equal(l->namespaces.count, SPEC_NS_COUNT);
    for (i = 0; i < SPEC_NS_COUNT; i++)
        assert_int_equal(l->namespaces.items[i].type, order[i]);
    assert_string_equal(spec_namespace(spec, SPEC_NS_PID)->path, "/proc/1234/ns/pid");
    assert_false(spec_new_namespace(spec, SPEC_NS_PID));
    assert_true(spec_new_namespace(spec, SPEC_NS_NETWORK)); /* path "" */
    assert_true(spec_new_namespace(spec, SPEC_NS_TIME));
    check_mapping(&l->uid_mappings.items[0], 0, 100000, 65536);
    check_mapping(&l->gid_mappings.items[0], 0, 0, 4294967295);
    assert_true(l->uid_mappings.set && l->uid_mappings.count == 1);
    assert_true(l->gid_mappings.set && l->gid_mappings.count == 1);
    assert_int_equal(l->time_offsets.count, 2);
    assert_string_equal(l->time_offsets.items[0].clock, "monotonic");
    assert_int_equal(l->time_offsets.items[0].secs, -172800);
    assert_int_equal(l->time_offsets.items[0].nanosecs, 999999999);
    assert_string_equal(l->time_offsets.items[1].clock, "boottime");
    assert_int_equal(l->time_offsets.items[1].secs, 604800);
    assert_int_equal(l->time_offsets.items[1].nanosecs, 0);
}

static void devices(void **state)
{
    const struct spec_device *d = spec->linux_->devices.items;

    (void)state;
    assert_int_equal(spec->linux_->devices.count, 4);
    assert_string_equal(d[0].path, "/dev/fuse");
    assert_int_equal(d[0].type, SPEC_DEVICE_CHAR);
    assert_int_equal(d[0].major, 10);
    assert_int_equal(d[0].minor, 229);
    VALUE(d[0].file_mode, 0666);
    VALUE(d[0].uid, 1);
    VALUE(d[0].gid, 2);
    assert_int_equal(d[1].type, SPEC_DEVICE_BLOCK);
    assert_int_equal(d[1].minor, 1048575);
    VALUE(d[1].file_mode, 060660);
    assert_int_equal(d[2].type, SPEC_DEVICE_CHAR); /* u */
    assert_int_equal(d[2].major, 4095);
    assert_false(d[2].file_mode.set || d[2].uid.set || d[2].gid.set);
    assert_int_equal(d[3].type, SPEC_DEVICE_FIFO);
    assert_int_equal(spec->linux_->net_devices.count, 2);
    assert_string_equal(spec->linux_->net_devices.items[0].host_name, "eth0");
    assert_string_equal(spec->linux_->net_devices.items[0].name, "container_eth0");
    assert_string_equal(spec->linux_->net_devices.items[1].host_name, "ens4");
    assert_null(spec->linux_->net_devices.items[1].name);
}

static void linux_rest(void **state)
{
    const struct spec_linux *l = spec->linux_;

    (void)state;
    assert_string_equal(l->cgroups_path, "/myRuntime/myContainer");
    assert_int_equal(l->rootfs_propagation, SPEC_PROPAGATION_SLAVE);
    assert_true(l->rootfs_propagation_recursive);
    assert_int_equal(l->sysctl.count, 2);
    assert_string_equal(l->sysctl.items[1].key, "kernel.msgmax");
    assert_string_equal(l->sysctl.items[1].value, "65536");
    STRINGS(l->masked_paths, "/proc/kcore", "/proc/keys");
    STRINGS(l->readonly_paths, "/proc/sys");
    assert_string_equal(l->mount_label, "system_u:object_r:svirt_sandbox_file_t:s0:c715,c811");
    assert_true(l->personality->linux32);
    assert_int_equal(l->memory_policy->mode, SPEC_MPOL_WEIGHTED_INTERLEAVE);
    assert_string_equal(l->memory_policy->nodes, "0-1,3");
    assert_int_equal(l->memory_policy->flags, MPOL_F_STATIC_NODES | MPOL_F_NUMA_BALANCING);
    assert_string_equal(l->intel_rdt->clos_id, "guaranteed_group");
    assert_string_equal(l->intel_rdt->l3_cache_schema, "L3:0=7f0;1=1f");
    assert_string_equal(l->intel_rdt->mem_bw_schema, "MB:0=20;1=70");
    STRINGS(l->intel_rdt->schemata, "L3:0=7f0;1=1f", "MB:0=20;1=70");
    VALUE(l->intel_rdt->enable_monitoring, true);
}

static void seccomp(void **state)
{
    const struct spec_seccomp *s = spec->linux_->seccomp;
    const struct spec_seccomp_rule *rule = s->syscalls.items;

    (void)state;
    assert_int_equal(s->default_action, SPEC_ACT_ERRNO);
    VALUE(s->default_errno_ret, 38);
    STRINGS(s->architectures, "SCMP_ARCH_X86_64", "SCMP_ARCH_X32");
    STRINGS(s->flags, "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");
    assert_true(s->flags_set);
    assert_string_equal(s->listener_path, "/run/agent.sock");
    assert_string_equal(s->listener_metadata, "opaque");
    assert_int_equal(s->syscalls.count, 2);
    STRINGS(rule[0].names, "getcwd", "chmod");
    assert_int_equal(rule[0].action, SPEC_ACT_ALLOW);
    assert_false(rule[0].errno_ret.set);
    assert_int_equal(rule[1].action, SPEC_ACT_TRACE);
    VALUE(rule[1].errno_ret, 65535);
    assert_int_equal(rule[1].args.count, 2);
    assert_int_equal(rule[1].args.items[0].index, 0);
    assert_true(rule[1].args.items[0].value == UINT64_MAX);
    assert_int_equal(rule[1].args.items[0].op, SPEC_CMP_NE);
    assert_int_equal(rule[1].args.items[1].index, 5);
    assert_int_equal(rule[1].args.items[1].value, 2080505856);
    assert_int_equal(rule[1].args.items[1].value_two, 1);
    assert_int_equal(rule[1].args.items[1].op, SPEC_CMP_MASKED_EQ);
}

static void resources_core(void **state)
{
    const struct spec_resources *r = spec->linux_->resources;
    const struct spec_device_rule *rule = r->devices.items;

    (void)state;
    assert_true(r->devices.set);
    assert_int_equal(r->devices.count, 3);
    assert_true(!rule[0].allow && rule[0].type == 'a' && !rule[0].major.set && !rule[0].minor.set);
    assert_null(rule[0].access);
    assert_true(rule[1].allow && rule[1].type == 'c');
    VALUE(rule[1].major, 10);
    VALUE(rule[1].minor, 229);
    assert_string_equal(rule[1].access, "rwm");
    assert_int_equal(rule[2].type, 'b');
    VALUE(rule[2].minor, -1);
    VALUE(r->memory->limit, 536870912);
    VALUE(r->memory->reservation, 268435456);
    VALUE(r->memory->swap, -1);
    VALUE(r->memory->kernel, INT64_MAX);
    VALUE(r->memory->kernel_tcp, 4096);
    VALUE(r->memory->swappiness, 60);
    VALUE(r->memory->disable_oom_killer, false);
    VALUE(r->memory->use_hierarchy, true);
    VALUE(r->memory->check_before_update, true);
    VALUE(r->cpu->shares, 1024);
    VALUE(r->cpu->quota, -1);
    VALUE(r->cpu->burst, 100000);
    VALUE(r->cpu->period, 500000);
    VALUE(r->cpu->realtime_runtime, 950000);
    VALUE(r->cpu->realtime_period, 1000000);
    assert_string_equal(r->cpu->cpus, "2-3");
    assert_string_equal(r->cpu->mems, "0-7:2/4");
    VALUE(r->cpu->idle, 1);
    assert_true(r->pids.set);
    VALUE(r->pids.limit, 0);
}

static void check_throttle(const struct spec_throttle_list *list, int64_t minor, uint64_t rate)
{
    assert_int_equal(list->count, 1);
    assert_int_equal(list->items[0].major, 8);
    assert_int_equal(list->items[0].minor, minor);
    assert_true(list->items[0].rate == rate);
}

static void resources_rest(void **state)
{
    const struct spec_resources *r = spec->linux_->resources;

    (void)state;
    VALUE(r->block_io->weight, 10);
    VALUE(r->block_io->leaf_weight, 11);
    assert_int_equal(r->block_io->weight_device.count, 2);
    VALUE(r->block_io->weight_device.items[0].weight, 500);
    VALUE(r->block_io->weight_device.items[0].leaf_weight, 300);
    assert_int_equal(r->block_io->weight_device.items[1].major, 8);
    assert_int_equal(r->block_io->weight_device.items[1].minor, 16);
    VALUE(r->block_io->weight_device.items[1].weight, 65535);
    assert_false(r->block_io->weight_device.items[1].leaf_weight.set);
    check_throttle(&r->block_io->throttle_read_bps, 1, 600);
    check_throttle(&r->block_io->throttle_write_bps, 2, UINT64_MAX);
    check_throttle(&r->block_io->throttle_read_iops, 3, 602);
    check_throttle(&r->block_io->throttle_write_iops, 4, 603);
    assert_int_equal(r->hugepage_limits.count, 2);
    assert_string_equal(r->hugepage_limits.items[0].page_size, "2MB");
    assert_int_equal(r->hugepage_limits.items[0].limit, 9223372036854771712);
    assert_string_equal(r->hugepage_limits.items[1].page_size, "64KB");
    VALUE(r->network->class_id, 1048577);
    assert_int_equal(r->network->priorities.count, 2);
    assert_string_equal(r->network->priorities.items[1].name, "eth1");
    assert_int_equal(r->network->priorities.items[1].priority, UINT32_MAX);
    assert_int_equal(r->rdma.count, 2);
    assert_string_equal(r->rdma.items[0].device, "mlx5_1");
    VALUE(r->rdma.items[0].hca_handles, 3);
    VALUE(r->rdma.items[0].hca_objects, 10000);
    assert_false(r->rdma.items[1].hca_handles.set);
    assert_int_equal(r->unified.count, 2);
    assert_string_equal(r->unified.items[1].key, "io.max");
    assert_string_equal(r->unified.items[1].value, "8:0 rbps=1\n8:16 wbps=2");
}

/* proves (read): vm.hypervisor.{path,parameters}, vm.kernel.{path,parameters,initrd}, vm.image.{path,
 *   format}, vm.hwConfig.{deviceTree,vcpus,memory,dtdevs,iomems.firstGFN,iomems.firstMFN,
 *   iomems.nrMFNs,irqs} */
static void vm(void **state)
{
    const struct spec_vm *v = spec->vm;

    (void)state;
    assert_string_equal(v->hypervisor_path, "/path/to/vmm");
    STRINGS(v->hypervisor_parameters, "opts1=foo", "opts2=bar");
    assert_string_equal(v->kernel_path, "/path/to/vmlinuz");
    STRINGS(v->kernel_parameters, "foo=bar", "hello");
    assert_string_equal(v->kernel_initrd, "/path/to/initrd.img");
    assert_string_equal(v->image_path, "/path/to/vm/rootfs.img");
    assert_string_equal(v->image_format, "qcow2");
    assert_string_equal(v->hw_config->device_tree, "/path/to/fdt.dtb");
    VALUE(v->hw_config->vcpus, 2);
    VALUE(v->hw_config->memory, 1073741824);
    STRINGS(v->hw_config->dtdevs, "path/to/dtdev");
    assert_int_equal(v->hw_config->iomems.count, 1);
    VALUE(v->hw_config->iomems.items[0].first_gfn, 1);
    assert_int_equal(v->hw_config->iomems.items[0].first_mfn, 0);
    assert_int_equal(v->hw_config->iomems.items[0].nr_mfns, 3);
    assert_int_equal(v->hw_config->irqs.count, 2);
    assert_int_equal(v->hw_config->irqs.items[1], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(top),
        cmocka_unit_test(process),
        cmocka_unit_test(process_limits),
        cmocka_unit_test(process_scheduling),
        cmocka_unit_test(mounts),
        cmocka_unit_test(hooks),
        cmocka_unit_test(namespaces),
        cmocka_unit_test(devices),
        cmocka_unit_test(linux_rest),
        cmocka_unit_test(seccomp),
        cmocka_unit_test(resources_core),
        cmocka_unit_test(resources_rest),
        cmocka_unit_test(vm),
    };

    return cmocka_run_group_tests(tests, read_full, free_full);
}
