"""Contact lists as people's spreadsheets write them."""

from pathlib import Path
from typing import Any

import pytest

from fastdial.cli.lists.contacts import Chunk, ListedContact, in_chunks, read_contacts
from fastdial.cli.lists.csv_rows import MAX_LINES_OF_ROW
from fastdial.cli.lists.source import BadList
from fastdial.messages.errors import RefusedRow


def listed(tmp_path: Path, content: str | bytes) -> list[ListedContact | RefusedRow]:
    file = tmp_path / "contacts.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_contacts(file))


def contacts(tmp_path: Path, content: str | bytes) -> list[dict[str, Any]]:
    rows = listed(tmp_path, content)
    assert all(isinstance(row, ListedContact) for row in rows)
    return [row.contact for row in rows if isinstance(row, ListedContact)]


def test_columns_become_the_fields_of_a_contact_row_and_the_others_its_variables(
    tmp_path: Path,
) -> None:
    text = (
        "contact_key,number,number_2,zone,priority,rank,answer_chance,name,tariff\n"
        "c-1,+442079460001,+442079460002,Europe/London,5,-7,.25,Contact 1,gold\n"
    )
    assert listed(tmp_path, text) == [
        ListedContact(
            line=2,
            contact={
                "contact_key": "c-1",
                "numbers": ["+442079460001", "+442079460002"],
                "zone": "Europe/London",
                "priority": 5,
                "rank": -7,
                "answer_chance": 0.25,
                "variables": {"name": "Contact 1", "tariff": "gold"},
            },
        )
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_found_out(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    lines = [["contact_key", "number", "name"], ["c-1", "+442079460001", "Zoë"]]
    text = "\r\n".join(delimiter.join(cells) for cells in lines) + "\r\n"
    assert contacts(tmp_path, text.encode(encoding)) == [
        {"contact_key": "c-1", "numbers": ["+442079460001"], "variables": {"name": "Zoë"}}
    ]


def test_header_is_read_whatever_its_case_and_spaces(tmp_path: Path) -> None:
    text = "Contact_Key, NUMBER \nc-1, +442079460001 \n"
    assert contacts(tmp_path, text) == [{"contact_key": "c-1", "numbers": ["+442079460001"]}]


def test_one_cell_may_hold_several_numbers(tmp_path: Path) -> None:
    text = "contact_key,numbers\nc-1,+442079460001|+442079460002; +442079460003\n"
    assert contacts(tmp_path, text)[0]["numbers"] == [
        "+442079460001",
        "+442079460002",
        "+442079460003",
    ]


def test_what_the_site_can_judge_goes_to_the_site_as_it_is(tmp_path: Path) -> None:
    text = "contact_key,number,priority,rank,answer_chance\n,,high,1.5,20 %\n"
    assert contacts(tmp_path, text) == [
        {
            "contact_key": "",
            "numbers": [],
            "priority": "high",
            "rank": "1.5",
            "answer_chance": "20 %",
        }
    ]


def test_rows_carry_the_line_at_which_they_begin(tmp_path: Path) -> None:
    text = (
        "contact_key,number,note\n"
        "c-1,+442079460001,\n"
        "\n"
        'c-2,+442079460002,"two\nlines"\n'
        "c-3,+442079460003,\n"
    )
    rows = listed(tmp_path, text)
    assert [row.line for row in rows if isinstance(row, ListedContact)] == [2, 4, 6]


def test_a_row_with_too_many_cells_is_refused_and_the_next_one_is_read(tmp_path: Path) -> None:
    text = "contact_key,number\nc-1,+44207946,0001\nc-2,+442079460002\n"
    first, second = listed(tmp_path, text)
    assert first == RefusedRow(2, "", "3 cells where the header names 2 columns")
    assert isinstance(second, ListedContact)


def test_empty_cells_at_the_end_of_a_row_do_no_harm(tmp_path: Path) -> None:
    assert len(contacts(tmp_path, "contact_key,number\nc-1,+442079460001,,,\n")) == 1


def test_bytes_that_are_not_utf_8_cost_their_row_alone(tmp_path: Path) -> None:
    content = b"contact_key,number,name\nc-1,+442079460001,Zo\xeb\nc-2,+442079460002,Zoe\n"
    first, second = listed(tmp_path, content)
    assert first == RefusedRow(2, "name", "holds bytes that are not UTF-8")
    assert isinstance(second, ListedContact)


def test_an_open_quote_costs_its_line_alone(tmp_path: Path) -> None:
    good = [f"c-{n},+44207946{n:04}" for n in range(200)]
    text = "\n".join(["contact_key,number", 'x,"+442079460001', *good, ""])
    first, *others = listed(tmp_path, text)
    within = f"within {MAX_LINES_OF_ROW} lines"
    assert first == RefusedRow(2, "", f"a quote is opened and not closed {within}")
    assert [row.line for row in others if isinstance(row, ListedContact)] == list(range(3, 203))


def test_an_open_quote_in_the_last_line_is_refused(tmp_path: Path) -> None:
    rows = listed(tmp_path, 'contact_key,number\nc-1,"+442079460001')
    assert rows == [RefusedRow(2, "", "a quote is opened and not closed before the file ends")]


def test_text_after_a_closing_quote_is_refused(tmp_path: Path) -> None:
    first, second = listed(
        tmp_path, 'contact_key,number\nc-1,"+442079460001"9\nc-2,+442079460002\n'
    )
    assert isinstance(first, RefusedRow)
    assert first.reason.startswith("not CSV")
    assert isinstance(second, ListedContact)


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    first, second = listed(
        tmp_path, f"contact_key,number\nc-1,{'9' * 200_000}\nc-2,+442079460002\n"
    )
    assert first == RefusedRow(2, "", "a cell is longer than 131,072 characters")
    assert isinstance(second, ListedContact)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the first line is empty"),
        ("name,number\n", "no column `contact_key`; the columns are: name, number"),
        ("contact_key,name\n", "no column `number`"),
        ("contact_key,number,Number\n", "names the column `number` twice"),
    ],
)
def test_a_file_that_is_no_contact_list_is_refused_as_a_whole(
    tmp_path: Path, content: str, sentence: str
) -> None:
    with pytest.raises(BadList, match=sentence) as refusal:
        listed(tmp_path, content)
    assert str(refusal.value).startswith(str(tmp_path / "contacts.csv"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadList, match=r"nowhere\.csv: No such file"):
        list(read_contacts(tmp_path / "nowhere.csv"))


def row(line: int) -> ListedContact:
    return ListedContact(line, {"contact_key": str(line)})


def test_chunks_hold_rows_whose_lines_follow_each_other() -> None:
    broken = RefusedRow(5, "", "broken")
    rows: list[ListedContact | RefusedRow] = [row(2), row(3), row(4), broken, row(6), row(8)]
    parts = [
        (one.first_line, [c["contact_key"] for c in one.contacts])
        if isinstance(one, Chunk)
        else one
        for one in in_chunks(iter(rows), size=2)
    ]
    assert parts == [(2, ["2", "3"]), (4, ["4"]), broken, (6, ["6"]), (8, ["8"])]
