"""Mentions in Teams' cards: each person once, and nothing of a name comes alive."""

import pytest

from bot.teams import mentions

ANA, BEN, CHE = "teams:29:1ana", "teams:29:1ben", "teams:29:1che"


def test_a_mention_means_the_person_that_it_names():
    people = ((ANA, "Ana Kovač"), (BEN, "Ben O'Neill-Smith Jr."))
    assert mentions.line("For", people)["text"] == (
        "For <at>Ana Kovač</at>, <at>Ben O'Neill-Smith Jr.</at>"
    )
    assert [(it["text"], it["mentioned"]["id"]) for it in mentions.entities(people)] == [
        ("<at>Ana Kovač</at>", "29:1ana"),
        ("<at>Ben O'Neill-Smith Jr.</at>", "29:1ben"),
    ]


def test_people_of_one_name_are_told_apart():
    people = ((ANA, "Ana"), (BEN, "Ana 2"), (CHE, "Ana"))
    found = [it["text"] for it in mentions.entities(people)]
    assert found == ["<at>Ana</at>", "<at>Ana 2</at>", "<at>Ana 3</at>"]
    assert all(it in mentions.line("For", people)["text"] for it in found)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("[x](https://evil.example)", "x https evil example"),
        ("</at><at>Everyone", "at at Everyone"),
        ("_Ana_ **B** `c`", "Ana B c"),
        ("evil.example", "evil example"),
        ("{{DATE(2024-01-01)}}", "DATE 2024-01-01"),
        ("🙂", "owner"),
        ("a\nb", "a b"),
    ],
)
def test_what_would_be_mark_up_is_left_out(name, called):
    assert mentions.line("For", ((ANA, name),))["text"] == f"For <at>{called}</at>"
