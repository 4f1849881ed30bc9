"""The card of each room (the docstring of `services/S/__init__.py`) says what the room really is:
registry, ROOM and SOP agree with it.
"""

import importlib
import re
from collections.abc import Mapping

import pytest

from shared.contracts.registry import MODULES, PRODUCERS, find, kebab
from shared.room import Room
from shared.service_names import SERVICES
from shared.sop.definition import sops

LINES = ("Purpose", "Streams", "SOP steps", "Events out", "Reacts to")
READS = "Reads along"


def card(service: str) -> Mapping[str, str]:
    """The lines of a card by their heading; what is indented goes on with the line before,
    other sentences are free.
    """
    text = importlib.import_module(f"services.{service}").__doc__ or ""
    found = re.findall(
        rf"^({'|'.join((*LINES, READS))}):((?:.*\n)(?:    .*\n)*)", text + "\n", flags=re.MULTILINE
    )
    return {heading: " ".join(words.split()) for heading, words in found}


def listed(words: str) -> set[str]:
    return {word.strip() for word in words.split(",") if word.strip()}


def room(service: str) -> Room:
    found = importlib.import_module(f"services.{service}.bootstrap").ROOM
    assert isinstance(found, Room)
    return found


def class_names(names: frozenset[tuple[str, str]]) -> set[str]:
    """("intake", "submission-received") → intake.SubmissionReceived;
    fails for an event that nobody declares.
    """
    found = {(producer, name): find(producer, name) for producer, name in names}
    assert None not in found.values(), {key for key, entry in found.items() if entry is None}
    return {f"{entry.producer}.{entry.event.__name__}" for entry in found.values() if entry}


def steps_of(service: str) -> set[str]:
    """The steps that a service owns, or that its events help to complete."""
    return {
        str(step.number)
        for sop in sops().values()
        for step in sop.steps
        if step.owner == service or any(part.producer == service for part in step.parts)
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_card_has_every_line_in_order(service: str) -> None:
    assert [heading for heading in card(service) if heading != READS] == list(LINES)
    assert all(card(service).values())


@pytest.mark.parametrize("service", SERVICES)
def test_the_streams_are_those_of_the_room(service: str) -> None:
    assert listed(card(service)["Streams"]) == set(room(service).categories)


@pytest.mark.parametrize("service", SERVICES)
def test_the_sop_steps_are_those_of_the_sop(service: str) -> None:
    assert listed(card(service)["SOP steps"]) == steps_of(service)


@pytest.mark.parametrize("service", SERVICES)
def test_the_events_out_are_those_that_are_declared(service: str) -> None:
    assert listed(card(service)["Events out"]) == {event.__name__ for event in PRODUCERS[service]}


@pytest.mark.parametrize("service", SERVICES)
def test_the_events_it_reacts_to_are_those_of_the_room(service: str) -> None:
    assert listed(card(service)["Reacts to"]) == class_names(room(service).reacts)


@pytest.mark.parametrize("service", SERVICES)
def test_the_events_it_reads_along_are_those_that_only_feed_its_pages(service: str) -> None:
    only_read = room(service).projects - room(service).reacts
    assert listed(card(service).get(READS, "")) == class_names(frozenset(only_read))


@pytest.mark.parametrize("service", SERVICES)
def test_a_room_calls_itself_what_its_folder_and_its_contract_are_called(service: str) -> None:
    assert room(service).name == service
    assert f"shared.contracts.{service}" in {one.__name__ for one in MODULES if service == one.PRODUCER}


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_of_a_room_is_spoken_by_one_of_its_rules(service: str) -> None:
    """An event that no rule makes would stand in the contracts for nothing."""
    spoken: set[str] = set()
    for category in room(service).categories.values():
        spoken |= set(vars(importlib.import_module(category.decide.__module__)))
        spoken |= set(vars(importlib.import_module(category.evolve.__module__)))
    assert {event.__name__ for event in PRODUCERS[service]} <= spoken


def test_a_card_that_says_something_else_would_be_found() -> None:
    assert listed("submission,  cycle ,") == {"submission", "cycle"}
    assert class_names(frozenset({("intake", kebab("CycleOpened"))})) == {"intake.CycleOpened"}
