"""Rules of local accounts: who has a say in which, and that no one official opens one alone a second time."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as sampled
from hypothesis import strategies as some

from services.intake.domain.account import CONTESTED, MOST_FACTORS, Active, Closed, Invited, account
from services.intake.domain.account_commands import (
    ActivateAccount,
    ApproveRecovery,
    AskRecovery,
    ChangePassword,
    CloseAccount,
    ContestRecovery,
    InviteAccount,
    RefuseRecovery,
    RemoveSecondFactor,
    SetSecondFactor,
)
from shared.contracts.persons.account import (
    AccountActivated,
    AccountClosed,
    AccountInvited,
    PasswordChanged,
    RecoveryApproved,
    RecoveryAsked,
    RecoveryRefused,
    SecondFactorRemoved,
    SecondFactorSet,
)
from shared.eventsourcing.commands.decider import Refused
from tests.support.given_when_then import Given

DAY = date(2026, 8, 3)
INVITE = InviteAccount(person="sri", terminal=False, by="ratna", occurred_on=DAY)
INVITED = AccountInvited(person="sri", invitation=1, recovery=False, by="ratna", occurred_on=DAY)
ACTIVATE = ActivateAccount(person="sri", invitation=1, occurred_on=DAY)
ACTIVATED = AccountActivated(person="sri", invitation=1, occurred_on=DAY)
SET = SetSecondFactor(
    person="sri", invitation=1, factor="f1", means="totp", label="Ponsel", by="sri", occurred_on=DAY
)
FACTOR = SecondFactorSet(person="sri", factor="f1", means="totp", label="Ponsel", by="sri", occurred_on=DAY)
REMOVE = RemoveSecondFactor(person="sri", factor="f1", demanded=False, by="sri", occurred_on=DAY)
ASK = AskRecovery(person="sri", reason="Ponsel hilang", by="ratna", occurred_on=DAY)
ASKED = RecoveryAsked(person="sri", reason="Ponsel hilang", by="ratna", occurred_on=DAY)
APPROVE = ApproveRecovery(person="sri", by="wawan", occurred_on=DAY)
REFUSE = RefuseRecovery(person="sri", reason="Bukan dia", by="wawan", occurred_on=DAY)
CLOSE = CloseAccount(person="sri", reason="Pensiun", by="ratna", occurred_on=DAY)
CLOSED = AccountClosed(person="sri", reason="Pensiun", by="ratna", occurred_on=DAY)
AGAIN = (
    RecoveryApproved(person="sri", asked_by="ratna", by="wawan", occurred_on=DAY),
    AccountInvited(person="sri", invitation=2, recovery=True, by="wawan", occurred_on=DAY),
)


def given(*history: object) -> Given:
    return Given(account, history)


def test_an_official_invites_and_the_newest_invitation_alone_counts() -> None:
    given().when(INVITE).then(INVITED)
    given(INVITED).when(INVITE).then(replace(INVITED, invitation=2))
    given(INVITED, replace(INVITED, invitation=2)).when(ACTIVATE).refused("invitation-over")
    given(INVITED).when(ACTIVATE).then(ACTIVATED)


def test_an_invitation_is_used_once() -> None:
    given(INVITED, ACTIVATED).when(ACTIVATE).then()
    given(INVITED, ACTIVATED, ASKED, *AGAIN).when(ACTIVATE).refused("invitation-over")
    given().when(ACTIVATE).refused("invitation-over")
    given(INVITED, CLOSED).when(ACTIVATE).refused("invitation-over")


@pytest.mark.parametrize("command", [INVITE, ASK, APPROVE, REFUSE, CLOSE], ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("history", [(), (INVITED, ACTIVATED), (INVITED, ACTIVATED, ASKED)], ids=len)
def test_nobody_decides_about_the_own_account(command: object, history: tuple[object, ...]) -> None:
    given(*history).when(replace(command, by="sri")).refused("account-own", field="person")  # type: ignore[type-var]


@pytest.mark.parametrize(
    "history",
    [(INVITED, ACTIVATED), (INVITED, ACTIVATED, CLOSED), (INVITED, ACTIVATED, ASKED, *AGAIN)],
    ids=len,
)
def test_one_official_alone_never_opens_again_what_was_active_once(history: tuple[object, ...]) -> None:
    given(*history).when(INVITE).refused("account-recovery-needed", field="person")


def test_whoever_holds_the_machine_invites_whenever_needed() -> None:
    terminal = replace(INVITE, terminal=True, by="jejak:terminal")
    given(INVITED, ACTIVATED).when(terminal).then(
        AccountInvited(person="sri", invitation=2, recovery=True, by="jejak:terminal", occurred_on=DAY)
    )


def test_a_recovery_needs_two_officials() -> None:
    given(INVITED, ACTIVATED).when(ASK).then(ASKED)
    given(INVITED, ACTIVATED, ASKED).when(replace(APPROVE, by="ratna")).refused("recovery-same-official")
    given(INVITED, ACTIVATED, ASKED).when(APPROVE).then(*AGAIN)
    given(INVITED, ACTIVATED).when(APPROVE).refused("recovery-not-asked")
    given(INVITED, ACTIVATED, ASKED).when(ASK).refused("recovery-waits")
    given(INVITED).when(ASK).refused("account-never-active")
    given(INVITED, ACTIVATED).when(replace(ASK, reason=" ")).refused("reason-missing", field="reason")


def test_an_approval_counts_for_the_recovery_that_waits_and_for_no_other() -> None:
    given(INVITED, ACTIVATED, ASKED, *AGAIN).when(APPROVE).refused("recovery-not-asked")
    refused = RecoveryRefused(person="sri", reason="Bukan dia", by="wawan", occurred_on=DAY)
    given(INVITED, ACTIVATED, ASKED).when(REFUSE).then(refused)
    given(INVITED, ACTIVATED, ASKED, refused).when(APPROVE).refused("recovery-not-asked")
    given(INVITED, ACTIVATED, ASKED).when(replace(REFUSE, reason="")).refused(
        "reason-missing", field="reason"
    )
    given(INVITED, ACTIVATED).when(REFUSE).refused("recovery-not-asked")


def test_a_person_who_is_signed_in_contests_a_recovery() -> None:
    contest = ContestRecovery(person="sri", by="sri", occurred_on=DAY)
    refused = RecoveryRefused(person="sri", reason=CONTESTED, by="sri", occurred_on=DAY)
    given(INVITED, ACTIVATED, ASKED).when(contest).then(refused)
    given(INVITED, ACTIVATED).when(contest).refused("recovery-not-asked")


def test_what_opened_an_account_before_a_recovery_opens_nothing_after_it() -> None:
    recovered = account.fold([INVITED, ACTIVATED, FACTOR, ASKED, *AGAIN])
    assert recovered.phase == Invited(2)
    opened = account.evolve(recovered, replace(ACTIVATED, invitation=2))
    assert opened.phase == Active(2), "the second factors of before are gone"


@pytest.mark.parametrize(
    "command",
    [
        ChangePassword(person="sri", by="sri", occurred_on=DAY),
        SET,
        REMOVE,
        ContestRecovery(person="sri", by="sri", occurred_on=DAY),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_the_persons_own_is_nobody_elses_and_of_an_active_account(command: object) -> None:
    of_another = replace(command, by="ratna")  # type: ignore[type-var]
    given(INVITED, ACTIVATED, FACTOR, ASKED).when(of_another).refused("account-not-own", field="person")
    for history in ([], [INVITED], [INVITED, ACTIVATED, CLOSED], [INVITED, ACTIVATED, ASKED, *AGAIN]):
        given(*history).when(command).refused("account-not-active", field="person")


def test_second_factors_come_and_go() -> None:
    given(INVITED, ACTIVATED).when(SET).then(FACTOR)
    given(INVITED, ACTIVATED, FACTOR).when(SET).then()
    given(INVITED, ACTIVATED).when(replace(SET, label=" ")).refused("label-missing", field="label")
    gone = SecondFactorRemoved(person="sri", factor="f1", by="sri", occurred_on=DAY)
    given(INVITED, ACTIVATED, FACTOR).when(REMOVE).then(gone)
    given(INVITED, ACTIVATED, FACTOR, gone).when(REMOVE).then()
    many = [replace(FACTOR, factor=f"f{number}") for number in range(MOST_FACTORS)]
    given(INVITED, ACTIVATED, *many).when(replace(SET, factor="more")).refused(
        "factors-many", most=MOST_FACTORS
    )


def test_a_second_factor_of_before_a_recovery_is_not_set_after_it() -> None:
    again = replace(ACTIVATED, invitation=2)
    given(INVITED, ACTIVATED, ASKED, *AGAIN, again).when(SET).refused("account-recovered")


def test_the_last_second_factor_stays_where_an_office_demands_one() -> None:
    demanded = replace(REMOVE, demanded=True)
    given(INVITED, ACTIVATED, FACTOR).when(demanded).refused("factor-demanded", field="factor")
    other = replace(FACTOR, factor="f2")
    gone = SecondFactorRemoved(person="sri", factor="f1", by="sri", occurred_on=DAY)
    given(INVITED, ACTIVATED, FACTOR, other).when(demanded).then(gone)


def test_a_password_is_changed_by_its_person() -> None:
    given(INVITED, ACTIVATED).when(ChangePassword(person="sri", by="sri", occurred_on=DAY)).then(
        PasswordChanged(person="sri", by="sri", occurred_on=DAY)
    )


def test_a_closed_account_opens_only_by_two() -> None:
    given(INVITED, ACTIVATED).when(CLOSE).then(CLOSED)
    given(INVITED, ACTIVATED, CLOSED).when(CLOSE).then()
    given().when(CLOSE).then()
    given(INVITED, CLOSED).when(INVITE).then(replace(INVITED, invitation=2))
    given(INVITED, ACTIVATED, CLOSED).when(ASK).then(ASKED)
    assert account.fold([INVITED, ACTIVATED, CLOSED]).phase == Closed()
    given(INVITED, ACTIVATED).when(replace(CLOSE, reason="")).refused("reason-missing", field="reason")


_WHO = some.sampled_from(["sri", "ratna", "wawan"])
_ACTS = some.sampled_from([INVITE, ASK, APPROVE, REFUSE, CLOSE])


@sampled(some.lists(some.tuples(_ACTS, _WHO) | some.just((ACTIVATE, "sri")), max_size=14))
def test_whatever_is_tried_in_which_order_two_others_stand_behind_every_second_opening(
    tries: list[tuple[object, str]],
) -> None:
    history: list[object] = []
    for command, who in tries:
        state = account.fold(history)  # type: ignore[arg-type]
        given_now = (
            replace(ACTIVATE, invitation=max(state.last, 1))
            if isinstance(command, ActivateAccount)
            else replace(command, by=who)  # type: ignore[type-var]
        )
        try:
            history += account.decide(given_now, state)  # type: ignore[arg-type]
        except Refused:
            continue
    opened = False
    for number, event in enumerate(history):
        if isinstance(event, AccountInvited) and opened:
            approved = history[number - 1]
            assert isinstance(approved, RecoveryApproved)
            assert len({approved.by, approved.asked_by, "sri"}) == 3
        opened |= isinstance(event, AccountActivated)
