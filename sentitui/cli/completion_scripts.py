"""Completion scripts for bash, zsh and fish, written out from the tree of commands.

Each script first finds the deepest command on the line, then offers what may follow: the values of the option
before the cursor, else options, actions, choices or files. Nothing runs while a person types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sentitui.cli.command_tree import Node, Option


def bash(root: Node) -> str:
    """For bash 3.2 and newer: `source <(sentitui completion bash)`."""
    return f"""\
# Completion of sentitui for bash; written by `sentitui completion bash`.
_sentitui() {{
    local IFS=$'\\n' cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} at="" word
    local options="" words="" files=""
    COMPREPLY=()
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$at $word" in
            {_steps(root)}) at="${{at:+$at }}$word" ;;
        esac
    done
    case "$at|$prev" in
{_lines(_bash_values(root), 8)}
    esac
    case "$at" in
{_lines(_bash_nodes(root), 8)}
    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
    else
        COMPREPLY=($(compgen -W "$words" -- "$cur") ${{files:+$(compgen -f -- "$cur")}})
    fi
}}
complete -o filenames -F _sentitui sentitui
"""


def _bash_values(root: Node) -> Iterator[str]:
    for node, option in _with_value(root):
        offer = _bash_offer(option)
        yield f"{_patterns(node, option)}) {offer}return ;;"


def _bash_offer(option: Option) -> str:
    if option.choices:
        return f'COMPREPLY=($(compgen -W {_quoted_lines(option.choices)} -- "$cur")); '
    return 'COMPREPLY=($(compgen -f -- "$cur")); ' if option.takes_file else ""


def _bash_nodes(root: Node) -> Iterator[str]:
    for node in root.walk():
        flags = [flag for option in node.options for flag in option.flags]
        offer = [f"options={_quoted_lines(flags)}", f"words={_quoted_lines(_words(node))}"]
        offer += ["files=1"] if node.takes_file else []
        yield f"'{_path(node)}') {' '.join(offer)} ;;"


def zsh(root: Node) -> str:
    """For zsh: `source <(sentitui completion zsh)`, or a file `_sentitui` in `$fpath`."""
    return f"""\
#compdef sentitui
# Completion of sentitui for zsh; written by `sentitui completion zsh`.
_sentitui() {{
    local at="" word files=""
    local -a options offers
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case "$at $word" in
            {_steps(root)}) at="${{at:+$at }}$word" ;;
        esac
    done
    case "$at|$words[CURRENT-1]" in
{_lines(_zsh_values(root), 8)}
    esac
    case "$at" in
{_lines(_zsh_nodes(root), 8)}
    esac
    if [[ $PREFIX == -* ]]; then
        _describe -o option options
    else
        (( $#offers )) && _describe command offers
        [[ -n $files ]] && _files
    fi
}}
if [[ $funcstack[1] == _sentitui ]]; then _sentitui "$@"; else compdef _sentitui sentitui; fi
"""


def _zsh_values(root: Node) -> Iterator[str]:
    for node, option in _with_value(root):
        offer = f"compadd -- {' '.join(map(_quoted, option.choices))}; " if option.choices else ""
        yield f"{_patterns(node, option)}) {offer or ('_files; ' if option.takes_file else '')}return ;;"


def _zsh_nodes(root: Node) -> Iterator[str]:
    for node in root.walk():
        options = [_described(flag, each.help) for each in node.options for flag in each.flags]
        offers = [_described(child.words[-1], child.help) for child in node.children]
        offers += [_described(choice, "") for choice in node.choices]
        files = " files=1" if node.takes_file else ""
        yield f"'{_path(node)}') options=({' '.join(options)}) offers=({' '.join(offers)}){files} ;;"


def _described(word: str, text: str) -> str:
    return _quoted(f"{word}:{text.replace(':', chr(92) + ':')}" if text else word)


def fish(root: Node) -> str:
    """For fish: `sentitui completion fish | source`."""
    steps = " ".join(f"'{_path(node)}'" for node in root.walk() if node.words)
    return f"""\
# Completion of sentitui for fish; written by `sentitui completion fish`.
function __sentitui_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim "$at $word")
        contains -- "$next" {steps}
        and set at "$next"
    end
    test "$at" = "$argv[1]"
end
complete -c sentitui -f
{_lines(_fish_offers(root), 0)}
"""


def _fish_offers(root: Node) -> Iterator[str]:
    for node in root.walk():
        start = f"complete -c sentitui -n '__sentitui_at \"{_path(node)}\"'"
        for child in node.children:
            yield f"{start} -a {_fish(child.words[-1])} -d {_fish(child.help)}"
        for choice in node.choices:
            yield f"{start} -a {_fish(choice)}"
        if node.takes_file:
            yield f"{start} -F"
        for option in node.options:
            yield f"{start} {_fish_option(option)} -d {_fish(option.help)}"


def _fish_option(option: Option) -> str:
    parts = [f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags]
    if option.takes_value:
        parts.append("-r -F" if option.takes_file else "-x")
    if option.choices:
        parts.append(f"-a {_fish(' '.join(option.choices))}")
    return " ".join(parts)


def _fish(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _with_value(root: Node) -> Iterator[tuple[Node, Option]]:
    return ((node, option) for node in root.walk() for option in node.options if option.takes_value)


def _patterns(node: Node, option: Option) -> str:
    return "|".join(f"'{_path(node)}|{flag}'" for flag in option.flags)


def _steps(root: Node) -> str:
    """A case pattern: the commands so far, a space, and a word that leads one deeper."""
    nodes = [node.words for node in root.walk() if node.words]
    return "|".join(f"'{' '.join(words[:-1])} {words[-1]}'" for words in nodes)


def _words(node: Node) -> list[str]:
    return [child.words[-1] for child in node.children] + list(node.choices)


def _path(node: Node) -> str:
    return " ".join(node.words)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _quoted_lines(words: Iterable[str]) -> str:
    return "$'" + "\\n".join(word.replace("\\", "\\\\").replace("'", "\\'") for word in words) + "'"


def _lines(lines: Iterable[str], indent: int) -> str:
    return "\n".join(" " * indent + line for line in lines)
