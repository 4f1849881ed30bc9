"""Account: how far a person's local account has come, and who has a say in it. Of secrets it knows nothing.

Serves every SOP step: who signs in by it acts as that person.
Previous hop: `account/orders.py` and `account/own.py`.
Next hop: `account/entering.py`, which asks this stream before it believes any password or link.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from services.intake.domain.account_commands import (
    ActivateAccount,
    ApproveRecovery,
    AskRecovery,
    ChangePassword,
    CloseAccount,
    Command,
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
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused

Event = (
    AccountInvited
    | AccountActivated
    | PasswordChanged
    | SecondFactorSet
    | SecondFactorRemoved
    | RecoveryAsked
    | RecoveryApproved
    | RecoveryRefused
    | AccountClosed
)
MOST_FACTORS: Final = 8
CONTESTED: Final = "Pemilik akun menyatakan tidak memerlukan pemulihan."


# State


@dataclass(frozen=True, slots=True)
class NoAccount:
    """Nobody invited this person yet."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Whoever holds the link of this number may set a password; nothing else opens the account."""

    invitation: int


@dataclass(frozen=True, slots=True)
class Active:
    """The secrets that were set under this invitation open the account, with these second factors."""

    invitation: int
    factors: tuple[SecondFactorSet, ...] = ()

    def factor(self, name: str) -> SecondFactorSet | None:
        return next((one for one in self.factors if one.factor == name), None)


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing opens the account."""


@dataclass(frozen=True, slots=True)
class Account:
    """`last`: the number of the last invitation. `ever`: it was active once, so that one official alone never
    opens it again. `asked`: the recovery that waits for a second official.
    """

    phase: NoAccount | Invited | Active | Closed = field(default_factory=NoAccount)
    last: int = 0
    ever: bool = False
    asked: RecoveryAsked | None = None


# Decide


def decide(command: Command, account: Account) -> Sequence[Event]:
    match command:
        case InviteAccount():
            return invite(command, account)
        case ActivateAccount():
            return activate(command, account)
        case ChangePassword() | SetSecondFactor() | RemoveSecondFactor() | ContestRecovery():
            return of_the_person(command, account)
        case AskRecovery() | ApproveRecovery() | RefuseRecovery():
            return recover(command, account)
        case CloseAccount():
            return close(command, account)
        case _:
            assert_never(command)


def invite(command: InviteAccount, account: Account) -> Sequence[Event]:
    if not command.terminal:
        not_himself(command)
        if account.ever:
            raise Refused(
                "account-recovery-needed",
                "Akun ini pernah aktif. Untuk membukanya lagi dua pejabat harus menyetujui pemulihan.",
                field="person",
            )
    return [combined(AccountInvited, command, invitation=account.last + 1, recovery=account.ever)]


def activate(command: ActivateAccount, account: Account) -> Sequence[Event]:
    if isinstance(account.phase, Active) and account.phase.invitation == command.invitation:
        return []
    if account.phase != Invited(command.invitation):
        raise Refused("invitation-over", "Undangan ini tidak berlaku lagi. Mintalah yang baru.")
    return [combined(AccountActivated, command)]


def of_the_person(
    command: ChangePassword | SetSecondFactor | RemoveSecondFactor | ContestRecovery, account: Account
) -> Sequence[Event]:
    if command.by != command.person:
        raise Refused("account-not-own", "Ini hanya dilakukan oleh pemilik akun.", field="person")
    if not isinstance(account.phase, Active):
        raise Refused("account-not-active", "Akun ini tidak aktif.", field="person")
    match command:
        case ChangePassword():
            return [combined(PasswordChanged, command)]
        case SetSecondFactor():
            return set_factor(command, account.phase)
        case RemoveSecondFactor():
            return remove_factor(command, account.phase)
        case ContestRecovery():
            waiting(account)
            return [combined(RecoveryRefused, command, reason=CONTESTED)]
        case _:
            assert_never(command)


def set_factor(command: SetSecondFactor, active: Active) -> Sequence[Event]:
    if active.factor(command.factor) is not None:
        return []
    if active.invitation != command.invitation:
        raise Refused("account-recovered", "Akun ini dipulihkan sementara itu. Mulailah lagi.")
    if not command.label.strip():
        raise Refused("label-missing", "Beri nama, supaya Anda mengenalinya kelak.", field="label")
    if len(active.factors) >= MOST_FACTORS:
        raise Refused(
            "factors-many", "Paling banyak {most} faktor kedua; hapus dahulu satu.", most=MOST_FACTORS
        )
    return [combined(SecondFactorSet, command, label=command.label.strip())]


def remove_factor(command: RemoveSecondFactor, active: Active) -> Sequence[Event]:
    if active.factor(command.factor) is None:
        return []
    if command.demanded and len(active.factors) == 1:
        raise Refused(
            "factor-demanded",
            "Peran Anda mewajibkan faktor kedua. Tambahkan dahulu yang baru, lalu hapus yang ini.",
            field="factor",
        )
    return [combined(SecondFactorRemoved, command)]


def recover(command: AskRecovery | ApproveRecovery | RefuseRecovery, account: Account) -> Sequence[Event]:
    not_himself(command)
    match command:
        case AskRecovery():
            return ask(command, account)
        case ApproveRecovery():
            return approve(command, waiting(account), account)
        case RefuseRecovery():
            waiting(account)
            return [combined(RecoveryRefused, command, reason=said(command.reason))]
        case _:
            assert_never(command)


def ask(command: AskRecovery, account: Account) -> Sequence[Event]:
    if not account.ever:
        raise Refused("account-never-active", "Akun ini belum pernah aktif; buat saja undangan baru.")
    if account.asked is not None:
        raise Refused("recovery-waits", "Pemulihan sudah diminta dan menunggu pejabat kedua.")
    return [combined(RecoveryAsked, command, reason=said(command.reason))]


def approve(command: ApproveRecovery, asked: RecoveryAsked, account: Account) -> Sequence[Event]:
    if command.by == asked.by:
        raise Refused("recovery-same-official", "Pemulihan harus disetujui pejabat lain, bukan pemintanya.")
    return [
        combined(RecoveryApproved, command, asked_by=asked.by),
        combined(AccountInvited, command, invitation=account.last + 1, recovery=True),
    ]


def close(command: CloseAccount, account: Account) -> Sequence[Event]:
    not_himself(command)
    if isinstance(account.phase, NoAccount | Closed):
        return []
    return [combined(AccountClosed, command, reason=said(command.reason))]


def waiting(account: Account) -> RecoveryAsked:
    if account.asked is None:
        raise Refused("recovery-not-asked", "Tidak ada pemulihan yang menunggu.")
    return account.asked


def not_himself(
    command: InviteAccount | AskRecovery | ApproveRecovery | RefuseRecovery | CloseAccount,
) -> None:
    if command.by == command.person:
        raise Refused("account-own", "Akun Anda sendiri diurus pejabat lain, bukan Anda.", field="person")


def said(reason: str) -> str:
    if not reason.strip():
        raise Refused("reason-missing", "Tulis alasannya.", field="reason")
    return reason.strip()


# Evolve


def evolve(account: Account, event: Event) -> Account:
    match event:
        case AccountInvited(invitation=number):
            return replace(account, phase=Invited(number), last=number, asked=None)
        case AccountActivated(invitation=number):
            return replace(account, phase=Active(number), ever=True, asked=None)
        case SecondFactorSet() | SecondFactorRemoved():
            return replace(account, phase=with_factor(account.phase, event))
        case RecoveryAsked():
            return replace(account, asked=event)
        case RecoveryRefused():
            return replace(account, asked=None)
        case AccountClosed():
            return replace(account, phase=Closed(), asked=None)
        case PasswordChanged() | RecoveryApproved():
            return account
        case _:
            assert_never(event)


def with_factor(
    phase: NoAccount | Invited | Active | Closed, event: SecondFactorSet | SecondFactorRemoved
) -> Active:
    """The active phase after a second factor came or went."""
    assert isinstance(phase, Active), "only an active account has second factors"
    others = tuple(one for one in phase.factors if one.factor != event.factor)
    return replace(phase, factors=(*others, event) if isinstance(event, SecondFactorSet) else others)


account = Decider(initial=Account(), decide=decide, evolve=evolve)
