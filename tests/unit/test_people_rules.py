"""Rules of persons and their offices: nobody helps himself, somebody is always left who keeps people,
and nothing that was true is made untrue.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.intake.domain.people import KEEPERS, people, rows_done
from services.intake.domain.people_commands import (
    EndOffice,
    GiveOffice,
    ImportPeople,
    OfficeRow,
    PersonRow,
    RecordLeaving,
    RegisterPerson,
    SeedPeople,
)
from shared.access import permissions
from shared.access.people import ROLES
from shared.access.qualifications import ASKED, LEVELS, lacking
from shared.contracts.persons.people import (
    OfficeEnded,
    OfficeGiven,
    PersonChanged,
    PersonLeft,
    PersonRegistered,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused
from tests.support.given_when_then import Given

DAY = date(2026, 3, 2)
YESTERDAY = DAY - timedelta(days=1)
NIP = "198001012005011001"
REGISTER = RegisterPerson(
    region="3402",
    person="sri",
    name="Sri Lestari",
    nip=NIP,
    rank="Analis",
    qualification="S1",
    agency="dinkes",
    by="hesti",
    occurred_on=DAY,
)
GIVE = GiveOffice(
    region="3402",
    person="sri",
    role="unsur_opd",
    agency="dinkes",
    valid_from=DAY,
    valid_until=None,
    acting="",
    acting_for="",
    letter="",
    letter_on=None,
    by="hesti",
    occurred_on=DAY,
)
END = EndOffice(
    region="3402", person="sri", office=1, ended_on=YESTERDAY, reason="pindah", by="hesti", occurred_on=DAY
)
LEAVE = RecordLeaving(
    region="3402", person="sri", left_on=YESTERDAY, reason="pensiun", by="hesti", occurred_on=DAY
)


def registered(person: str, **said: object) -> PersonRegistered:
    return combined(PersonRegistered, replace(REGISTER, person=person, nip="", **said))


def given_office(person: str, role: str, number: int = 1, **said: object) -> OfficeGiven:
    said = {"valid_from": date(2025, 1, 1), "agency": "tatapem", **said}
    return combined(OfficeGiven, replace(GIVE, person=person, role=role, **said), office=number)


HESTI = (registered("hesti"), given_office("hesti", "kabag"))
DIMAS = (registered("dimas"), given_office("dimas", "operator"))
SRI = (combined(PersonRegistered, REGISTER), combined(OfficeGiven, GIVE, office=1))


def given(*history: object) -> Given:
    return Given(people, history)


def row(person: str, *offices: OfficeRow, **said: object) -> PersonRow:
    named = {"name": person.title(), "nip": "", "rank": "", "qualification": "S1", "agency": "tatapem"}
    return PersonRow(person=person, offices=offices, **{**named, **said})


def office(role: str, **said: object) -> OfficeRow:
    return OfficeRow(role=role, agency="tatapem", **{"valid_from": date(2025, 1, 1), **said})


def taking_in(*rows: PersonRow, by: str = "hesti") -> ImportPeople:
    return ImportPeople(region="3402", rows=rows, reason="daftar baru", by=by, occurred_on=DAY)


SEED = SeedPeople(
    region="3402",
    rows=(row("hesti", office("kabag")), row("bagus", office("kabag", acting="plh", acting_for="hesti"))),
    reason="",
    by="jejak:intake",
    occurred_on=DAY,
)


def test_who_keeps_people_is_who_the_table_of_roles_names() -> None:
    commands = permissions.load().commands
    names = ("RegisterPerson", "RecordLeaving", "GiveOffice", "EndOffice", "ImportPeople")
    assert {name: set(commands[f"intake.{name}"]) for name in names} == dict.fromkeys(names, KEEPERS)


def test_a_person_is_registered_and_later_called_otherwise() -> None:
    given(*HESTI).when(REGISTER).then(combined(PersonRegistered, REGISTER))
    married = replace(REGISTER, name="Sri Lestari, M.Kes.")
    given(*HESTI, *SRI).when(married).then(combined(PersonChanged, married))
    given(*HESTI, *SRI).when(REGISTER).then()


def test_a_code_that_is_taken_is_nobody_new() -> None:
    given(*HESTI, *SRI).when(replace(REGISTER, name="Sri Rahayu", new=True)).refused(
        "person-known", field="person"
    )


def test_a_nip_is_18_digits_of_one_person() -> None:
    for nip in ("1980", NIP + "1", NIP[:-1] + "x", "١" * 18):
        given(*HESTI).when(replace(REGISTER, nip=nip)).refused("nip-malformed", field="nip")
    given(*HESTI, *SRI).when(replace(REGISTER, person="sri2")).refused("nip-taken", field="nip", person="sri")
    left = combined(PersonLeft, LEAVE)
    again = replace(REGISTER, person="sri2")
    given(*HESTI, *SRI, left).when(again).then(combined(PersonRegistered, again))


@pytest.mark.parametrize("field", ["name", "rank"])
@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@SUM(A1)", "  =cmd|' /C calc'!A0"])
def test_no_word_of_a_person_is_a_formula(field: str, text: str) -> None:
    given(*HESTI).when(replace(REGISTER, **{field: text})).refused("text-formula", field=field)


def test_who_left_holds_nothing_and_may_come_back() -> None:
    ended = combined(OfficeEnded, GIVE, office=1, ended_on=YESTERDAY, reason="pensiun")
    left = combined(PersonLeft, LEAVE)
    given(*HESTI, *SRI).when(LEAVE).then(ended, left)
    given(*HESTI, *SRI, ended, left).when(GIVE).refused("person-left", field="person")
    given(*HESTI, *SRI, ended, left).when(LEAVE).refused("person-left", field="person")
    given(*HESTI, *SRI, ended, left).when(REGISTER).then(combined(PersonRegistered, REGISTER))
    later = replace(GIVE, valid_from=DAY)
    back = (*HESTI, *SRI, ended, left, combined(PersonRegistered, REGISTER))
    given(*back).when(later).then(combined(OfficeGiven, later, office=2))
    given(*HESTI, *SRI).when(replace(LEAVE, reason=" ")).refused("reason-missing", field="reason")


def test_an_office_is_given_to_whom_is_known() -> None:
    given(*HESTI, SRI[0]).when(GIVE).then(combined(OfficeGiven, GIVE, office=1))
    given(*HESTI).when(GIVE).refused("person-unknown", field="person")


def test_nobody_gives_an_office_to_himself() -> None:
    mine = replace(GIVE, person="hesti", role="operator")
    given(*HESTI).when(mine).refused("office-to-oneself", field="person")
    given(*HESTI).when(taking_in(row("hesti", office("operator")))).refused(
        "office-to-oneself", field="rows.0.person"
    )


def test_an_office_is_not_held_twice_at_once() -> None:
    over = replace(GIVE, valid_from=DAY + timedelta(days=9), valid_until=None)
    given(*HESTI, *SRI).when(over).refused("office-held", field="valid_from")
    given(*HESTI, *SRI).when(replace(over, agency="dinsos")).then(
        combined(OfficeGiven, replace(over, agency="dinsos"), office=2)
    )
    given(*HESTI, SRI[0]).when(replace(GIVE, valid_until=YESTERDAY)).refused(
        "dates-reversed", field="valid_until"
    )


def test_who_stands_in_does_so_for_somebody_by_a_letter() -> None:
    plh = replace(GIVE, acting="plh", acting_for="hesti", letter="800/12", letter_on=DAY)
    given(*HESTI, SRI[0]).when(plh).then(combined(OfficeGiven, plh, office=1))
    given(*HESTI, SRI[0]).when(replace(plh, acting="plt", acting_for="")).then(
        combined(OfficeGiven, replace(plh, acting="plt", acting_for=""), office=1)
    )
    for wrong, code, field in (
        ({"letter": " "}, "letter-missing", "letter"),
        ({"letter_on": None}, "letter-missing", "letter_on"),
        ({"letter": "=1"}, "text-formula", "letter"),
        ({"acting_for": ""}, "acting-for-missing", "acting_for"),
        ({"acting_for": "sri"}, "acting-for-missing", "acting_for"),
        ({"acting_for": "siapa"}, "person-unknown", "acting_for"),
        ({"acting": ""}, "acting-missing", "acting"),
    ):
        given(*HESTI, SRI[0]).when(replace(plh, **wrong)).refused(code, field=field)


def test_an_office_ends_earlier_and_never_later() -> None:
    ended = combined(OfficeEnded, GIVE, office=1, ended_on=YESTERDAY, reason="pindah")
    given(*HESTI, *SRI).when(END).then(ended)
    given(*HESTI, *SRI, ended).when(END).then()
    given(*HESTI, *SRI, ended).when(replace(END, ended_on=DAY)).refused("office-longer", field="ended_on")
    given(*HESTI, *SRI).when(replace(END, office=2)).refused("office-unknown", field="office")
    given(*HESTI).when(END).refused("office-unknown", field="office")
    given(*HESTI, *SRI).when(replace(END, reason="")).refused("reason-missing", field="reason")


# Somebody is left


def ends(person: str, by: str, day: date = YESTERDAY) -> EndOffice:
    return replace(END, person=person, by=by, ended_on=day)


def test_the_last_keeper_stays() -> None:
    for command in (ends("hesti", "hesti"), replace(LEAVE, person="hesti")):
        given(*HESTI, *SRI).when(command).refused("last-keeper", day=DAY)
    given(*HESTI, *DIMAS).when(ends("hesti", "dimas")).then(
        combined(OfficeEnded, HESTI[1], ended_on=YESTERDAY, reason="pindah", by="dimas", occurred_on=DAY)
    )


def test_two_keepers_who_end_each_other_one_after_the_other() -> None:
    """Whichever is decided first, the other finds its own office ended, or the last one."""
    first = people.decide(ends("dimas", "hesti"), people.fold([*HESTI, *DIMAS]))
    given(*HESTI, *DIMAS, *first).when(ends("hesti", "dimas")).refused("keeper-no-more")
    today = people.decide(ends("dimas", "hesti", DAY), people.fold([*HESTI, *DIMAS]))
    given(*HESTI, *DIMAS, *today).when(ends("hesti", "dimas", DAY)).refused(
        "last-keeper", day=DAY + timedelta(days=1)
    )


def test_a_sheet_in_which_two_keepers_end_each_other_is_refused_whole() -> None:
    sheet = [row(name, office(role, valid_until=YESTERDAY)) for name, role in (("hesti", "kabag"),)]
    sheet += [row("dimas", office("operator", valid_until=YESTERDAY)), row("baru")]
    given(*HESTI, *DIMAS).when(taking_in(*sheet)).refused("last-keeper", day=DAY)


def test_a_keeper_for_a_time_leaves_no_gap_between() -> None:
    until = DAY + timedelta(days=30)
    deputy = given_office("dimas", "operator", valid_until=until)
    given(*HESTI, DIMAS[0], deputy).when(ends("hesti", "dimas")).refused(
        "last-keeper", day=until + timedelta(days=1)
    )
    after = given_office("dimas", "kabag", 2, valid_from=until + timedelta(days=1))
    assert given(*HESTI, DIMAS[0], deputy, after).when(ends("hesti", "dimas")).refusal is None


def test_where_nobody_kept_people_before_that_hinders_nothing() -> None:
    old = (registered("lama"), given_office("lama", "kabag", valid_until=date(2026, 1, 31)))
    assert given(*old, *SRI).when(END).refusal is None


def test_a_seed_begins_an_empty_history_and_nothing_else() -> None:
    events = given().when(SEED).events
    assert [type(event).__name__ for event in events or ()] == [
        *("PersonRegistered", "PersonRegistered", "OfficeGiven", "OfficeGiven")
    ]
    given(*HESTI).when(SEED).then()


def test_rows_say_only_what_differs_and_a_row_may_name_one_below() -> None:
    rows = (
        row("bagus", office("kabag", acting="plh", acting_for="tari", letter="1", letter_on=DAY)),
        row("tari", office("tim_spm", valid_until=DAY), left_on=DAY),
        row("hesti", office("kabag")),
    )
    history = [*HESTI, *people.decide(taking_in(*rows), people.fold(HESTI))]
    assert [type(event).__name__ for event in history[2:]] == [
        *("PersonRegistered", "PersonRegistered", "PersonChanged", "OfficeGiven", "OfficeGiven", "PersonLeft")
    ]
    given(*history).when(taking_in(*rows)).then()


def test_every_wrong_row_is_told_and_nothing_is_taken_in() -> None:
    rows = (
        row("tari", office("tim_spm")),
        row("yoga", nip="12"),
        row("hesti", office("kabag", valid_until=None), office("operator")),
        row("sri", OfficeRow(role="unsur_opd", agency="dinkes", valid_from=DAY, valid_until=DAY)),
    )
    ended = combined(OfficeEnded, GIVE, office=1, ended_on=YESTERDAY, reason="x")
    known = people.fold([*HESTI, *SRI, ended])
    faults = {(n, made.code) for n, made in rows_done(taking_in(*rows), known) if isinstance(made, Refused)}
    assert faults == {(1, "nip-malformed"), (2, "office-to-oneself"), (3, "office-longer")}
    with pytest.raises(Refused, match="18 angka"):
        people.decide(taking_in(*rows), known)


def test_a_schooling_that_the_sop_asks_for_is_said_where_it_lacks() -> None:
    assert set(ASKED) < set(ROLES)
    assert [lacking("kabag", level) for level in LEVELS] == ["S1"] * 4 + [""] * 3
    assert [lacking("arsiparis", level) for level in LEVELS] == ["D3"] * 2 + [""] * 5
    assert {lacking(role, "") for role in ("inspektur", "operator")} == {""}
    assert lacking("tim_spm", "profesor") == "S1"
