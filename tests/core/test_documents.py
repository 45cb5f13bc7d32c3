"""Reads JSON and YAML (contract: http.md, Paths and bodies): the values, the bounds, the words."""

import json
import re
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper_site.core.documents import (
    MAX_BYTES,
    DocumentError,
    DocumentTooLarge,
    read_document,
    read_message,
    read_object,
)
from gatekeeper_site.core.documents.values import length_of_number

# What libraries and Python say of bad texts, or of their values.
FOREIGN_WORDS = re.compile(
    r"Expecting|delimiter|Extra data|Unterminated|Invalid|while (scanning|parsing|constructing)|"
    r"could not|did not find|but found|unicode string|codec|tag:yaml|<class|object at 0x|None|"
    r"Traceback|Error\b|(?<!!)\b(str|dict|int)\b"
)

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda children: st.lists(children, max_size=5) | st.dictionaries(texts, children, max_size=5),
    max_leaves=20,
)
# What YAML can write: no control characters, no half of a surrogate pair, no noncharacters.
yaml_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")))


def faults_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as refused:
        read_document(text.encode())
    assert not FOREIGN_WORDS.search(str(refused.value)), str(refused.value)
    return [tuple(fault) for fault in refused.value.faults]


def same_kind(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


# YAML's core schema


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[(text, None) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, True) for text in ("true", "True", "TRUE")],
        *[(text, False) for text in ("false", "False", "FALSE")],
        *[("0", 0), ("-0", 0), ("+1", 1), ("-17", -17), ("18446744073709551615", 2**64 - 1)],
        *[("0x1F", 31), ("0xff", 255), ("0o17", 15), ("-9223372036854775808", -(2**63))],
        *[("1e3", 1000.0), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("-1.5E-3", -0.0015)],
        *[("!!float 1", 1.0), ("!!int 0x1F", 31), ('!!bool "true"', True), ("!!null ''", None)],
        *[("!!str 12", "12"), ("! 12", "12"), ("'12'", "12"), ('"~"', "~"), ("!!str", "")],
        *[("!!map {}", {}), ("!!seq [1]", [1]), ("! {}", {}), ("! []", [])],
        ("&a 0x1F", 31),
    ],
)
def test_a_scalar_is_what_the_core_schema_says(written: str, value: Any) -> None:
    assert same_kind(read_document(f"x: {written}".encode())["x"], value)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "52:54:00:12:34:56",
            "12:30:45",
            "1:30",
            "190:20:30.15",
            "2017-09-15",
            "2017-09-15 13:36",
        ],
        *["yes", "Yes", "no", "NO", "on", "off", "y", "n", "tRUE", "nULL", "nan", "inf", "NaN"],
        *["0755", "007", "-012", "00", "01.5", "00.5", "0123e4", "1_000", "0x_1", "1_0.5"],
        *["0b11", "0B11", "0X1F", "0O17", "+0x1F", "-0o7", "0xg", "0o8", "1e", "e3", ".", "+"],
        *["1.2.3", "1,5", "1 2", "..5", "--1", "=", ".Nan", ".iNF", "+.nan"],
        "\N{ARABIC-INDIC DIGIT ONE}",
    ],
)
def test_whatever_else_looks_like_something_stays_text(text: str) -> None:
    assert read_document(f"x: {text}\n{text}: x".encode()) == {"x": text, text: "x"}


@given(json_values)
def test_json_is_read_as_it_was_written(value: Any) -> None:
    assert read_object(json.dumps({"x": value}).encode()) == {"x": value}
    assert read_document(json.dumps({"x": value}, ensure_ascii=False).encode()) == {"x": value}


@given(st.dictionaries(yaml_texts, st.lists(yaml_texts | st.integers(-9, 9) | st.none())))
def test_yaml_is_read_as_it_was_written(value: Any) -> None:
    # PyYAML puts in quotes what to YAML 1.1 is no text: that is more than what to 1.2 is none,
    # but for these.
    written = yaml.safe_dump(value, allow_unicode=True)
    if not re.search(r"0o[0-7]|[0-9]e[0-9]", written):
        assert read_document(written.encode()) == value


# What is refused, and where

