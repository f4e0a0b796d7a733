/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `vm`: config-vm.md. Read and checked, used by nothing yet. */
#ifndef SPEC_VM_H
#define SPEC_VM_H

#include "spec/values.h"

struct spec_vm_iomem {
    struct spec_u64 first_gfn;
    uint64_t first_mfn, nr_mfns;
};

struct spec_vm_hw_config { /* 1.3 */
    const char *device_tree;
    struct spec_u32 vcpus;
    struct spec_u64 memory; /* bytes */
    struct spec_strings dtdevs;
    struct {
        struct spec_vm_iomem *items;
        size_t count;
    } iomems;
    struct {
        uint32_t *items;
        size_t count;
    } irqs;
};

struct spec_vm {
    const char *hypervisor_path, *kernel_path, *kernel_initrd, *image_path, *image_format;
    struct spec_strings hypervisor_parameters, kernel_parameters;
    const struct spec_vm_hw_config *hw_config;
};

#endif
