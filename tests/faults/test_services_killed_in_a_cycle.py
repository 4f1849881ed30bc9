"""kill -9 of every service, and of the front door, in the middle of a cycle:
it goes on, nothing is lost, nothing happens twice.
"""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from deploy.demo.cycle import play_cycle
from deploy.demo.days import of_year
from deploy.local.instance import Instance
from shared.sop.definition import CURRENT, sops
from tests.support.whole import Log

KILLED_AFTER = {
    1: "intake",
    3: "documents",
    6: "verification",
    7: "archive",
    8: "intake",
    9: "verification",
    10: "documents",
    12: "archive",
}


def shape(log: Log, cycle: str) -> Counter[tuple[str, str]]:
    """What happened in a cycle, without the year in the names.

    Without sealing: archive does it some seconds after a cycle closes,
    and not for a sample scan that an earlier cycle sealed already.
    """
    return Counter(
        (event["stream"].replace(cycle, "cycle"), event["type"])
        for event in log.of(cycle)
        if event["type"] != "item-sealed"
    )


@pytest.fixture(scope="module")
def log(jejak: Instance, tmp_path_factory: pytest.TempPathFactory) -> Log:
    play_cycle(jejak.address, lambda _step, _what: None, days=of_year(2023))
    killed = []

    def kill(step: int, _what: str) -> None:
        if step in KILLED_AFTER:
            jejak.crash(KILLED_AFTER[step])
            killed.append(KILLED_AFTER[step])

    play_cycle(jejak.address, kill, days=of_year(2024), patience=240)
    assert killed == list(KILLED_AFTER.values())
    return Log(jejak, tmp_path_factory.mktemp("killed"), "3402-2024")


@pytest.mark.test_all
def test_a_cycle_with_killed_services_has_exactly_the_events_of_an_undisturbed_one(log: Log) -> None:
    assert shape(log, "3402-2024") == shape(log, "3402-2023")


@pytest.mark.test_all
def test_the_log_is_whole_and_verified(log: Log) -> None:
    assert (log.report.verified, log.holes()) == (True, [])


@pytest.mark.test_all
def test_a_broker_that_loses_its_folder_in_the_middle_of_a_cycle_loses_and_doubles_nothing(
    jejak: Instance, tmp_path: Path
) -> None:
    """Nobody is there to help: the supervisor finds it, prepares the broker anew,
    and everything is published again from PostgreSQL.
    """

    def wipe(step: int, _what: str) -> None:
        if step == 7 and not jejak.embedded:
            shutil.rmtree(jejak.folder / "kafka")

    play_cycle(jejak.address, wipe, days=of_year(2022), patience=180)
    log = Log(jejak, tmp_path, "3402-2022")
    assert (log.report.verified, log.holes()) == (True, [])
    assert [event["data"]["step"] for event in log.of("3402-2022", "step-completed")] == [
        step.key for step in sops()[CURRENT].steps
    ]
