"""What a service runs as: one process for everything, or several that answer and one that works."""

import pytest

from deploy.front_door.config import FrontDoor, config
from deploy.front_door.settings import DoorSettings
from deploy.local.service_process import Process, processes_of
from shared.service_names import SERVICES


def test_one_process_does_everything() -> None:
    assert processes_of("intake") == (Process("intake", "intake", "serve"),)


@pytest.mark.parametrize("webs", [2, 3])
def test_where_several_answer_one_more_works_and_listens_nowhere(webs: int) -> None:
    found = processes_of("intake", webs)
    assert [process.command for process in found] == [*["web"] * webs, "worker"]
    assert found[0].name == "intake", "the first keeps the port that others ask"
    assert len({process.name for process in found}) == webs + 1
    assert [process.name for process in found if not process.listens] == ["intake-worker"]


def test_the_front_door_knows_every_process_that_answers(tmp_path) -> None:
    places = {name: [f"127.0.0.1:{1000 + at}"] for at, name in enumerate(SERVICES)}
    places["intake"].append("127.0.0.1:2000")
    door = FrontDoor(settings=DoorSettings(), port=8400, upstreams=places, access_log=tmp_path / "log")
    routes = config(door)["apps"]["http"]["servers"]["door"]["routes"]
    proxies = [part for route in routes for part in route["handle"] if part["handler"] == "reverse_proxy"]
    dialled = [[upstream["dial"] for upstream in proxy["upstreams"]] for proxy in proxies]
    assert dialled.count(["127.0.0.1:1000", "127.0.0.1:2000"]) == 2, "its own paths, and what nobody claims"
    assert sorted(map(len, dialled)) == [1] * (len(SERVICES) - 1) + [2, 2]
