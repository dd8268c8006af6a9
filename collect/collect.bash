# SPDX-License-Identifier: MIT
# bash completion for collect; tests compare it with `collect --help`.
_collect()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

    case $prev in
    -o | --output | --key-file)
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    -d | --dir | --root)
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "watch --output --gzip --samples --interval --largest
        --cmdline --logs --pseudonymize --key-file --root --wall --bytes --slab --lock --deadline
        --plan --list-patterns --dir --stall --cool-down --keep --history --once --quiet --help
        --version" -- "$cur")
}
complete -F _collect collect
