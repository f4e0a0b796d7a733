# SPDX-License-Identifier: LGPL-2.1-or-later
# linux.netDevices. Each test has a network namespace of its own that stands for the host's, with pairs of virtual
# interfaces in it: what happens to them is seen with ip(8) on both sides.
load helpers

setup() {
    common_setup
    if rootless; then return 0; fi
    touch "$T/host"
    FIXTURES=("$T/host")
    unshare --net="$T/host" true
}

# host COMMAND...: in the host's stead
host() {
    nsenter --net="$T/host" "$@"
}

# veth NAME [ADDRESS...]: an interface NAME, and NAME.peer at its other end
veth() {
    local name=$1 address
    host ip link add "$name" type veth peer name "$name.peer" || {
        skip "this kernel has no veth"
    }
    shift
    for address; do host ip address add "$address" dev "$name"; done
    host ip link set "$name.peer" up
}

# on_host ARGUMENT...: caisson there
on_host() {
    host "$CAISSON" --root "$ROOT" "$@"
}

# devices JSON: linux.netDevices
devices() {
    config '.linux.netDevices = $devices' --argjson devices "$1"
}

# created: creates the container there; sets $PID
created() {
    script 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done'
    attempt on_host create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    PID=$(cat "$T/pid")
}

# inside COMMAND...: in the container's network namespace
inside() {
    nsenter --net="/proc/$PID/ns/net" "$@"
}

# links SIDE: the names of its interfaces, lo left out
links() {
    "$1" ip -json link | jq -r '[.[].ifname | select(. != "lo")] | sort | join(" ")'
}

# addresses SIDE NAME: the addresses that do not come and go by themselves
addresses() {
    "$1" ip -json address show dev "$2" |
        jq -r '[.[].addr_info[]? | select(.scope == "global") | "\(.local)/\(.prefixlen)"] | join(" ")'
}

@test "netDevices: an interface is moved, keeps its name, and is up" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7
    devices '{"eth7": {}}'
    created
    is "$(links inside)" eth7
    is "$(links host)" eth7.peer
    contains "$(inside ip -json link show eth7 | jq -r '.[0].flags | join(" ")')" UP
}

# proves: linux.netDevices.name
@test "netDevices: name is its name in the container" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7
    devices '{"eth7": {"name": "uplink"}}'
    created
    is "$(links inside)" uplink
    contains "$(inside ip -json link show uplink | jq -r '.[0].flags | join(" ")')" UP
}

@test "netDevices: an empty name is no new name" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7
    devices '{"eth7": {"name": ""}}'
    created
    is "$(links inside)" eth7
}

@test "netDevices: several, each with its own name" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth a && veth b && veth c
    devices '{"a": {"name": "b"}, "b": {"name": "c"}, "c": {"name": "a"}}'
    created
    is "$(links inside)" "a b c"
    # The one that was a is b: the other end tells.
    is "$(host ip -json link show a.peer | jq '.[0].link_index')" "$(inside ip -json link show b | jq '.[0].ifindex')"
    is "$(links host)" "a.peer b.peer c.peer"
}

@test "netDevices: %d in a name is a number of the kernel's choice" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth a && veth b
    devices '{"a": {"name": "net%d"}, "b": {"name": "net%d"}}'
    created
    is "$(links inside)" "net0 net1"
}

@test "netDevices: global addresses of both families are kept, in their order" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7 192.0.2.1/24 192.0.2.9/24 198.51.100.1/32 2001:db8::1/64
    devices '{"eth7": {"name": "uplink"}}'
    local before
    before=$(addresses host eth7)
    contains "$before" 192.0.2.1/24 192.0.2.9/24 198.51.100.1/32 2001:db8::1/64
    created
    is "$(addresses inside uplink)" "$before"
}

@test "netDevices: what belongs to an address is kept with it" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7
    host ip address add 192.0.2.1/24 broadcast 192.0.2.255 label eth7:first dev eth7
    host ip address add 203.0.113.1 peer 203.0.113.2/32 dev eth7
    host ip address add 198.51.100.1/24 metric 77 noprefixroute dev eth7
    devices '{"eth7": {"name": "up"}}'
    created
    inside ip -json address show dev up >"$T/addresses"
    is "$(jq -c '.[0].addr_info[] | select(.local == "192.0.2.1") | [.broadcast, .label]' "$T/addresses")" '["192.0.2.255","up:first"]'
    is "$(jq -c '.[0].addr_info[] | select(.local == "203.0.113.1") | [.address, .label]' "$T/addresses")" '["203.0.113.2","up"]'
    is "$(jq -c '.[0].addr_info[] | select(.local == "198.51.100.1") | [.metric, .noprefixroute]' "$T/addresses")" '[77,true]'
}

@test "netDevices: link-local addresses and those that run out are not taken along" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7 192.0.2.1/24
    host ip address add 192.0.2.2/24 valid_lft 500 preferred_lft 500 dev eth7
    host ip address add 169.254.9.9/16 scope link dev eth7
    host ip address add 2001:db8::2/64 valid_lft 500 preferred_lft 500 dev eth7
    devices '{"eth7": {}}'
    created
    is "$(inside ip -4 -json address show dev eth7 | jq -r '[.[].addr_info[]?.local] | join(" ")')" 192.0.2.1
    is "$(addresses inside eth7)" 192.0.2.1/24
}

@test "netDevices: the routes that addresses bring are there" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7 192.0.2.1/24
    devices '{"eth7": {}}'
    created
    contains "$(inside ip route)" "192.0.2.0/24 dev eth7"
}

