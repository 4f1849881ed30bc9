"""Who may what: the table, the reach of a query, and the office in which somebody acts."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, select

from shared.access import permissions
from shared.access.people import Office, Person
from shared.access.permissions import Forbidden, Permissions, RolesFileInvalid, Viewer

DAY = date(2026, 2, 17)
TABLE = Permissions(
    commands={
        "intake.EnterFigure": {"unsur_opd": "own_agency"},
        "intake.OpenCycle": {"kabag": "all"},
        "intake.Inner": {},
    },
    queries={"intake.board": {"unsur_opd": "own_agency", "kabag": "all"}},
)


def viewer(*offices: tuple[str, str]) -> Viewer:
    held = tuple(
        Office(role=role, region="3402", agency=agency, valid_from=date(2025, 1, 1))
        for role, agency in offices
    )
    return Viewer.of(
        Person(id="sri", name="Sri", nip="", region="3402", agency="dinkes", offices=held),
        "Dinas Kesehatan",
        DAY,
    )


def test_an_officer_enters_figures_of_the_own_agency() -> None:
    assert (
        TABLE.office(viewer(("unsur_opd", "dinkes")), "intake.EnterFigure", "dinkes", "3402").agency
        == "dinkes"
    )


@pytest.mark.parametrize("agency", ["dinsos", None, ""])
def test_an_officer_enters_no_figures_of_anybody_else(agency: str | None) -> None:
    with pytest.raises(Forbidden) as refusal:
        TABLE.office(viewer(("unsur_opd", "dinkes")), "intake.EnterFigure", agency, "3402")
    assert refusal.value.allowed == ("unsur_opd",)


def test_somebody_who_stands_in_for_another_agency_acts_in_that_office() -> None:
    both = viewer(("unsur_opd", "dinkes"), ("unsur_opd", "dinsos"))
    assert TABLE.office(both, "intake.EnterFigure", "dinsos", "3402").agency == "dinsos"


@pytest.mark.parametrize("name", ["intake.Inner", "intake.Unknown", ""])
def test_what_nobody_was_granted_is_allowed_to_nobody(name: str) -> None:
    kabag = viewer(("kabag", "tapem"))
    assert not TABLE.may(kabag, name)
    with pytest.raises(Forbidden):
        TABLE.reading(kabag, name)


def test_an_ended_office_opens_nothing() -> None:
    ended = Office(
        role="kabag",
        region="3402",
        agency="tapem",
        valid_from=date(2020, 1, 1),
        valid_until=date(2026, 2, 16),
    )
    person = Person(id="lama", name="Lama", nip="", region="3402", agency="tapem", offices=(ended,))
    assert TABLE.may(Viewer.of(person, "Tapem", date(2026, 2, 16)), "intake.OpenCycle")
    assert not TABLE.may(Viewer.of(person, "Tapem", DAY), "intake.OpenCycle")


def test_a_query_of_scope_own_agency_reaches_the_own_agencies() -> None:
    looking = TABLE.reading(viewer(("unsur_opd", "dinkes"), ("unsur_opd", "dinsos")), "intake.board")
    assert looking.reach == {"dinkes", "dinsos"}
    assert (looking.may_see("dinkes"), looking.may_see("dpupkp")) == (True, False)


def test_one_office_of_scope_all_reaches_everything() -> None:
    looking = TABLE.reading(viewer(("unsur_opd", "dinkes"), ("kabag", "tapem")), "intake.board")
    assert looking.may_see("dpupkp")


def test_before_a_query_is_named_a_viewer_reaches_nothing() -> None:
    assert not viewer(("kabag", "tapem")).may_see("dinkes")


def test_the_reach_becomes_a_where_clause_at_the_source() -> None:
    table = Table("board", MetaData(), Column("agency", Text))
    looking = TABLE.reading(viewer(("unsur_opd", "dinkes")), "intake.board")
    statement = select(table).where(looking.sees(table.c.agency))
    assert "WHERE board.agency = ANY" in str(statement)
    assert statement.compile().params == {"param_1": ["dinkes"]}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[commands.intake]\nOpenCycle = { raja = 'all' }", "raja"),
        ("[commands.intake]\nOpenCycle = { kabag = 'semua' }", "semua"),
        ("[commands.intake]\nboard = {}\n[queries.intake]\nboard = {}", "intake.board"),
    ],
)
def test_a_table_with_a_mistake_is_not_loaded(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "roles.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RolesFileInvalid, match=complaint):
        permissions.load(file)


def test_the_operator_sees_no_case_content() -> None:
    table = permissions.load()
    technical = {"parked", "RetryParked", "DismissAlarm", "checkpoint", "people", "logins", "sessions"} | {
        "installation",
        *("JoinLogin", "PartLogin", "EndSessions", "accounts", "InviteAccount", "CloseAccount"),
        *("AskRecovery", "ApproveRecovery", "RefuseRecovery"),
        *("tokens", "GiveToken", "RenewToken", "EndToken"),
        *("RegisterPerson", "RecordLeaving", "GiveOffice", "EndOffice", "ImportPeople"),
        *("RegisterAgency", "agencies", "regions"),
        *("certificate", "AskForCertificate", "GiveUpCertificate"),
    }
    granted = {name for name, roles in {**table.commands, **table.queries}.items() if "operator" in roles}
    assert {name.partition(".")[2] for name in granted} <= technical


def test_an_inspector_reads_and_never_writes() -> None:
    table = permissions.load()
    assert not [name for name, roles in table.commands.items() if "inspektur" in roles]
    assert [name for name, roles in table.queries.items() if roles.get("inspektur") == "all"]


def test_an_agencys_officer_commands_only_for_the_own_agency() -> None:
    table = permissions.load()
    assert {roles["unsur_opd"] for roles in table.commands.values() if "unsur_opd" in roles} == {"own_agency"}
