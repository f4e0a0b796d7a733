/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The init program of step 4, as the build made it. */
    .section .rodata
    .balign 16
    .globl init_image
    .globl init_image_size
init_image:
    .incbin INIT_IMAGE_FILE
    .balign 16 /* the plan stands behind it */
init_image_end:
init_image_size:
    .quad init_image_end - init_image
    .section .note.GNU-stack, "", @progbits
