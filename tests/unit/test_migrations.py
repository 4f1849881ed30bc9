"""The migrations of each database stand in one line: two that were written at the same time would leave
nobody able to say which comes first.
"""

import pytest

from shared.migrations.migrate import newest
from shared.service_names import SERVICES


@pytest.mark.parametrize("service", [*SERVICES, "access"])
def test_migrations_stand_in_one_line(service: str) -> None:
    assert str(newest(service)).startswith(f"{service}_"), "`newest` raises where there are several"