@test "netDevices: size and hardware address stay" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7
    host ip link set eth7 mtu 1234 address 02:00:00:00:00:07
    devices '{"eth7": {}}'
    created
    is "$(inside ip -json link show eth7 | jq -c '.[0] | [.mtu, .address]')" '[1234,"02:00:00:00:00:07"]'
}

@test "netDevices: they are there before the hooks of create run" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7
    devices '{"eth7": {"name": "uplink"}}'
    cat >"$T/hook" <<'END'
#!/bin/bash
nsenter --net="/proc/$(jq .pid)/ns/net" ip -o link >"$1"
END
    chmod +x "$T/hook"
    config '.hooks.createRuntime = [{path: $hook, args: ["hook", $file], env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}]' \
        --arg hook "$T/hook" --arg file "$T/seen"
    created
    contains "$(cat "$T/seen")" uplink
}

@test "netDevices: sysctl can name them" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7
    devices '{"eth7": {"name": "uplink"}}'
    config '.linux.sysctl = {"net.ipv4.conf.uplink.forwarding": "1"}'
    created
    is "$(inside cat /proc/sys/net/ipv4/conf/uplink/forwarding)" 1
}

@test "netDevices: into a network namespace that is joined" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    touch "$T/pod"
    FIXTURES+=("$T/pod")
    unshare --net="$T/pod" true
    veth eth7 192.0.2.1/24
    config '(.linux.namespaces[] | select(.type == "network")).path = $path' --arg path "$T/pod"
    devices '{"eth7": {"name": "uplink"}}'
    created
    is "$(nsenter --net="$T/pod" ip -json address show dev uplink | jq -r '.[0].addr_info[0].local')" 192.0.2.1
    # It is the namespace's from now on, and not moved back with the container's end.
    on_host delete --force "$ID"
    is "$(nsenter --net="$T/pod" ip -json link show uplink | jq -r '.[0].ifname')" uplink
    is "$(links host)" eth7.peer
}

@test "netDevices: a name that the container has already is an error, and the interface stays" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7 192.0.2.1/24
    host ip link set eth7 up
    devices '{"eth7": {"name": "lo"}}'
    attempt on_host create --bundle "$BUNDLE" "$ID"
    fails "'lo' already" /linux/netDevices/eth7 %d
    is "$(links host)" "eth7 eth7.peer"
    is "$(addresses host eth7)" 192.0.2.1/24
}

@test "netDevices: two of one name are an error, and both are back as they were" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth a 192.0.2.1/24 && veth b
    host ip link set a up
    devices '{"a": {"name": "same"}, "b": {"name": "same"}}'
    attempt on_host create --bundle "$BUNDLE" "$ID"
    fails "'same' already" /linux/netDevices/b
    is "$(links host)" "a a.peer b b.peer"
    is "$(addresses host a)" 192.0.2.1/24
    contains "$(host ip -json link show a | jq -r '.[0].flags | join(" ")')" UP
    lacks "$(host ip -json link show b | jq -r '.[0].flags | join(" ")')" UP
}

@test "netDevices: a later failure of create gives them back" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7 192.0.2.1/24 2001:db8::1/64
    devices '{"eth7": {"name": "uplink"}}'
    config '.hooks.createRuntime = [{path: "/bin/false", args: ["false"]}]'
    attempt on_host create --bundle "$BUNDLE" "$ID"
    fails createRuntime
    is "$(links host)" "eth7 eth7.peer"
    is "$(addresses host eth7)" "192.0.2.1/24 2001:db8::1/64"
}

@test "netDevices: an interface that the host has not is named" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    devices '{"nosuch0": {}}'
    attempt on_host create --bundle "$BUNDLE" "$ID"
    fails "no network interface 'nosuch0'" /linux/netDevices/nosuch0
}

@test "netDevices: an interface that cannot leave is named, with the kernel's reason" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    devices '{"lo": {"name": "lo2"}}'
    attempt on_host create --bundle "$BUNDLE" "$ID"
    fails "cannot move network interface 'lo'" "one network namespace for ever"
}

@test "netDevices: without a network namespace of its own it is refused" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7
    devices '{"eth7": {}}'
    config '.linux.namespaces |= map(select(.type != "network"))'
    attempt on_host create --bundle "$BUNDLE" "$ID"
    fails /linux/netDevices "no network namespace"
    config '.linux.namespaces += [{type: "network", path: $path}]' --arg path "$T/host"
    attempt on_host create --bundle "$BUNDLE" "$ID"
    fails /linux/netDevices "the runtime's own"
    is "$(links host)" "eth7 eth7.peer"
}

@test "netDevices: names that no interface can have are refused" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    local bad
    for bad in 'a/b' 'a b' '.' '..' 'sixteencharacter'; do
        devices "{\"eth7\": {\"name\": \"$bad\"}}"
        attempt on_host create --bundle "$BUNDLE" "$ID"
        fails "no name of a network interface" /linux/netDevices/eth7/name
    done
}

@test "netDevices: into a new user namespace" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7 192.0.2.1/24
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
    chown -R 100000:100000 "$BUNDLE/rootfs"
    devices '{"eth7": {}}'
    created
    is "$(addresses inside eth7)" 192.0.2.1/24
}

@test "netDevices: run takes them too" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    veth eth7 192.0.2.1/24
    devices '{"eth7": {"name": "uplink"}}'
    script 'ip -o -4 address show dev uplink'
    attempt on_host run --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" 192.0.2.1/24
}

@test "netDevices: the plan says what will be moved" {
    devices '{"eth7": {"name": "uplink"}}'
    attempt caisson plan --bundle "$BUNDLE"
    succeeds
    contains "$output" net-device uplink
    attempt caisson plan --format json --bundle "$BUNDLE"
    succeeds
    is "$(jq -r '.. | .net_devices? // empty | .eth7' <<<"$output")" uplink
}
