/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The programs of step 4, as the build made them: one that knows every step, and one for processes that join a container.
 * Their sizes stand in front, beside what is read with them.
 */
    .macro image name, file
    .globl \name, \name\()_size
    .balign 16
\name\()_size: /* up to where the plan is to begin */
    .quad \name\()_end - \name
    .balign 16
\name:
    .incbin "\file"
    .balign 16
\name\()_end:
    .endm

    .section .rodata
    image init_for_process, INIT_FOR_PROCESS_FILE
    image init_for_container, INIT_FOR_CONTAINER_FILE
    .section .note.GNU-stack, "", @progbits
