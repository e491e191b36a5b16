"""The promises of the command line, kept by commands made for the test: one object, one text, or every reason."""

from __future__ import annotations

import json
import math
import sys
from types import SimpleNamespace

import click
import pytest

from openhour.kernel import Finding, Refused
from openhour.project import cli
from openhour.project.cli import commands, run
from openhour.project.cli.contract import Answer, openhour_command, progress, show_findings
from openhour.project.cli.options import delimiter_option, names, out_option

FINDINGS = (Finding("a.first", "This is missing.", "row 7"), Finding("b.second", "That is wrong."))


@pytest.fixture
def command(monkeypatch):
    """`command(function)` puts a command of its own, `try`, in the place of all the others."""

    def put(function, *options):
        made = function
        for option in options:
            made = option(made)
        module = SimpleNamespace(command=openhour_command("try", example="openhour try\nopenhour try --json")(made))
        monkeypatch.setattr(cli, "COMMANDS", (commands.Registered("try", "try_", "Try something."),))
        monkeypatch.setattr(cli.importlib, "import_module", lambda name: module)

    return put


def test_a_command_prints_its_text_or_its_one_object(command, capsys):
    command(lambda: Answer({"patients": 2, "mean": 1.5}, "Two patients.\nMean 1.5."))
    assert run(["try"]) == 0
    assert capsys.readouterr() == ("Two patients.\nMean 1.5.\n", "")
    assert run(["try", "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"patients": 2, "mean": 1.5}, "")
    assert out.count("\n") == 1


def test_an_object_is_plain_ascii_so_that_every_program_reads_it(command, capsys):
    command(lambda: Answer({"name": "Łukasz \u2028"}, ""))
    run(["try", "--json"])
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"name": "Łukasz \u2028"}


def test_a_number_that_json_has_not_is_never_printed(command, capsys):
    command(lambda: Answer({"mean": math.nan}, ""))
    with pytest.raises(ValueError, match="JSON"):
        run(["try", "--json"])
    assert capsys.readouterr().out == ""


def refuse():
    raise Refused(FINDINGS)


def test_every_reason_stands_on_a_line_of_its_own_and_the_code_is_two(command, capsys):
    command(refuse)
    assert run(["try"]) == 2
    assert capsys.readouterr() == ("", "openhour: row 7: This is missing.\nopenhour: That is wrong.\n")


def test_every_reason_stands_in_one_object_in_the_same_order(command, capsys):
    command(refuse)
    assert run(["try", "--json"]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "findings": [
            {"code": "a.first", "sentence": "This is missing.", "place": "row 7"},
            {"code": "b.second", "sentence": "That is wrong.", "place": ""},
        ]
    }


def test_findings_that_come_one_by_one_are_all_shown(capsys):
    assert show_findings(iter(FINDINGS), as_json=False) == 2
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.parametrize("mark", ["\x1b[31m", "\n", "\r", "\x07", "\u202e", "\ud800", "\u2028"])
def test_a_place_can_not_steer_the_terminal(mark, capsys):
    show_findings([Finding("a", "Wrong.", f"column {mark}x")], as_json=False)
    err = capsys.readouterr().err
    assert mark not in err[:-1]
    assert "?" in err
    assert err.count("\n") == 1


def test_letters_of_every_script_are_shown_as_they_are(capsys):
    show_findings([Finding("a", "Wrong.", "column Größe 王")], as_json=False)
    assert capsys.readouterr().err == "openhour: column Größe 王: Wrong.\n"


def test_help_shows_each_line_of_the_example(command, capsys):
    command(lambda: Answer({}, ""))
    assert run(["try", "--help"]) == 0
    assert "Example:\n    openhour try\n    openhour try --json\n" in capsys.readouterr().out


def test_whoever_stops_a_command_is_told_and_the_code_is_that_of_a_stop(command, capsys):
    def stopped():
        raise click.Abort

    command(stopped)
    assert run(["try"]) == 130
    assert capsys.readouterr() == ("", "Stopped.\n")


def test_a_wrong_option_shows_the_usage_to_a_person_and_one_object_to_a_program(command, capsys):
    command(lambda: Answer({}, ""))
    assert run(["try", "--nonsense"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: openhour try")
    assert "openhour: No such option" in err
    assert run(["try", "--nonsense", "--json"]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    assert [finding["code"] for finding in json.loads(out)["findings"]] == ["usage"]


def test_a_mistake_of_ours_is_not_told_as_a_mistake_of_theirs(command):
    def broken():
        raise ZeroDivisionError

    command(broken)
    with pytest.raises(ZeroDivisionError):
        run(["try"])


@pytest.mark.parametrize(
    ("given", "character"),
    [(None, ","), (";", ";"), ("tab", "\t"), ("\\t", "\t"), ("\t", "\t"), (" ", " "), ("|", "|")],
)
def test_a_delimiter_is_one_character_or_the_word_tab(command, capsys, given, character):
    command(lambda delimiter: Answer({"delimiter": delimiter}, ""), delimiter_option)
    assert run(["try", "--json", *(["--delimiter", given] if given else [])]) == 0
    assert json.loads(capsys.readouterr().out) == {"delimiter": character}


@pytest.mark.parametrize("given", ["", ";;", "TAB", "\n", "\r", '"', "ü", "\x00", "\\n"])
def test_what_can_part_no_cells_is_refused(command, capsys, given):
    command(lambda delimiter: Answer({}, ""), delimiter_option)
    assert run(["try", "--json", "--delimiter", given]) == 2
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert "one character, such as ; or tab" in finding["sentence"]


def test_the_file_to_write_is_a_path_or_nothing(command, capsys):
    command(lambda out: Answer({"out": None if out is None else [out.name, str(out.parent)]}, ""), out_option)
    run(["try", "--json"])
    run(["try", "--json", "--out", "a/b.csv"])
    assert [json.loads(line)["out"] for line in capsys.readouterr().out.splitlines()] == [None, ["b.csv", "a"]]


@pytest.mark.parametrize(
    ("given", "read"),
    [(None, ()), ("", ()), (" , ", ()), ("A", ("A",)), ("A,B", ("A", "B")), (" A , B c ,", ("A", "B c")), ("B,A,B", ("B", "A", "B"))],
)  # fmt: skip
def test_names_are_parted_by_commas_and_kept_in_their_order(given, read):
    assert names(given) == read


def test_nobody_watches_a_pipe_so_no_bar_is_drawn(capsys):
    with progress("Reading") as seen:
        for done in (0.0, 0.5, 1.0):
            seen(done)
    assert capsys.readouterr() == ("", "")


def test_the_bar_reaches_its_end_and_never_goes_back(monkeypatch):
    moves: list[int] = []

    class Bar:
        pos = 0

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def update(self, steps):
            moves.append(steps)
            self.pos += steps

    bar = Bar()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "progressbar", lambda **_: bar)
    with progress("Reading") as seen:
        for done in (0.1, 0.1, 0.25, 1.0):
            seen(done)
    assert moves == [100, 0, 150, 750]
    assert bar.pos == 1000


def test_an_unknown_command_is_named(capsys):
    assert run(["nonsense"]) == 2
    assert "No such command 'nonsense'" in capsys.readouterr().err
