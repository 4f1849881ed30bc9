"""Attacks in the databases by a superuser: on events, on read models, on the log, and on several at once.

Role: proves that whatever is changed in a store is named by the checks of the services. Ten places at a time
are attacked in the same way, then all four services are asked, then everything is put back.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping

from deploy.drill.forgery.checks import Said, asked
from deploy.drill.forgery.spoiling import Row, another_cell, same_key, spoiled
from deploy.drill.forgery.stores import Stores, read_models
from deploy.drill.forgery.trial import Named, Outcome
from deploy.local.instance import Instance
from services.archive.domain.checkpoint import Signer
from services.archive.domain.merkle import Edge, grow, leaf_hash
from shared.service_names import SERVICES

WHERE = "basis data (superuser)"
AT_ONCE = 10
SOURCES = ("intake", "verification", "documents")
"""Whose events are attacked: what archive says of itself is in the log alone."""
Place = Callable[[Said], bool]
"""Whether what was said names the place of one trial."""


# What is said of an event


def _event(stream: str, version: int) -> Place:
    return lambda said: any(f"{stream} @{version}" in sentence for sentence in said.sentences)


def _leaf(index: int) -> Place:
    return lambda said: any(
        f"leaf {index}," in f"{sentence},".replace(":", ",") for sentence in said.sentences
    )


def _all(*places: Place) -> Place:
    return lambda said: all(place(said) for place in places)


# Attacks: each changes one place, and answers how it is to be named


def _changed(stores: Stores, chance: random.Random, source: str, one: Row) -> Place:
    data = spoiled(one["data"], chance)
    stores.change(
        source, "event", "UPDATE event SET data = %s WHERE position = %s", json.dumps(data), one["position"]
    )
    return _event(one["stream"], one["version"])


def _deleted(stores: Stores, _chance: random.Random, source: str, one: Row) -> Place:
    stores.change(source, "event", "DELETE FROM event WHERE position = %s", one["position"])
    return _event(one["stream"], one["version"])


def _renumbered(stores: Stores, chance: random.Random, source: str, one: Row) -> Place:
    version = one["version"] + chance.randrange(1_000, 2_000)
    stores.change(
        source, "event", "UPDATE event SET version = %s WHERE position = %s", version, one["position"]
    )
    return _event(one["stream"], one["version"])


def _forged_approval(stores: Stores, chance: random.Random, _source: str, _one: Row) -> Place:
    """An approval of somebody, put behind what a submission's verification really says."""
    approvals = stores.rows("verification", "SELECT * FROM event WHERE type = 'submission-approved'")
    one, other = chance.choice(approvals), chance.choice(approvals)
    ((last,),) = (
        row.values()
        for row in stores.rows(
            "verification", "SELECT max(version) AS last FROM event WHERE stream = %s", other["stream"]
        )
    )
    stores.change(
        "verification",
        "event",
        "INSERT INTO event (stream, version, case_id, type, schema, data, metadata, recorded_at) "
        "SELECT %s, %s, case_id, type, schema, data, metadata, recorded_at FROM event WHERE position = %s",
        other["stream"],
        last + 1,
        one["position"],
    )
    return _event(other["stream"], last + 1)


def _stream_rewritten(stores: Stores, chance: random.Random, source: str, one: Row) -> Place:
    whole = stores.rows(source, "SELECT * FROM event WHERE stream = %s", one["stream"])
    return _all(*(_changed(stores, chance, source, event) for event in whole))


def _cell(stores: Stores, chance: random.Random, _source: str, _one: Row) -> Place:
    """A cell of a read model, without its event."""
    while True:
        service = chance.choice(SERVICES)
        table = chance.choice(read_models(service).sorted_tables)
        rows = stores.rows(service, f"SELECT * FROM {table.name}")  # noqa: S608  names of ours
        found = another_cell(table, chance.choice(rows), chance) if rows else None
        if found is not None:
            break
    row, column, value = found
    keys = [column.name for column in table.primary_key]
    same = " AND ".join(f'"{key}" = %s' for key in keys)
    stores.change(
        service,
        str(table.name),
        f'UPDATE {table.name} SET "{column}" = %s WHERE {same}',  # noqa: S608  names of ours
        value,
        *(row[key] for key in keys),
    )
    key = [row[key] for key in keys]
    return lambda said: any(
        table.name == named and same_key(json.loads(found), key) for named, found in said.differing(service)
    )


