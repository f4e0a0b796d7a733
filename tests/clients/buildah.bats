# SPDX-License-Identifier: LGPL-2.1-or-later
# buildah and podman build, as root, and umoci's bundles.
load clients
load podman

buildah() {
    local runtime=()
    [ "$RUNTIME" = caisson ] || runtime=(--runtime "$(command -v "$RUNTIME")")
    local command=$1
    shift
    case $command in
    run | bud) set -- --network none "${runtime[@]}" "$@" ;;
    esac
    command buildah --root "$W/root" --runroot "$R/root" --storage-driver overlay "$command" "$@"
}
export -f buildah

setup() {
    clients_setup
    C=$(buildah from localhost/box)
}

teardown() {
    buildah rm -a >/dev/null
    clients_teardown
}

@test "run: output and exit status" {
    attempt buildah run "$C" sh -c 'echo out; echo err >&2; exit 7'
    gives 7 out err
}

@test "run: a program that is not there" {
    attempt buildah run "$C" nosuch
    [ "$status" != 0 ]
    contains "$output" 'executable file not found'
}

@test "run: standard input" {
    status=0
    output=$(echo typed | buildah run "$C" cat) || status=$?
    gives 0 typed
}

@test "run -t: a terminal" {
    attempt on_tty buildah run -t "$C" sh -c 'test -t 0 && tty; exit 5'
    gives 5 /dev/pts/
}

@test "run: volumes, user, environment, working directory" {
    echo shared >"$T/file"
    attempt buildah run -v "$T:/data:ro" --user nobody --env MORE=yes --workingdir /etc "$C" \
        sh -c 'cat /data/file; ! touch /data/new; id -u; echo $MORE $PWD'
    gives 0 shared 65534 'yes /etc'
}

@test "run: capabilities" {
    attempt buildah run --cap-add CAP_SYS_ADMIN "$C" grep CapEff /proc/self/status
    local more=$output
    attempt buildah run --cap-drop CAP_CHOWN "$C" grep CapEff /proc/self/status
    succeeds
    [ "$output" != "$more" ]
}

@test "run, commit, run of what was committed" {
    attempt buildah run "$C" sh -c 'echo layer >/layer'
    succeeds
    attempt buildah commit -q "$C" layered
    succeeds
    box localhost/layered cat /layer
    gives 0 layer
}

@test "run --isolation oci" {
    attempt buildah run --isolation oci "$C" echo hello
    gives 0 hello
}

@test "bud: RUN, RUN with a mount, USER, a RUN that fails" {
    cat >"$T/Containerfile" <<'END'
FROM localhost/box
ENV FROM=file
RUN echo $FROM >/one && test $$ = 1
RUN --mount=type=tmpfs,target=/fast mount | grep -q 'tmpfs on /fast'
USER nobody
RUN test $(id -u) = 65534
END
    attempt buildah bud -q -t built "$T"
    succeeds
    box localhost/built cat /one
    gives 0 file
    printf 'FROM localhost/box\nRUN exit 9\n' >"$T/Containerfile"
    attempt buildah bud -q "$T"
    [ "$status" != 0 ]
    contains "$output" 'exit status 9'
}

@test "podman build" {
    printf 'FROM localhost/box\nRUN echo built >/by\n' >"$T/Containerfile"
    attempt podman build -q --network none -t by-podman "$T"
    succeeds
    box localhost/by-podman cat /by
    gives 0 built
}

@test "podman build in an isolated network, with a secret and build arguments" {
    printf 'FROM localhost/box\nARG WHO\nRUN --mount=type=secret,id=s cat /run/secrets/s >/s && echo $WHO >>/s\n' >"$T/Containerfile"
    echo hidden >"$T/secret"
    attempt podman build -q --network none --secret "id=s,src=$T/secret" --build-arg WHO=me -t secretive "$T"
    succeeds
    box localhost/secretive cat /s
    gives 0 hidden me
}

@test "umoci: a bundle, run by hand" {
    attempt umoci unpack --image "$IMAGE_OCI:box" "$T/bundle"
    succeeds
    jq '.process.terminal = false | .process.args = ["sh", "-c", "echo from umoci; exit 4"] | del(.process.rlimits)
        | .linux.resources = {}' \
        "$T/bundle/config.json" >"$T/config.json"
    mv "$T/config.json" "$T/bundle/config.json"
    attempt "$(type -P "$RUNTIME")" --root "$T/state" run -b "$T/bundle" umoci
    gives 4 'from umoci'
}
