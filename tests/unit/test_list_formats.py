"""Lists as JSON lines and Parquet, and which column is which field."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fastdial.cli.lists.columns import Columns, parse_told
from fastdial.cli.lists.contacts import ListedContact, contacts_in
from fastdial.cli.lists.csv_rows import MAX_LINE_CHARACTERS
from fastdial.cli.lists.json_rows import MAX_LINE_BYTES
from fastdial.cli.lists.source import STDIN, BadList, Format, Source, format_of
from fastdial.messages.errors import RefusedRow

Told = dict[str, tuple[str, ...]]


def rows(path: Path, told: Told | None = None) -> list[ListedContact | RefusedRow]:
    with Source(path) as source:
        return list(contacts_in(source, format_of(path), told))


def contacts(path: Path, told: Told | None = None) -> list[dict[str, Any]]:
    found = rows(path, told)
    assert all(isinstance(row, ListedContact) for row in found), found
    return [row.contact for row in found if isinstance(row, ListedContact)]


def written(path: Path, *lines: str | bytes) -> Path:
    path.write_bytes(
        b"".join(one if isinstance(one, bytes) else f"{one}\n".encode() for one in lines)
    )
    return path


# --- formats


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", Format.CSV),
        ("a.TSV", Format.CSV),
        ("a.jsonl", Format.JSON),
        ("a.parquet", Format.PARQUET),
        ("-", Format.CSV),
    ],
)
def test_the_ending_tells_the_format(name: str, form: Format) -> None:
    assert format_of(Path(name)) is form


@pytest.mark.parametrize("name", ["list.xlsx", "list"])
def test_another_ending_has_to_be_explained(name: str) -> None:
    with pytest.raises(BadList, match="--format csv, json, parquet"):
        format_of(Path(name))


def test_json_lines_have_the_fields_of_a_contact_row(tmp_path: Path) -> None:
    row = {
        "contact_key": 17,
        "numbers": ["+442079460001", "+442079460002"],
        "zone": "Europe/London",
        "priority": 3,
        "variables": {"name": "Zoë", "age": 41},
        "region": "GB",
        "segment": None,
        "vip": True,
    }
    file = written(tmp_path / "list.jsonl", b"\xef\xbb\xbf", json.dumps(row), "", json.dumps(row))
    expected = {
        "contact_key": "17",
        "numbers": ["+442079460001", "+442079460002"],
        "zone": "Europe/London",
        "region": "GB",
        "priority": 3,
        "variables": {"name": "Zoë", "age": "41", "vip": "true"},
    }
    assert rows(file) == [ListedContact(1, expected), ListedContact(3, expected)]


@pytest.mark.parametrize(
    "line",
    [b"[1]\n", b"{\n", b'{"a": "\xff"}\n', b'{"a": "\\ud800 alone"}\n', b'{"a":' + b"[" * 9_000],
)
def test_a_line_that_is_no_json_object_costs_itself_alone(tmp_path: Path, line: bytes) -> None:
    good = '{"contact_key": "c", "number": "+442079460001"}'
    file = written(tmp_path / "list.jsonl", good, line.rstrip(b"\n") + b"\n", good)
    first, second, third = rows(file)
    assert isinstance(first, ListedContact)
    assert isinstance(second, RefusedRow)
    assert (second.row, second.reason.startswith("not a JSON object")) == (2, True)
    assert isinstance(third, ListedContact)


def test_a_line_without_end_is_not_kept(tmp_path: Path) -> None:
    good = '{"contact_key": "c", "number": "+442079460001"}'
    file = written(tmp_path / "list.jsonl", b"x" * (3 * MAX_LINE_BYTES) + b"\n", good)
    first, second = rows(file)
    assert first == RefusedRow(1, "", "the line is longer than 1,048,576 bytes")
    assert isinstance(second, ListedContact)
    file = written(
        tmp_path / "list.csv",
        "contact_key,number",
        b"c," + b"1," * (2 * MAX_LINE_CHARACTERS) + b"\n",
        "d,+442079460001",
    )
    first, second = rows(file)
    assert isinstance(first, RefusedRow)
    assert second == ListedContact(3, {"contact_key": "d", "numbers": ["+442079460001"]})


def parquet(file: Path, columns: dict[str, list[Any]]) -> Path:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pyarrow.table(columns), file, row_group_size=2)
    return file


COLUMNS: dict[str, list[Any]] = {
    "Customer_ID": [1, 2, 3],
    "phone": [442079460001, 442079460002, None],
    "Mobile": ["+447700900001", None, "+447700900003"],
    "rank": [None, 2.0, 3.5],
    "score": [0.25, 1.0, None],
}


def test_parquet_columns_become_fields_and_keep_their_meaning(tmp_path: Path) -> None:
    file = parquet(tmp_path / "list.parquet", COLUMNS)
    assert rows(file) == [
        ListedContact(
            1,
            {
                "contact_key": "1",
                "numbers": ["442079460001", "+447700900001"],
                "variables": {"score": "0.25"},
            },
        ),
        ListedContact(
            2,
            {
                "contact_key": "2",
                "numbers": ["442079460002"],
                "rank": 2,
                "variables": {"score": "1"},
            },
        ),
        ListedContact(3, {"contact_key": "3", "numbers": ["+447700900003"], "rank": "3.5"}),
    ]


def test_what_is_no_parquet_is_said_to_be_none(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    with pytest.raises(BadList, match=r"list\.parquet: not readable as Parquet: "):
        rows(written(tmp_path / "list.parquet", "contact_key,number"))


def test_without_pyarrow_parquet_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BadList, match=r"pip install 'fastdial\[parquet\]'"):
        rows(written(tmp_path / "list.parquet", "x"))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_standard_input_is_read_like_a_file(tmp_path: Path, form: str) -> None:
    if form == "csv":
        content = b"contact_key,number\nc-1,+442079460001\n"
    else:
        columns = {"contact_key": ["c-1"], "number": ["+442079460001"]}
        content = parquet(tmp_path / "list.parquet", columns).read_bytes()
    program = (
        "from pathlib import Path\n"
        "from fastdial.cli.lists.contacts import contacts_in\n"
        "from fastdial.cli.lists.source import Format, Source\n"
        f"with Source(Path('-')) as source: print(*contacts_in(source, Format({form!r})))\n"
    )
    # a pipe: nobody can seek in it
    ran = subprocess.run(
        [sys.executable, "-c", program], input=content, capture_output=True, check=False
    )
    line = 2 if form == "csv" else 1
    expected = ListedContact(line, {"contact_key": "c-1", "numbers": ["+442079460001"]})
    assert (ran.stdout.decode().strip(), ran.stderr) == (str(expected), b"")


def test_how_far_a_file_is_read_is_known_and_of_standard_input_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Source(written(tmp_path / "list.csv", "contact_key,number")) as source:
        assert (source.position(), source.size) == (0, 19)
        source.stream.read()
        assert source.position() == 19
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x")))
    with Source(STDIN) as source:
        assert source.position() is None


# --- columns


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("id,phone", {"contact_key": "a", "numbers": ["b"]}),
        ("id,contact_key,tel", {"contact_key": "b", "numbers": ["c"], "variables": {"id": "a"}}),
        ("Contact ID,Phone 1,phone-2,Home Phone", {"contact_key": "", "numbers": ["b", "c", "d"]}),
        ("key,mobile_phone,account_number", {"contact_key": "a", "numbers": ["b"]}),
        ("key,msisdn,time_zone", {"contact_key": "a", "numbers": ["b"], "zone": "c"}),
    ],
)
def test_names_that_everybody_uses_are_understood(header: str, expected: dict[str, Any]) -> None:
    names = tuple(header.lower().split(","))
    contact = Columns.of(names, {}).contact(["a", "b", "c", "d"])
    assert {name: contact[name] for name in expected} == expected


def test_columns_are_told_where_their_names_do_not_say(tmp_path: Path) -> None:
    file = written(
        tmp_path / "list.csv", "who,phone,phone1,phone2,city,tariff", "w,0,1,2,Leeds,gold"
    )
    told = parse_told(["contact_key=WHO", "numbers=phone2,phone1", "variables=city"])
    assert contacts(file, told) == [
        {"contact_key": "w", "numbers": ["2", "1"], "variables": {"city": "Leeds"}}
    ]


def test_what_is_told_to_be_something_else_is_not_guessed(tmp_path: Path) -> None:
    file = written(tmp_path / "list.csv", "id,phone,region,key", "7,1,North,k")
    told = parse_told(["variables=region,key"])
    assert contacts(file, told) == [
        {"contact_key": "7", "numbers": ["1"], "variables": {"region": "North", "key": "k"}}
    ]


def test_a_number_in_json_may_have_hours_of_its_own(tmp_path: Path) -> None:
    mobile = {"number": "+447700900001", "kind": "mobile", "from": "17:00"}
    row = {"contact_key": "c", "numbers": ["+442079460001", mobile]}
    file = written(tmp_path / "list.jsonl", json.dumps(row))
    assert contacts(file) == [row]


def test_the_number_itself_may_be_the_key(tmp_path: Path) -> None:
    file = written(tmp_path / "list.csv", "phone", "+442079460001")
    assert contacts(file, {"contact_key": ("phone",)}) == [
        {"contact_key": "+442079460001", "numbers": ["+442079460001"]}
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["numbers"], "write it as FIELD=NAME"),
        (["phones=a"], "with a FIELD of contact_key, numbers"),
        (["zone=a,b"], "--column zone: it takes exactly one"),
        (["contact_key="], "--column contact_key: it takes exactly one"),
    ],
)
def test_what_is_told_wrongly_is_refused(options: list[str], sentence: str) -> None:
    with pytest.raises(BadList, match=sentence):
        parse_told(options)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = written(tmp_path / "list.csv", "contact_key,number")
    with pytest.raises(BadList, match="no column `cell` for `numbers`; the columns are: contact"):
        contacts(file, {"numbers": ("number", "cell")})


def test_a_list_without_a_key_says_how_to_name_one(tmp_path: Path) -> None:
    file = written(tmp_path / "list.csv", "name,number")
    with pytest.raises(BadList, match="--column contact_key=NAME"):
        contacts(file)