REFUSED = [
    ("x: .nan", "x", "Neither NaN nor infinity is a number in JSON."),
    ("x: [1, -.INF]", "x[1]", "Neither NaN nor infinity is a number in JSON."),
    ("x: 1e999", "x", "This number is beyond what a double holds."),
    ("x: !!float 1e999", "x", "This is not what its tag !!float says."),
    ('{"x": [{"y": NaN}]}', "x[0].y", "Neither NaN nor infinity is a number in JSON."),
    ('{"x": -1e999}', "x", "This number is beyond what a double holds."),
    *[
        (f"x: {number}", "x", "An integer has at most 64 bits.")
        for number in ("18446744073709551616", "-9223372036854775809", "9" * 5000)
    ],
    ("x: 0x1ffffffffffffffff", "x", "An integer has at most 64 bits."),
    (f'{{"x": {"9" * 30}}}', "x", "An integer has at most 64 bits."),
    *[
        (f"x:\n  {key}: y", f"x.{key}", f'A key must be a string: write "{key}" in quotes.')
        for key in ("80", "1.5", "true", "~", ".nan", "0x1F", "9" * 30)
    ],
    ("a: 1\nb: 2\na: 3", "a", "This key stands twice in one object."),
    ("x: [{a: 1, 'a': 2}]", "x[0].a", "This key stands twice in one object."),
    ('{"x": {"a": 1, "\\u0061": 2}}', "x.a", "This key stands twice in one object."),
    ("x: {<<: {a: 1}, <<: {b: 1}}", "x.<<", "This key stands twice in one object."),
    *[
        (f"x: {tag} {rest}", "x", f"The tag {tag} has no meaning here: leave it out.")
        for tag, rest in [
            *[("!!set", "{b, c}"), ("!!timestamp", "foo"), ("!!timestamp", "2017-09-15")],
            *[("!!binary", "aGVsbG8="), ("!!omap", "[{b: 1}]"), ("!mine", "1"), ("!mine", "{}")],
            *[("!!python/name:os.system", "''"), ("!!python/tuple", "[1]"), ("!!map", "[1]")],
            *[("!!seq", "{}"), ("!!str", "[1]"), ("!!int", "[1]"), ("!!merge", "x")],
        ]
    ],
    ("x: !!int one", "x", "This is not what its tag !!int says."),
    ('x: !!int ""', "x", "This is not what its tag !!int says."),
    ("x: !!bool yes", "x", "This is not what its tag !!bool says."),
    ("x: !!null 1", "x", "This is not what its tag !!null says."),
    ("x: !!int 1.5", "x", "This is not what its tag !!int says."),
    ('x: "a\\0"', "x", "A string has no NUL character."),
    ('"a\\0": x', "a\N{REPLACEMENT CHARACTER}", "A string has no NUL character."),
    ('{"x": "\\ud800"}', "x", "A string has no half of a surrogate pair."),
]


@pytest.mark.parametrize(("text", "path", "message"), REFUSED, ids=lambda part: repr(part)[:40])
def test_what_is_not_taken_is_named_with_its_place(text: str, path: str, message: str) -> None:
    found = faults_of(text)

    shown = path if len(path) <= 60 else path[:60]
    assert [(place.rstrip("…"), said) for place, said in found] == [(shown, message)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("? [a]\n: b", "A key must be a string, and this is none, at line 1, column 5."),
        ("x: &a 1\n*a : b", "A key must be a string, and this is none, at line 2, column 1."),
        (
            "a: 1\n---\nb: 2",
            "The body is several YAML documents: another begins, at line 2, column 1.",
        ),
        ("x:\n  *y", "The alias *y names nothing before it, at line 2, column 3."),
        ("x: &x [*x]", "The alias *x names nothing before it, at line 1, column 8."),
        ("x: &x {<<: *x}", "The alias *x names nothing before it, at line 1, column 12."),
        ("x: &x 1\ny: &x [*x]", "The alias *x names nothing before it, at line 2, column 8."),
        ("x: " + "[" * 70, "The body is nested deeper than 64 levels, at line 1, column 67."),
        ("[1]", "The body must be a JSON object."),
    ],
)
def test_what_has_no_path_is_named_with_line_and_column(text: str, message: str) -> None:
    assert faults_of(text) == [("", message)]


