# SPDX-License-Identifier: LGPL-2.1-or-later

# all_limits: prints a filter of jq that sets every limit which this host's cgroup v2 has a controller for
all_limits() {
    local mount controllers controller disk major minor filter
    mount=$(awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) == "cgroup2") last = $5 } END { print last }' /proc/self/mountinfo)
    read -ra controllers <"$mount/cgroup.controllers"
    filter='.linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 10, minor: 200, access: "rwm"}]'
    for controller in "${controllers[@]}"; do
        case $controller in
        memory) filter+=' | .linux.resources.memory = {limit: 268435456, swap: 536870912, reservation: 67108864}' ;;
        cpu) filter+=' | .linux.resources.cpu += {shares: 512, quota: 50000, period: 100000, burst: 10000}' ;;
        cpuset) filter+=' | .linux.resources.cpu += {cpus: "0", mems: "0"}' ;;
        pids) filter+=' | .linux.resources.pids = {limit: 100}' ;;
        hugetlb)
            [ ! -e /sys/kernel/mm/hugepages/hugepages-2048kB ] ||
                filter+=' | .linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 4194304}]'
            ;;
        io)
            for disk in /sys/block/*; do
                [ "$(cat "$disk/size")" != 0 ] || continue
                IFS=: read -r major minor <"$disk/dev"
                filter+=" | .linux.resources.blockIO.throttleReadBpsDevice = [{major: $major, minor: $minor, rate: 1073741824}]"
                break
            done
            ;;
        esac
    done
    printf '%s\n' "$filter"
}
