# SPDX-License-Identifier: LGPL-2.1-or-later
# What the program prints has the form of the OCI's schemas (tests/data/schema), and says the truth.
load helpers

setup() {
    python3 -c 'import jsonschema' 2>/dev/null || skip "needs python3-jsonschema"
    common_setup
}

# valid SCHEMA FILE
valid() {
    "$HERE/valid-json.py" "$1" "$2" || {
        echo "^ in: $(cat "$2")"
        return 1
    }
}

@test "schemas: one that is wrong is refused" {
    echo '{"ociVersion": "1.3.0", "id": "x", "status": "asleep", "pid": -1}' >"$T/state.json"
    run "$HERE/valid-json.py" state-schema.json "$T/state.json"
    is "$status" 1
    contains "$output" bundle asleep -1
}

# proves: features.{ociVersionMin,ociVersionMax,hooks,mountOptions,annotations,potentiallyUnsafeConfigAnnotations},
#   features.linux.{namespaces,capabilities,cgroup.v1,cgroup.v2,cgroup.systemd,cgroup.systemdUser,cgroup.rdma,
#   seccomp.enabled,seccomp.actions,seccomp.operators,seccomp.archs,seccomp.knownFlags,seccomp.supportedFlags,
#   apparmor.enabled,selinux.enabled,intelRdt.enabled,intelRdt.schemata,intelRdt.monitoring,
#   mountExtensions.idmap.enabled,netDevices.enabled,memoryPolicy.modes,memoryPolicy.flags}
@test "features: valid, complete, and what the configuration's reader takes" {
    caisson features >"$T/features"
    valid features-schema.json "$T/features"
    f() { jq -r "$1 | join(\" \")" "$T/features"; }
    # Each list is that of the schema of configurations: names that stand in one stand in the other.
    s() { jq -r "$1 | sort | join(\" \")" "$HERE/../data/schema/defs-linux.json"; }
    is "$(f '.linux.namespaces | sort')" "$(s .definitions.NamespaceType.enum)"
    is "$(f '.linux.seccomp.actions | sort')" "$(s .definitions.SeccompAction.enum)"
    is "$(f '.linux.seccomp.operators | sort')" "$(s .definitions.SeccompOperators.enum)"
    is "$(f '.linux.seccomp.knownFlags | sort')" "$(s .definitions.SeccompFlag.enum)"
    is "$(f '.linux.memoryPolicy.modes | sort')" "$(s .definitions.MemoryPolicyMode.enum)"
    is "$(f '.linux.memoryPolicy.flags | sort')" "$(s .definitions.MemoryPolicyFlag.enum)"
    is "$(f '.linux.seccomp.archs - (.linux.seccomp.archs - ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"]) | sort')" \
        "SCMP_ARCH_AARCH64 SCMP_ARCH_X86_64"
    is "$(f .hooks)" "prestart createRuntime createContainer startContainer poststart poststop"
    is "$(jq -r '.linux.capabilities | length' "$T/features")" $(($(cat /proc/sys/kernel/cap_last_cap) + 1))
    is "$(jq -c '[.ociVersionMin, .ociVersionMax]' "$T/features")" '["1.0.0","1.3.0"]'
    # null would say "not known".
    is "$(jq -c '[.linux.cgroup.v1, .linux.cgroup.v2, .linux.cgroup.systemd, .linux.cgroup.systemdUser, .linux.cgroup.rdma]' \
        "$T/features")" "[false,true,true,true,true]"
    is "$(jq -c '[.linux.seccomp.enabled, .linux.apparmor.enabled, .linux.selinux.enabled, .linux.netDevices.enabled,
        .linux.mountExtensions.idmap.enabled, .linux.intelRdt[]] | unique' "$T/features")" "[true]"
    # Each of those that the program follows begins with one of them.
    is "$(jq -c '.potentiallyUnsafeConfigAnnotations' "$T/features")" '["org.criu.config","org.systemd.property.","run.oci."]'
    is "$(jq -r '.mountOptions | length > 66' "$T/features")" true
    is "$(jq -r '.annotations["org.opencontainers.runc.checkpoint.enabled"]' "$T/features")" \
        "$(command -v criu >/dev/null && echo true || echo false)"
    mkdir "$T/path"
    is "$(PATH=$T/path "$CAISSON" features | jq -r '.annotations["org.opencontainers.runc.checkpoint.enabled"]')" false
    printf '#!/bin/sh\n' >"$T/path/criu"
    chmod +x "$T/path/criu"
    is "$(PATH=$T/path "$CAISSON" features | jq -r '.annotations["org.opencontainers.runc.checkpoint.enabled"]')" true
}

# proves: state.{ociVersion,id,status,pid,bundle,annotations}
@test "state: valid in every status, for state as for every kind of hook" {
    local kind
    config '.annotations = {"org.example.key": "value"}'
    for kind in prestart createRuntime createContainer poststart poststop; do
        config '.hooks[$kind] = [{path: "/bin/cp", args: ["cp", "/proc/self/fd/0", $to]}]' --arg kind $kind --arg to "$T/state.$kind"
    done
    config '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "cat >/tmp/state"], env: ["PATH=/bin"]}]'
    script 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done'
    create
    caisson state "$ID" >"$T/state.created"
    caisson start "$ID"
    caisson state "$ID" >"$T/state.running"
    caisson kill "$ID" KILL
    wait_for stopped
    caisson state "$ID" >"$T/state.stopped"
    caisson delete "$ID"
    cp "$BUNDLE/rootfs/tmp/state" "$T/state.startContainer"
    local name status
    while read -r name status; do
        valid state-schema.json "$T/state.$name"
        is "$name $(jq -r .status "$T/state.$name")" "$name $status"
        is "$(jq -c '[.ociVersion, .id, .bundle, .annotations]' "$T/state.$name")" \
            "[\"1.3.0\",\"$ID\",\"$BUNDLE\",{\"org.example.key\":\"value\"}]"
    done <<'END'
prestart creating
createRuntime creating
createContainer creating
created created
startContainer created
poststart running
running running
stopped stopped
poststop stopped
END
    is "$(jq -s -c 'map(.pid)' "$T"/state.{prestart,createRuntime,created,poststart,running})" "[$PID,$PID,$PID,$PID,$PID]"
    is "$(jq -s -c 'map(.pid)' "$T"/state.{createContainer,startContainer})" "[1,1]"
    is "$(jq -s -c 'map(.pid // 0)' "$T"/state.{stopped,poststop})" "[0,0]"
}

@test "state: valid in what a seccomp agent gets" {
    background bash -c 'exec python3 "$1" "$2" >"$3"' bash "$HERE/seccomp-agent.py" "$T/agent.sock" "$T/agent"
    wait_for test -S "$T/agent.sock"
    config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $path, listenerMetadata: "for you",
        syscalls: [{names: ["mkdir"], action: "SCMP_ACT_NOTIFY"}]}' --arg path "$T/agent.sock"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds
    head -n 1 "$T/agent" | jq .state >"$T/state.json"
    valid state-schema.json "$T/state.json"
    is "$(head -n 1 "$T/agent" | jq -c '[.ociVersion, .fds, .metadata]')" '["1.3.0",["seccompFd"],"for you"]'
}

@test "spec: the configurations that it writes are valid" {
    mkdir "$T/root" "$T/user"
    caisson spec --bundle "$T/root"
    valid config-schema.json "$T/root/config.json"
    caisson spec --rootless --bundle "$T/user"
    valid config-schema.json "$T/user/config.json"
}
