/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `vm`: config-vm.md. */
#include "spec/fields.h"

#include <string.h>

#define REQUIRED READER_REQUIRED
#define OPTIONAL READER_OPTIONAL

/* config-vm.md: all paths are of the runtime's mount namespace, and absolute. */
#define PATH (REQUIRED | READER_ABSOLUTE)

#define F(member, json, type, ...) READER_FIELD(struct spec_vm, member, json, type, __VA_ARGS__)
static const struct reader_field hypervisor_fields[] = {
    F(hypervisor_path, "path", READER_STRING, .flags = PATH),
    F(hypervisor_parameters, "parameters", READER_STRINGS),
};
static const struct reader_shape hypervisor_shape = READER_SHAPE(struct spec_vm, hypervisor_fields);

static const struct reader_field kernel_fields[] = {
    F(kernel_path, "path", READER_STRING, .flags = PATH),
    F(kernel_parameters, "parameters", READER_STRINGS),
    F(kernel_initrd, "initrd", READER_STRING, .flags = READER_ABSOLUTE),
};
static const struct reader_shape kernel_shape = READER_SHAPE(struct spec_vm, kernel_fields);

static const struct reader_value image_formats[] = {
    {"raw", 0}, {"qcow2", 0}, {"vdi", 0}, {"vmdk", 0}, {"vhd", 0}, {NULL, 0},
};

static const struct reader_field image_fields[] = {
    F(image_path, "path", READER_STRING, .flags = PATH),
    F(image_format, "format", READER_STRING, .values = image_formats, .flags = REQUIRED,
      .what = "image format"),
};
static const struct reader_shape image_shape = READER_SHAPE(struct spec_vm, image_fields);
#undef F

#define F(member, json, ...)                                                                                 \
    READER_FIELD(struct spec_vm_iomem, member, json, READER_UNSIGNED, .since = "1.3", __VA_ARGS__)
static const struct reader_field iomem_fields[] = {
    F(first_gfn, "firstGFN", .flags = OPTIONAL),
    F(first_mfn, "firstMFN", .flags = REQUIRED),
    F(nr_mfns, "nrMFNs", .flags = REQUIRED),
};
#undef F
static const struct reader_shape iomem_shape = READER_SHAPE(struct spec_vm_iomem, iomem_fields);

#define F(member, json, type, ...)                                                                           \
    READER_FIELD(struct spec_vm_hw_config, member, json, type, .since = "1.3", __VA_ARGS__)
static const struct reader_field hw_config_fields[] = {
    F(device_tree, "deviceTree", READER_STRING),
    F(vcpus, "vcpus", READER_UNSIGNED, .flags = OPTIONAL),
    F(memory, "memory", READER_UNSIGNED, .flags = OPTIONAL, .unit = "bytes"),
    F(dtdevs, "dtdevs", READER_STRINGS),
    F(iomems, "iomems", READER_ARRAY, .shape = &iomem_shape),
    F(irqs, "irqs", READER_NUMBERS),
};
#undef F
static const struct reader_shape hw_config_shape = READER_SHAPE(struct spec_vm_hw_config, hw_config_fields);

/* The three objects are flat in struct spec_vm: their tables start from it. */
static const struct reader_field vm_fields[] = {
    {.name = "hypervisor", .type = READER_OBJECT, .shape = &hypervisor_shape},
    {.name = "kernel", .type = READER_OBJECT, .shape = &kernel_shape, .flags = REQUIRED},
    {.name = "image", .type = READER_OBJECT, .shape = &image_shape},
    READER_FIELD(struct spec_vm, hw_config, "hwConfig", READER_POINTER, .shape = &hw_config_shape,
                 .since = "1.3"),
};
const struct reader_shape fields_vm = READER_SHAPE(struct spec_vm, vm_fields);