HINT = " If curl sent it by -d @file, which strips line ends: --data-binary @file keeps them."


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: b\nc:  d: e\n", 'line 2, column 6 on, at ": e".'),
        ("é: 'ü\n", "line 2, column 1 on, where it ends."),
        ("é: a\nü: \x01b\n", 'line 2, column 4 on, at "\N{REPLACEMENT CHARACTER}b".'),
        ("a: b\r\nc: @d\r\n", 'line 2, column 4 on, at "@d".'),
        ("a: b\n" + "c: @" + "d" * 100, f'line 2, column 4 on, at "@{"d" * 59}".'),
        ("{a: ", "line 1, column 5 on, where it ends."),
        ("vendor: xname: y", f'line 1, column 14 on, at ": y".{HINT}'),
    ],
)
def test_a_text_that_breaks_off_says_where(text: str, where: str) -> None:
    said = f"The body is neither JSON nor YAML: it cannot be read from {where}"
    assert faults_of(text) == [("", said)]


def test_a_file_that_is_all_comment_without_its_line_ends_has_the_hint_too() -> None:
    assert faults_of("# A firewall.vendor: x") == [("", f"The body must be a JSON object.{HINT}")]


def test_bytes_that_are_no_text_say_which() -> None:
    with pytest.raises(DocumentError, match="is not UTF-8 text: byte 3 is none of"):
        read_object(b'{"a\xff": 1}')


def test_of_more_faults_than_anybody_reads_the_rest_is_left_out() -> None:
    found = faults_of("x: [" + ".nan, " * 1000 + "]")

    assert [path for path, _ in found] == [*(f"x[{index}]" for index in range(100)), ""]
    assert found[-1][1] == "More is wrong than these 100 faults."


# Aliases


def test_aliases_stand_for_what_they_name() -> None:
    text = "a: &a {b: 1}\nc: [*a, *a]\nd: &d x\n*d : *d\ne: &a 2\nf: *a"

    assert read_document(text.encode()) == {
        "a": {"b": 1},
        "c": [{"b": 1}, {"b": 1}],
        "d": "x",
        "x": "x",
        "e": 2,
        "f": 2,
    }


def test_the_core_schema_knows_no_merge_key() -> None:
    text = "x: &x {a: 1}\ny: {<<: *x, b: 2}\nz: {'<<': [*x]}\n<<: 1"

    for read in (read_document, lambda body: read_message(body, MAX_BYTES)):
        assert read(text.encode()) == {
            "x": {"a": 1},
            "y": {"<<": {"a": 1}, "b": 2},
            "z": {"<<": [{"a": 1}]},
            "<<": 1,
        }


# How much it unfolds to


def refilled(text: str, length: int) -> bytes:
    return text.replace("…", "a" * length).encode()


