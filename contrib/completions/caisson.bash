# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of caisson's command line for bash. Installed as share/bash-completion/completions/caisson; to try it:
# . contrib/completions/caisson.bash
# shellcheck shell=bash

# The ids below the state root that the command line names.
_caisson_ids() {
    command caisson "${_caisson_root[@]}" list --quiet 2>/dev/null
}

# Options of one command, "" for those before the command.
_caisson_options() {
    local create='--bundle --config --console-socket --pidfd-socket --pid-file --preserve-fds --no-pivot
        --no-new-keyring --no-subreaper'
    local criu='--image-path --work-path --tcp-established --ext-unix-sk --shell-job --file-locks --link-remap --lazy-pages
        --auto-dedup --empty-ns --manage-cgroups-mode --network-lock'

    case $1 in
    '') echo '--root --log --log-format --log-level --debug --cgroup-manager --systemd-cgroup --rootless --version' ;;
    check) echo '--bundle --config' ;;
    checkpoint)
        echo "$criu --leave-running --pre-dump --parent-path --page-server --status-fd --tcp-skip-in-flight"
        ;;
    create) echo "$create" ;;
    delete) echo '--force --regex' ;;
    events) echo '--stats --interval' ;;
    exec)
        echo '--process --detach --tty --user --additional-gids --cwd --env --cap --no-new-privs --process-label
            --apparmor --cgroup --console-socket --pidfd-socket --pid-file --preserve-fds --ignore-paused'
        ;;
    kill) echo '--all --regex' ;;
    list) echo '--format --quiet' ;;
    plan) echo "$create --format" ;;
    ps) echo '--format' ;;
    restore) echo "$create --detach --keep $criu --tcp-close --lsm-profile --lsm-mount-context" ;;
    run) echo "$create --detach --keep" ;;
    spec) echo '--bundle --file --rootless' ;;
    stats) echo '--format --no-stream' ;;
    update)
        echo '--resources --memory --memory-reservation --memory-swap --cpu-share --cpu-period --cpu-quota --cpu-burst
            --cpu-idle --cpu-rt-period --cpu-rt-runtime --cpuset-cpus --cpuset-mems --blkio-weight --pids-limit
            --l3-cache-schema --mem-bw-schema --kernel-memory --kernel-memory-tcp'
        ;;
    esac
    echo '--help'
}

# Whether an option takes a value, by the command and its name.
_caisson_takes_value() {
    case $1:$2 in
    *:--root | *:--log | *:--log-format | *:--log-level | *:--cgroup-manager | :--rootless) ;;
    *:--bundle | *:-b | *:--config | *:--file | *:--console-socket | *:--pidfd-socket | *:--pid-file) ;;
    *:--preserve-fds | *:--format | *:--process | *:--user | *:--additional-gids | *:--cwd | *:--env) ;;
    update:--help) return 1 ;;
    update:--[a-z]* | update:-r | events:--interval | stats:-f) ;;
    *:--image-path | *:--work-path | *:--parent-path | *:--page-server | *:--status-fd | *:--empty-ns) ;;
    *:--manage-cgroups-mode | *:--network-lock | *:--lsm-profile | *:--lsm-mount-context | restore:-f) ;;
    *:--cap | *:--process-label | *:--apparmor | *:--cgroup) ;;
    exec:-[pugec] | create:-f | run:-f | plan:-f | check:-f | spec:-f | list:-f | ps:-f) ;;
    *) return 1 ;;
    esac
}

# Values of an option. Sets COMPREPLY.
_caisson_value() {
    local command=$1 option=$2 word=$3 words=''

    case $option in
    --log-format) words='text json' ;;
    --log-level) words='error warning info debug' ;;
    --cgroup-manager) words='cgroupfs systemd disabled' ;;
    --rootless) words='auto true false' ;;
    --format | -f)
        case $command in
        list | ps) words='table json' ;;
        stats) words='table json openmetrics' ;;
        plan) [ "$option" = -f ] || words='text json' ;;
        esac
        ;;
    --cpu-idle) words='0 1' ;;
    --empty-ns) words=network ;;
    --manage-cgroups-mode) words='soft full strict ignore' ;;
    --network-lock) words='iptables nftables skip' ;;
    esac
    if [ "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        return
    fi
    case $option in
    --root | --bundle | -b | --image-path | --work-path | --parent-path) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    --log | --config | --file | -f | --console-socket | --pidfd-socket | --pid-file | --process | -p | --resources | -r)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        ;;
    esac
    compopt -o filenames 2>/dev/null
}

_caisson() {
    local commands='check checkpoint create delete events exec features help kill list mounts pause plan ps restore resume run spec start state stats update version'
    local signals='HUP INT QUIT KILL USR1 USR2 TERM CONT STOP'
    local command='' arguments=0 word previous='' i
    local -a _caisson_root=()

    COMPREPLY=()
    # bash cuts "--option=value" into three words.
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [ "$word" = = ]; then
            continue
        elif [ "$previous" ]; then
            [ "$previous" != --root ] || _caisson_root=(--root "$word")
            previous=''
        elif [[ $word = -* ]]; then
            ! _caisson_takes_value "$command" "$word" || previous=$word
        elif [ ! "$command" ]; then
            command=$word
        else
            arguments=$((arguments + 1))
        fi
    done

    word=${COMP_WORDS[COMP_CWORD]}
    [ "$word" != = ] || word=''
    if [ "$previous" ]; then
        _caisson_value "$command" "$previous" "$word"
    elif [[ $word = -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_caisson_options "$command")" -- "$word")
    elif [ ! "$command" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
    elif [ "$command" = help ]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
    elif [ "$command" = mounts ] && [ $arguments -eq 0 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'add remove' -- "$word")
    elif [ "$command" = mounts ] && [ $arguments -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_caisson_ids)" -- "$word")
    elif [ "$command" = mounts ] && [ $arguments -eq 2 ]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    elif [ "$command" = kill ] && [ $arguments -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$signals" -- "$word")
    elif [ $arguments -eq 0 ]; then
        case $command in
        checkpoint | delete | events | exec | kill | pause | ps | resume | start | state | stats | update)
            mapfile -t COMPREPLY < <(compgen -W "$(_caisson_ids)" -- "$word")
            ;;
        esac
    fi
}

complete -F _caisson caisson
