# SPDX-License-Identifier: MIT
# bash completion for analyze; tests compare it with `analyze --help`.
_analyze()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

    case $prev in
    --rules)
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W "text json markdown tap junit" -- "$cur")
        return
        ;;
    --fail-on)
        mapfile -t COMPREPLY < <(compgen -W "notice warning critical never" -- "$cur")
        return
        ;;
    --explain)
        mapfile -t COMPREPLY < <(compgen -W "$("$1" --list-rules 2>/dev/null |
            awk '{ print $3 }')" -- "$cur")
        return
        ;;
    --limit)
        mapfile -t COMPREPLY < <(compgen -W "help $("$1" --limit help 2>/dev/null |
            sed 's/=.*/=/')" -- "$cur")
        return
        ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--json --markdown --format --full --fail-on
            --fail-on-unknown --rules --before --facts --explain --list-rules --needs --test-rules
            --ndjson --jobs --limit --update --version --help" -- "$cur")
        return
    fi
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    ((COMP_CWORD > 1)) || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < \
        <(compgen -W "check summarize" -- "$cur")
}
complete -o filenames -F _analyze analyze
