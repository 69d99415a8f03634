"""The scripts with which shells complete: Typer's, mended."""

from collections.abc import Mapping
from contextlib import suppress

# Pieces of Typer's scripts, and what takes their place. Bash takes `--option=value` for three words, Typer for two. Zsh
# calls the file itself the first time, in place of the function that it defines.
_MENDED: Mapping[str, Mapping[str, str]] = {
    "bash": {
        "() {\n": r"""() {
    local words=() place=$COMP_CWORD i
    for i in "${!COMP_WORDS[@]}"; do
        if [[ $i -gt 0 && ${COMP_WORDS[i]} == "=" && ${COMP_WORDS[i-1]} == --* ]]; then
            [[ $i -lt $COMP_CWORD ]] && place=$((place - 1))
        else
            words+=("${COMP_WORDS[i]}")
        fi
    done
""",
        "${COMP_WORDS[*]}": "${words[*]}",
        "COMP_CWORD=$COMP_CWORD": "COMP_CWORD=$place",
        "    return 0\n": """    [[ ${#COMPREPLY[@]} == 1 && $COMPREPLY == *= ]] && compopt -o nospace
    return 0
""",
    },
    "zsh": {
        "  eval $(": """  [[ $PREFIX == --*=* ]] && compset -P 1 '*='
  local answer=$(""",
        "complete_zsh %(prog_name)s)\n": """complete_zsh %(prog_name)s)
  if [[ $answer == *'="'* ]]; then
    compadd() { builtin compadd -S '' "$@" }
    { eval ${=answer} } always { unfunction compadd }
  else
    eval ${=answer}
  fi
""",
        "\ncompdef %(complete_func)s %(prog_name)s\n": """
compdef %(complete_func)s %(prog_name)s

if [ "$funcstack[1]" = "_%(prog_name)s" ]; then
  %(complete_func)s "$@"
fi
""",
    },
    "fish": {
        ' %(prog_name)s)" --condition': " %(prog_name)s | string replace -r '^' -- "
        "(string match -r '^--[^=]+=' -- (commandline -ct); or echo '')" + ')" --condition',
    },
}


def mend_scripts() -> None:
    """Mend what Typer's scripts get wrong.

    Zsh ignores the first key press, it and bash put a blank behind `path=`, and no shell completes `--option=value`.
    """
    # They are private to Typer: with another version of it, its own scripts must do.
    with suppress(ImportError, AttributeError, KeyError, TypeError):
        from typer._completion_shared import _completion_scripts as scripts

        for shell, pieces in _MENDED.items():
            if all(piece in scripts[shell] for piece in pieces):
                for piece, mended in pieces.items():
                    scripts[shell] = scripts[shell].replace(piece, mended)
