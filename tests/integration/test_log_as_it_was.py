"""The audit log at a moment, and the life of a figure that it tells."""

from dataclasses import replace
from datetime import date

from shared.clock import WIB
from shared.contracts.intake import FigureEntered
from shared.contracts.values import Figure
from shared.eventsourcing import store
from tests.integration.recorded_pages import shown
from tests.support.archive_room import CYCLE, Archive, event_of, plain


async def test_the_log_as_it_was_ends_where_it_ended(expecting: Archive) -> None:
    """Lists, single lines and search show of the log what was there, however much came after."""
    async with expecting.running.pool.connection() as conn:
        await store.tick(conn, await store.settled(conn))
        ((at, size),) = await (
            await conn.execute(b"SELECT max(at), (SELECT size FROM tree) FROM tick")
        ).fetchall()
    moment = at.astimezone(WIB).replace(tzinfo=None).isoformat()
    before = shown((await expecting.page("ina", "/jejak-audit")).text)
    await expecting.hear(*(plain(number) for number in range(9)))
    assert shown((await expecting.page("ina", "/jejak-audit")).text) != before
    after = shown((await expecting.page("ina", f"/jejak-audit?pada={moment}")).text)
    assert after.split("<") == before.split("<")
    statuses = [
        (await expecting.page("ina", f"/jejak-audit/{index}?pada={moment}")).status_code
        for index in (size - 1, size)
    ]
    assert statuses == [200, 404]


async def test_the_life_of_a_figure_is_told_from_the_log(expecting: Archive) -> None:
    """By its acts, each with its proof; nothing of another service, another agency or another moment."""
    figure = Figure(served=3961, entitled=4180, origin="kohort")
    case = {"cycle": CYCLE, "agency": "dinkes", "period": "tahunan"}
    said = {"by": "sri", "occurred_on": date(2026, 2, 2)}
    stream = "submission-3402-2026-dinkes-tahunan"
    for version, (service, entered) in enumerate(
        (
            ("kes.ibu_hamil", figure),
            ("kes.balita", replace(figure, served=77)),
            ("kes.ibu_hamil", replace(figure, served=4098)),
        ),
        start=1,
    ):
        event = FigureEntered(**case, service=service, figure=entered, **said)
        await expecting.log(event_of(event, stream=stream, version=version))
    address = "/jejak-audit/angka/3402-2026-dinkes-tahunan/kes.ibu_hamil"
    page = (await expecting.page("ina", address)).text
    assert "4.098" in page
    assert "<del>3.961</del>" in page
    assert "<ins>4.098</ins>" in page
    assert "77" not in page[page.index("<main") : page.index("</main>")]
    own = await expecting.page("sri", address)
    assert "<ins>4.098</ins>" in own.text, "an agency sees the life of its own figures"
    assert "/jejak-audit/1" not in own.text, "and no way to the trail, which it may not read"
    assert (await expecting.page("operator", address)).status_code == 403
    foreign = FigureEntered(**{**case, "agency": "dinsos"}, service="sos.anak", figure=figure, **said)
    await expecting.log(event_of(foreign, stream="submission-3402-2026-dinsos-tahunan"))
    of_others = "/jejak-audit/angka/3402-2026-dinsos-tahunan/sos.anak"
    assert [(await expecting.page(who, of_others)).status_code for who in ("ina", "sri")] == [200, 404]
    assert (await expecting.page("ina", f"{address}x")).status_code == 404
    other = address.replace("dinkes", "dinsos")
    assert (await expecting.page("ina", other)).status_code == 404
