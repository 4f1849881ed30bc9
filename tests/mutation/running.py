"""How a mutant is tried: the tests are gathered and run once, then every mutant is a child of this process
that runs those that came by its function, the quickest first, until one fails. No start of Python, no import.
"""

import functools
import gc
import math
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings
from mutmut.mutation import trampoline
from mutmut.mutation.file_mutation import MutatedFile

from tests.mutation.telling import change

LIVED, SPARE_SECONDS = 0, 2


class Mutants:
    """A plugin of pytest. `mutated`: by module. `lived`: those that no test noticed, also told at once."""

    def __init__(self, mutated: Mapping[str, MutatedFile]) -> None:
        self.mutated, self.lived = mutated, set[str]()
        self.came_by, self.tests_of = set[str](), defaultdict[str, list[pytest.Item]](list)
        self.seconds = dict[str, float]()

    def pytest_configure(self, config: pytest.Config) -> None:
        settings.register_profile(
            "mutants",
            deadline=None,
            max_examples=10,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
        )
        settings.load_profile("mutants")
        trampoline.record_trampoline_hit = lambda name, caller=None: self.came_by.add(name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed("tests cannot be gathered")
        self.watch(session.items)
        if session.testsfailed:
            raise session.Failed("a test fails without any mutant")
        gc.freeze()
        for module, file in self.mutated.items():
            sys.stdout.write(f"\n{module}: {len(file.mutant_names)} mutants\n")
            for name in file.mutant_names:
                if self.tried(f"{module}.{name}") == LIVED:
                    self.lived.add(f"{module}.{name}")
                    sys.stdout.write(f"\n{module}.{name}\n{change(file, name)}\n")
            sys.stdout.flush()
        return True

    def watch(self, items: list[pytest.Item]) -> None:
        """Runs every test once and remembers which functions it came by."""
        os.environ["MUTANT_UNDER_TEST"] = "stats"
        for item, following in zip(items, [*items[1:], None], strict=True):
            forget()
            self.came_by.clear()
            before = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self.seconds[item.nodeid] = time.process_time() - before
            for function in self.came_by:
                self.tests_of[function].append(item)

    def tried(self, mutant: str) -> int:
        """LIVED, or how its child ended."""
        tests = sorted(
            self.tests_of[mutant.rpartition("__mutmut_")[0]], key=lambda item: self.seconds[item.nodeid]
        )
        child = os.fork()
        if child == 0:
            noticed = True
            try:
                noticed = self.noticed(mutant, tests)
            finally:
                os._exit(noticed)
        return os.waitpid(child, 0)[1]

    def noticed(self, mutant: str, tests: list[pytest.Item]) -> bool:
        os.environ["MUTANT_UNDER_TEST"] = mutant
        forget()
        return any(
            report.failed
            for item, following in zip(tests, [*tests[1:], None][: len(tests)], strict=True)
            for report in self.reports(item, following)
        )

    def reports(self, item: pytest.Item, following: pytest.Item | None) -> list[pytest.TestReport]:
        """Of one test, which is ended where it goes on without end."""
        limit = math.ceil(time.process_time() + SPARE_SECONDS + 5 * self.seconds[item.nodeid])
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        return runtestprotocol(item, nextitem=following, log=False)


@functools.cache
def cached_functions() -> list[Any]:
    ours = [thing for thing in gc.get_objects() if isinstance(thing, functools._lru_cache_wrapper)]
    return [thing for thing in ours if thing.__module__.startswith(("shared.", "services."))]


def forget() -> None:
    """What was computed without the mutant is computed again."""
    for function in cached_functions():
        function.cache_clear()
