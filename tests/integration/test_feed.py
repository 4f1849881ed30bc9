"""The event feed: another service gets the very bytes of the store over HTTP, page by page,
or hears why not.
"""

from collections.abc import AsyncIterator, Callable

import httpx2
import pytest

from shared.eventsourcing import feed
from shared.eventsourcing.chains import Head
from shared.eventsourcing.digest import NOTHING, chained, content_digest
from shared.messaging import envelope
from shared.messaging.envelope import Received
from shared.messaging.receiving.feed_client import FeedAway, FeedClient
from shared.messaging.signed_answers import NONCE, SIGNATURE, signature
from shared.messaging.signing import Signer
from tests.support.kernel import install, kernel
from tests.support.keys import KEYS, SIGNERS
from tests.support.parts import PostgresPart
from tests.support.receiving import Sending

Answer = Callable[[httpx2.Request], httpx2.Response]
STREAM = "tally-1"


@pytest.fixture
async def sending(postgres: PostgresPart) -> AsyncIterator[Sending]:
    database = postgres.fresh_database("sender")
    install(database)
    async with kernel(database) as (pool, handler):
        yield Sending(database, pool, handler)


def asking(sending: Sending, answer: Callable[[httpx2.Request], object]) -> FeedClient:
    """The feed as service `verification` asks it; `answer` stands in for intake's HTTP side."""
    asked = FeedClient(
        "verification", sending.pool, {"intake": "http://intake.test"}, {"intake": "the-secret"}, KEYS
    )
    asked._http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer), headers=asked._http.headers)  # type: ignore[arg-type]
    return asked


def serving(
    sending: Sending, seen: list[httpx2.Request], limit: int = 2
) -> Callable[[httpx2.Request], object]:
    async def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        query = request.url.params
        async with sending.pool.connection() as conn:
            if "behind" in query:
                body = await feed.streams_page(conn, query["behind"])
            elif request.url.path.endswith("/heads"):
                body = await feed.heads_page(conn, int(query["after"]))
            elif "stream" in query:
                body = await feed.stream_page(conn, query["stream"], int(query["from_version"]), limit)
            else:
                body = await feed.events_page(conn, int(query["after"]), limit)
        return answered(request, body)

    return answer


def answered(request: httpx2.Request, body: bytes, signer: Signer = SIGNERS["intake"]) -> httpx2.Response:
    """What intake answers, signed for the question."""
    signed = signature(signer, request.headers[NONCE], request.url.raw_path, body)
    return httpx2.Response(200, content=body, headers={SIGNATURE: signed})


async def got(asked: FeedClient, from_version: int, to_version: int) -> list[Received]:
    return [event async for event in asked.stream("intake", STREAM, from_version, to_version)]


async def test_the_feed_brings_the_same_bytes_as_kafka(sending: Sending) -> None:
    await sending.happen(STREAM, 5)
    seen: list[httpx2.Request] = []
    events = await got(asking(sending, serving(sending, seen)), 2, 4)
    assert [event.version for event in events] == [2, 3, 4]
    assert events == [envelope.read(message) for message in (await sending.messages())[1:4]]
    assert {request.headers["authorization"] for request in seen} == {"Bearer the-secret"}
    assert {request.url.path for request in seen} == {"/api/intake/events"}


async def test_all_events_and_all_heads_come_in_pages(sending: Sending) -> None:
    await sending.happen(STREAM, 3)
    await sending.happen("tally-2", 2)
    asked = asking(sending, serving(sending, []))
    rows = [row for page in [page async for page in asked.pages("intake", 0)] for row in page]
    assert rows == await sending.rows()
    heads = await asked.heads("intake", rows[1].position)
    chains = {STREAM: NOTHING, "tally-2": NOTHING}
    for row in rows:
        chains[row.stream] = chained(chains[row.stream], content_digest(row))
    expected = [Head(STREAM, 3, chains[STREAM]), Head("tally-2", 2, chains["tally-2"])]
    assert (heads.position, heads.heads, heads.more) == (rows[-1].position, expected, False)
    swept = await asked.streams("intake", "")
    assert (swept.heads, swept.more) == (expected, False)
    assert (await asked.streams("intake", STREAM)).heads == expected[1:]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: httpx2.Response(503), "answers 503"),
        (lambda _: httpx2.Response(403, content=b"{}"), "answers 403"),
        (lambda asked: answered(asked, b"<html>"), "cannot be read"),
        (lambda asked: answered(asked, b'{"events": [], "position": 9}'), "has no version 1"),
    ],
)
async def test_an_answer_that_does_not_help_is_said_as_such(
    sending: Sending, answer: Answer, reason: str
) -> None:
    with pytest.raises(FeedAway, match=reason):
        await got(asking(sending, answer), 1, 2)


EMPTY = b'{"events": [], "position": 9}'


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx2.Response(200, content=EMPTY),
        lambda _: httpx2.Response(200, content=EMPTY, headers=[(SIGNATURE.encode(), b"\xe9")]),
        lambda asked: answered(asked, EMPTY, SIGNERS["documents"]),
        lambda asked: answered(
            httpx2.Request("GET", asked.url.copy_with(query=b"after=0"), headers=asked.headers), EMPTY
        ),
        lambda asked: answered(httpx2.Request("GET", asked.url, headers={NONCE: "yesterday"}), EMPTY),
        lambda asked: httpx2.Response(200, content=EMPTY + b" ", headers=answered(asked, EMPTY).headers),
    ],
    ids=[
        "unsigned",
        "no signature at all",
        "of another service",
        "to another question",
        "of yesterday",
        "another body",
    ],
)
async def test_an_answer_that_the_source_did_not_sign_for_this_question_is_not_believed(
    sending: Sending, answer: Answer
) -> None:
    with pytest.raises(FeedAway, match="does not sign as intake"):
        await got(asking(sending, answer), 1, 2)


async def test_nobody_there_and_no_address_are_said_as_such(sending: Sending) -> None:
    def refuse(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    with pytest.raises(FeedAway, match="does not answer: ConnectError"):
        await got(asking(sending, refuse), 1, 2)
    nowhere = FeedClient("verification", sending.pool, {}, {}, KEYS)
    with pytest.raises(FeedAway, match="JEJAK_FEEDS"):
        await got(nowhere, 1, 2)
    await nowhere.close()


async def test_a_version_that_the_source_skips_is_never_passed_over(sending: Sending) -> None:
    await sending.happen(STREAM, 3)
    with pytest.raises(FeedAway, match="no version 4"):
        await got(asking(sending, serving(sending, [])), 1, 5)


async def test_of_several_addresses_another_is_asked_where_one_is_away_and_it_stays_the_first(
    sending: Sending,
) -> None:
    await sending.happen(STREAM, 2)
    seen: list[httpx2.Request] = []
    serves = serving(sending, seen)

    async def answer(request: httpx2.Request) -> object:
        if request.url.host == "away.test":
            seen.append(request)
            raise httpx2.ConnectError("nobody is there")
        return await serves(request)  # type: ignore[misc]

    asked = FeedClient(
        "verification",
        sending.pool,
        {"intake": "http://away.test+http://other.test"},
        {"intake": "the-secret"},
        KEYS,
    )
    asked._http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))  # type: ignore[arg-type]
    for _ in range(2):
        assert [event.version for event in await got(asked, 1, 2)] == [1, 2]
    assert [request.url.host for request in seen] == ["away.test", "other.test", "other.test"]
    asked._addresses = {"intake": "http://away.test+http://away.test"}
    with pytest.raises(FeedAway, match="does not answer"):
        await got(asked, 1, 2)
