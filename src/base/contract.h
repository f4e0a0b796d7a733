/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words that the programs which call a runtime look for in its messages. Changing one breaks a caller:
 * each has a test (tests/integration/contract.bats). The comments name who matches on it.
 */
#ifndef BASE_CONTRACT_H
#define BASE_CONTRACT_H

/* go-runc and containerd: "does not exist"; delete of such a container is fine for them */
#define CONTRACT_NOT_FOUND "container does not exist"

/* podman and people who know runc and crun */
#define CONTRACT_EXISTS "container with given ID already exists"

/* runc's words for containerd, crun's for CRI-O ("no such process", in lower case): both in one */
#define CONTRACT_NOT_RUNNING "container not running: no such process"

#define CONTRACT_EXEC_PAUSED      "cannot exec in a paused container"
#define CONTRACT_CGROUP_NOT_EMPTY "container's cgroup is not empty"
#define CONTRACT_CGROUP_FROZEN    "container's cgroup unexpectedly frozen"

/* podman and docker turn it into exit status 127: "executable file not found in", "no such file or directory" */
#define CONTRACT_NO_PROGRAM "executable file not found in $PATH: no such file or directory"

/* podman and docker turn it into exit status 126 */
#define CONTRACT_NO_PERMISSION "permission denied"

#endif
