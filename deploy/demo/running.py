"""A kabupaten in the middle of its work, through the public API: last year's report is on its way and one
receipt is still out; this year's sheets are each somewhere else.

Played after the first kabupaten's finished cycle (`cycle.py`), so that every page has something to do. What
is interesting here happened as it does in real years, by the person whose office it is: an agency that is
late, a return that was not answered yet, an approval that fell because the agency took its sheet back, one
that fell and came again with other figures, a team decree that nobody has issued.
"""

from dataclasses import replace
from pathlib import Path

from deploy.demo import acts, data, submissions
from deploy.demo.caller import PATIENCE_S
from deploy.demo.days import Days, last_cycle, running_cycle
from deploy.demo.stage import Play, Say
from shared.clock import today

APPROVED, WAITING, FALLEN, CHANGED, LATE, RETURNED = (
    "disdikpora", "dinkes", "dpupkp", "dinsosp3a", "satpolpp", "bpbd",
)  # fmt: skip
"""Where each agency is, in the order in which it got there."""
UP_TO = ("guidance", "follow_up", "work_plan", "decree_draft", "decree_handover")
SENT = "dispatch"
OUT = tuple(acts.RECIPIENTS)[-1]
"""Whose receipt has not come back."""


def play_running(
    address: str,
    say: Say,
    *,
    patience: float = PATIENCE_S,
    days: tuple[Days, Days] | None = None,
    authority: Path | None = None,
    folder: Path = data.KULON_PROGO,
) -> tuple[str, str]:
    """Plays last year's cycle as far as it came, then this year's; answers the ids of both.
    Raises Unexpected at the first thing that does not go as the SOP says.
    """
    before, now = days or (last_cycle(today()), running_cycle(today()))
    ids = []
    for at, act in ((before, _send_last_year), (now, _work_this_year)):
        play = Play(address, at, say, patience=patience, authority=authority, folder=folder)
        play.figures = data.invented(at.year - before.year)
        try:
            act(play)
        finally:
            play.close()
        ids.append(play.cycle)
    return ids[0], ids[1]


def _send_last_year(play: Play) -> None:
    acts.open_cycle(play)
    for key, act in acts.STEPS.items():
        play.step_started(key)
        act(play)
        play.step_done(key)
        if key == SENT:
            break
    for recipient in acts.RECIPIENTS:
        if recipient != OUT:
            acts.receive(play, recipient)


def _work_this_year(play: Play) -> None:
    acts.begin_cycle(play)
    for key in UP_TO:
        play.step_started(key)
        acts.STEPS[key](play)
        play.step_done(key)
    play.step_started("socialisation")
    acts.hold_socialisation(play)
    play.step_done("socialisation")
    play.step_started("filling")  # and with it the sheets are open
    agencies = {agency.id: agency for agency in play.agencies}
    for name in (APPROVED, WAITING, FALLEN, CHANGED, RETURNED):
        agency = agencies[name]
        submissions.enter(play, agency, submissions.services_of(agency))
        submissions.attach(play, agency)
        submissions.hand_in(play, agency, play.days.handed_in)
    submissions.enter(play, agencies[LATE], submissions.services_of(agencies[LATE])[:1])
    for name in (APPROVED, FALLEN, CHANGED):
        submissions.approve(play, agencies[name])
    submissions.send_back(play, agencies[RETURNED])
    submissions.take_back(play, agencies[FALLEN], "Angka sambungan rumah dihitung ulang bersama PDAM.")
    _come_again(play, agencies[CHANGED])


def _come_again(play: Play, agency: data.DemoAgency) -> None:
    submissions.take_back(play, agency, "Data penerima bulan terakhir baru lengkap.")
    service = submissions.services_of(agency)[0]
    figure = play.figures[service]
    more = replace(figure, served=figure.entitled)
    submissions.mend_figure(play, agency, service, more)
    submissions.hand_in(play, agency, play.days.handed_in_again)
    path = f"/api/verification/verifications/{play.case(agency.id)}"
    play.once(play.cast.verifier, path, "waiting")