@pytest.mark.parametrize(
    ("text", "overhead"),
    [
        ("x: …", len('{"x":""}')),
        ("? …\n: x", len('{"":"x"}')),
        ('{"x": "…"}', len('{"x":""}')),
        ("x: [1, true, null, -1.5, …]", len('{"x":[1,true,null,-1.5,""]}')),
        ("x: {y: é, z: …}", len('{"x":{"y":"é","z":""}}'.encode())),
        # Six bytes, two bytes.
        ('x: "\\x01\\n…"', len('{"x":"\\u0001\\n"}')),
        ("a: &a {b: […]}\nc: *a", -1),
    ],
)
def test_a_document_is_measured_to_the_byte(text: str, overhead: int) -> None:
    if overhead < 0:
        # Twice in the answer.
        fitting = (MAX_BYTES - len('{"a":{"b":[""]},"c":{"b":[""]}}')) // 2
    else:
        fitting = MAX_BYTES - overhead
    printed = json.dumps(
        read_document(refilled(text, fitting)), separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert MAX_BYTES - 1 <= len(printed) <= MAX_BYTES
    with pytest.raises(DocumentTooLarge):
        read_document(refilled(text, fitting + 1))


@pytest.mark.parametrize(
    "text",
    [
        "d: &d …\nx: [" + "*d," * 2000 + "]",
        "d: &d …\nx: {" + ",".join(f"k{n}: *d" for n in range(20)) + "}",
        # Keys are counted, and so is each letter that takes six bytes.
        "d: &d {? … : 1}\nx: [" + "*d," * 20 + "]",
        'd: &d "' + "\\x01" * 20_000 + '"\nx: [' + "*d," * 10 + "]",
        "x0: &x0 [a]\n" + "".join(f"x{n}: &x{n} [*x{n - 1}, *x{n - 1}]\n" for n in range(1, 40)),
        "x0: &x0 {" + ",".join(f"k{n}: 1" for n in range(9000)) + "}\nx:\n" + "- <<: *x0\n" * 9000,
        "x0: &x0 [" + "{}," * 30_000 + "]\nx:\n" + "- <<: *x0\n" * 30_000,
        "x0: &x0 [" + "{}," * 30_000 + "1]\nx:\n" + "- <<: *x0\n" * 30_000,
        "x: [" + "1e308," * 100_000 + "]",
        "x: [" + "5e-324," * 100_000 + "]",
    ],
    ids=lambda text: text[:20],
)
def test_what_unfolds_beyond_a_mebibyte_is_refused(text: str) -> None:
    with pytest.raises(DocumentTooLarge):
        read_document(refilled(text, 100_000))


def test_depth_is_that_of_what_aliases_name() -> None:
    def chain(levels: int) -> str:
        links = (f"x{level}: &x{level} [*x{level - 1}]\n" for level in range(1, levels))
        return "x0: &x0 []\n" + "".join(links)

    assert len(read_document(chain(63).encode())) == 63
    assert faults_of(chain(64)) == [
        ("x63" + "[0]" * 63, "The body is nested deeper than 64 levels.")
    ]


# Messages of others


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # As Python's json writes what is beyond 16 bits; libyaml refuses that.
        (r'{"x": "\ud83d\ude00"}', {"x": "😀"}),
        (r'{"\uD83D\uDE00": 1}', {"😀": 1}),
        (r'["\\ud83d\\u0000"]', [r"\ud83d\u0000"]),
        (
            r'["a\u0000b", "\ud83d", "\ude00\ud83d", "\ud83d\ud83d\ude00"]',
            ["a�b", "�", "��", "�😀"],
        ),
        ('{"x": [NaN, -Infinity, 1e999, 1.0]}', {"x": ["NaN", "-Infinity", "1e999", 1.0]}),
        (f"[{2**64 - 1}, {2**64}, {'9' * 5000}]", [2**64 - 1, str(2**64), "9" * 5000]),
        ('{"x":\t"\x7f/\\/"}', {"x": "\x7f//"}),
    ],
    ids=lambda part: repr(part)[:30],
)
def test_a_message_that_is_json_is_read_as_json(text: str, value: Any) -> None:
    read = read_message(text.encode(), MAX_BYTES)

    assert read == value
    json.dumps(read, ensure_ascii=False).encode()


@given(json_values)
def test_a_message_is_read_as_json_wrote_it(value: Any) -> None:
    for is_ascii in (True, False):
        assert read_message(json.dumps(value, ensure_ascii=is_ascii).encode(), MAX_BYTES) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"x": {"a": 1, "a": 2}}', "x.a: This key stands twice in one object."),
        ('{"x": ' + "[" * 70 + "]" * 70 + "}", "The body is nested deeper than 64 levels."),
        ("[" * 100_000, "The body is nested deeper than 64 levels."),
    ],
    ids=lambda part: part[:20],
)
def test_a_message_in_json_has_the_bounds_of_any(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_message(text.encode(), MAX_BYTES)


def test_a_message_in_json_is_measured_to_the_byte() -> None:
    assert read_message(b'"abcdefgh"', 10) == "abcdefgh"
    with pytest.raises(DocumentTooLarge):
        read_message(b'"abcdefghi"', 10)


# Whatever comes


@given(st.binary(max_size=200) | texts.map(str.encode))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    for read in (read_object, read_document, lambda text: read_message(text, MAX_BYTES)):
        try:
            json.dumps(read(body), allow_nan=False)
        except DocumentError as error:
            said = " ".join(fault.message for fault in error.faults)
            # Without what is shown of the text itself.
            assert not FOREIGN_WORDS.search(re.sub('".*"', "", said, flags=re.DOTALL)), said


@given(
    st.text(
        st.sampled_from("a1: \n-[]{}&*!|>%?'\",#~<=.\t_x0e") | st.characters(codec="utf-8"),
        max_size=60,
    )
)
def test_no_yaml_breaks_the_reader(text: str) -> None:
    with suppress(DocumentError):
        json.dumps(read_document(text.encode()), allow_nan=False)
    with suppress(DocumentError):
        json.dumps(read_message(text.encode(), MAX_BYTES), allow_nan=False)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_counts_as_what_it_takes_in_full(number: float) -> None:
    in_full = len(format(Decimal(repr(number)), "f"))

    assert in_full <= length_of_number(number) <= in_full + len("-1.7976931348623157e+308")
