"""Values that stand where others are expected, as YAML and as JSON."""

from hypothesis import strategies as st

NUMBERS = (
    *(
        "0",
        "-0",
        "1",
        "-1",
        "2",
        "0.5",
        "-0.5",
        "1.0",
        "1e-3",
        "1e308",
        "-1e308",
        "1e309",
        "1e-320",
        "5e-324",
        "99999999999",
    ),
    *("9223372036854775808", "18446744073709551616", "1" + "0" * 299, "9" * 301, "9" * 4301, "1." + "0" * 5000 + "1"),
    *("0x" + "f" * 300, "0o" + "7" * 400, "010", "1_000", "1:30", "+.5", "1.", "1e", "0x", "2147483648", "4294967296"),
)
WORDS = (
    *(
        "",
        "~",
        "null",
        "true",
        "false",
        "off",
        "on",
        "yes",
        ".inf",
        "-.inf",
        ".nan",
        ".NaN",
        "all",
        "full",
        "last",
        "max",
    ),
    *(
        "mnist",
        "adam",
        "sgd",
        "mlp",
        "cnn",
        "relu",
        "cross_entropy",
        "constant",
        "exponential",
        "csv",
        "npz",
        "idx",
        "synthetic",
    ),
    *("98.13 %", "0.9568 +- 0.0029", "collapsed", "diverged", "1e999 %", ".nan %", "A > B", "spread < .inf", "rising"),
    *(
        "2020-01-01",
        "own_code:Signum",
        "own_code:missing",
        "os:system",
        "json:loads",
        "keras.saving:deserialize_keras_object",
    ),
    *(
        "missing:thing",
        "a b:c",
        ":",
        "::",
        "a" * 300,
        "x" * 20_000,
        "~nobody_there/x.npz",
        "../x.npz",
        "/dev/null",
        ".",
    ),
    *(
        "/dev/zero",
        "/proc/self/mem",
        "data.npz",
        "data.csv",
        "faults/../data.csv",
        "idx",
        "case.yaml",
        "é学习µ",
        "-",
        "?",
    ),
)
SYNTAX = (
    *(
        "{",
        "}",
        "[",
        "]",
        "[]",
        "{}",
        "[[[]]]",
        "{a: {a: {a: 1}}}",
        "&a 1",
        "*a",
        "!!int 3",
        "!!python/object:os.system x",
    ),
    *("<<: *a", "? a", "| x", "> x", "%YAML 1.1", "---", "...", "@x", "`x`", "'", '"', "\t", "# x", ": ", "- - - 1"),
    *("{name: }", "{name: [adam]}", "{name: {name: adam}}", "{name: adam, name: sgd}", "{each: [1, 2]}", "{each: []}"),
    *("{from: 1, to: 1e9, step: 1}", "{from: 1e-300, to: 1e300, per_decade: 1000}", "{from: 0, to: 1, per_decade: 2}"),
    *("{from: 1, to: .inf, step: 1}", "{from: 1, to: 2, step: 1e-300}", "{from: 2, to: 1, step: .nan}", "{layers: []}"),
    *("{layers: [Dense]}", "{layers: [{name: Dense, units: 1e9}]}", "[" * 400 + "]" * 400, "{a: " * 400 + "}" * 400),
    *(
        "[" * 20_000,
        "- " * 3000 + "1",
        "{images: many}",
        "[0, 0]",
        "[1, 1.0, true]",
        '{"1": 1, 1: 2}',
        "{1: 1, 1.0: 1}",
    ),
)
QUOTED = (
    *(
        "a\0b",
        "\x1b[31mred\x1b]0;pwned\x07",
        "\u202etxt.exe",
        "\n\n",
        "\r",
        "\x85\u2028",
        "=cmd|'/c calc'!A1",
        "@SUM(1)",
    ),
    *(
        "[a](http://e)",
        "![x](http://e/x.png)",
        "<script>",
        "a/b",
        "../x",
        "\ufeff",
        "1",
        "a, b",
        "\x7f",
        "\ud800",
        "😀",
    ),
)


def quoted(text: str) -> str:
    """Return a text as YAML in double quotes."""
    signs = (sign if sign.isprintable() and sign not in '"\\' else f"\\U{ord(sign):08x}" for sign in text)
    return f'"{"".join(signs)}"'


# All that can be encoded, as by default, where hypothesis finds that out sign by sign.
_SIGNS = st.characters(exclude_categories=("Cs",))
# YAML that mostly parses.
values = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(WORDS),
    st.sampled_from(SYNTAX),
    st.sampled_from(QUOTED).map(quoted),
    st.integers().map(str),
    st.floats().map(repr),
    st.text(_SIGNS, max_size=12).map(quoted),
)
# What stands in the middle of other text.
fragments = st.one_of(
    st.sampled_from(SYNTAX), st.sampled_from(QUOTED), st.text(_SIGNS, max_size=4), st.sampled_from(NUMBERS)
)

_HUGE = (10**400, -(10**19), 2**63, 2**64, 1e308, -1e308, 5e-324, 1.7976931348623157e308, float("inf"), float("nan"))
_SMALL = (None, True, False, 0, 1, -1, 0.5, 1.5, "", "x", "done", "failed", "diverged", [], {}, [1], [None], {"a": 1})
# Values of JSON, with those that only Python's JSON has.
json_values = st.one_of(
    st.sampled_from(_HUGE),
    st.sampled_from(_SMALL),
    st.sampled_from([text for text in QUOTED if text != "\ud800"]),
    st.integers(),
    st.floats(),
    st.text(_SIGNS, max_size=8),
    st.lists(st.none() | st.integers() | st.floats() | st.lists(st.floats(), max_size=2), max_size=4),
)