def _with_its_read_model(stores: Stores, chance: random.Random, _source: str, _one: Row) -> Place:
    """The figure in its event and on the page, so that both say the same."""
    figure = chance.choice(stores.rows("intake", "SELECT * FROM figure"))
    (event,) = stores.rows(
        "intake",
        "SELECT * FROM event WHERE stream = %s AND type = 'figure-entered' AND data ->> 'service' = %s "
        "ORDER BY version DESC LIMIT 1",
        figure["submission"],
        figure["service"],
    )
    forged = {**event["data"]["figure"], "realised": chance.randrange(10**9)}
    stores.change(
        "intake",
        "event",
        "UPDATE event SET data = jsonb_set(data, '{figure}', %s) WHERE position = %s",
        json.dumps(forged),
        event["position"],
    )
    stores.change(
        "intake",
        "figure",
        "UPDATE figure SET figure = %s WHERE submission = %s AND service = %s",
        json.dumps(forged),
        figure["submission"],
        figure["service"],
    )
    return _event(event["stream"], event["version"])


def _leaf_with_its_hash(stores: Stores, chance: random.Random, _source: str, _one: Row) -> Place:
    leaf = chance.choice(stores.rows("archive", "SELECT * FROM leaf"))
    event = json.loads(bytes(leaf["line"]))
    event["data"] = spoiled(event["data"], chance)
    line = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    stores.change(
        "archive",
        "leaf",
        "UPDATE leaf SET line = %s, hash = %s WHERE index = %s",
        line,
        leaf_hash(line),
        leaf["index"],
    )
    return _leaf(leaf["index"])


ATTACKS: Mapping[str, Callable[[Stores, random.Random, str, Row], Place]] = {
    "peristiwa diubah": _changed,
    "peristiwa dihapus": _deleted,
    "peristiwa dinomori ulang": _renumbered,
    "persetujuan dipalsukan": _forged_approval,
    "seluruh alur ditulis ulang": _stream_rewritten,
    "satu sel model baca diubah": _cell,
    "peristiwa beserta model bacanya": _with_its_read_model,
    "baris log beserta sidiknya": _leaf_with_its_hash,
}
SIGNED_AGAIN = "log ditulis ulang dan ditandatangani dengan kunci curian"


def attacked(instance: Instance, signer: Signer, trials: int, seed: int = 0) -> Iterator[Outcome]:
    """Every attack, ten places at a time; each outcome as soon as it is there."""
    stores = Stores(
        instance.server.admin_url,
        {service: instance.environment.databases[service].name for service in SERVICES},
        signer,
    )
    stores.keep()
    for name in (*ATTACKS, SIGNED_AGAIN):
        outcome = Outcome(WHERE, name)
        for at in range(0, trials, AT_ONCE):
            many = min(AT_ONCE, trials - at)
            chance = random.Random(f"{name}-{seed}-{at}")  # noqa: S311  chance, no secret
            try:
                places = list(_places(stores, name, chance, many))
                said = asked(instance)
            finally:
                stores.put_back()
            for place in places:
                outcome.count(Named(noticed=not said.honest, place=place(said)), f"{name}-{seed}-{at}")
        yield outcome
    yield honest(instance)


def honest(instance: Instance) -> Outcome:
    """One look at what nobody touched, or what was put back: a difference would be a false alarm."""
    said, outcome = asked(instance), Outcome(WHERE, "tidak disentuh: tidak ada alarm")
    outcome.count(Named(noticed=said.honest, place=said.honest), str(said.sentences[:3]))
    return outcome


def _places(stores: Stores, name: str, chance: random.Random, many: int) -> Iterator[Place]:
    """Attacks so many places, no two in one stream."""
    if name == SIGNED_AGAIN:
        yield from (_leaf_with_its_hash(stores, chance, "", {}) for _ in range(many))
        _sign_again(stores)
        return
    taken = set[str]()
    for _ in range(many):
        source = chance.choice(SOURCES)
        free = [row for row in stores.rows(source, "SELECT * FROM event") if row["stream"] not in taken]
        one = chance.choice(free)
        taken.add(one["stream"])
        yield ATTACKS[name](stores, chance, source, one)


def _sign_again(stores: Stores) -> None:
    """The tree over the lines as they are now, and a checkpoint over it, by whoever stole the key."""
    hashes = [bytes(row["hash"]) for row in stores.rows("archive", "SELECT hash FROM leaf ORDER BY index")]
    edge, tiles = grow(Edge(), hashes)
    stores.change("archive", "tree", "UPDATE tree SET size = %s, peaks = %s", edge.size, list(edge.peaks))
    stores.change("archive", "tile", "DELETE FROM tile")
    for tile, value in tiles.items():
        stores.change(
            "archive", "tile", "INSERT INTO tile VALUES (%s, %s, %s)", tile.level, tile.index, value
        )
    stores.change("archive", "checkpoint", "DELETE FROM checkpoint")
    stores.change(
        "archive",
        "checkpoint",
        "INSERT INTO checkpoint SELECT %s, %s, %s, max(at) FROM drill.checkpoint",
        edge.size,
        edge.root,
        stores.signer.sign(edge.size, edge.root),
    )
