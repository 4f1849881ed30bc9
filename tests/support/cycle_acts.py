"""A whole cycle as acts that can be given in two voices: as a program says them,
and as a person sends the form of the page for them.

Every route that gives a command is among them, in a state in which the command takes effect.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.spm.catalogue import current

CYCLE, WITHDRAWN = "3402-2026", "3402-2025"
CASE = f"{CYCLE}-dinkes-tahunan"
SERVICES = ("kes.balita", "kes.ibu_hamil")
DAY = "2026-02-17"
Ask = Callable[[str, str], Any]
"""(role, path of an API question) → its JSON, awaited."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act of a role. `files` are uploaded first and named in the body by `naming`;
    in the form they are chosen in the fields of that name.
    """

    role: str
    method: str = "POST"
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    page: str
    form: str
    typed: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    naming: Callable[[list[dict[str, str]]], Mapping[str, Any]] = lambda _files: {}


async def cycle(ask: Ask) -> AsyncIterator[Act]:
    """The acts in order; what an act names is asked for when its turn comes."""
    for part in (_opening, _beginning, _decree, _filling, _verifying, _reporting, _sending, _archiving):
        async for act in part(ask):
            yield act


async def _opening(_ask: Ask) -> AsyncIterator[Act]:
    agency = {"name": "Dinas Kesehatan", "short_name": "Dinkes"}
    yield Act(
        role="kabag",
        method="PUT",
        path="/api/intake/agencies/dinkes",
        body=agency,
        page="/opd",
        form="/opd",
        typed={"agency": "dinkes", **agency},
    )
    for service in SERVICES:
        assigned = {"service": service, "valid_from": "2026-01-01"}
        yield Act(
            role="kabag",
            path="/api/intake/agencies/dinkes/assignments",
            body=assigned,
            page="/opd",
            form="/opd/layanan",
            typed={"of_agency": "dinkes", **assigned},
        )
    for year in (2025, 2026):
        yield Act(
            role="kabag",
            path="/api/intake/cycles",
            body={"year": year, "region_name": "Bantul"},
            page=f"/siklus/buka?year={year}&region_name=Bantul&report_due={year + 1}-03-31",
            form="/siklus",
        )
        if year == 2025:
            reason = {"reason": "Salah tahun."}
            path = f"/siklus/{WITHDRAWN}/tarik"
            yield Act(
                role="kabag",
                path=f"/api/intake/cycles/{WITHDRAWN}/withdrawal",
                body=reason,
                page=path,
                form=path,
                typed=reason,
            )


async def _beginning(_ask: Ask) -> AsyncIterator[Act]:
    day = {"day": "2026-02-18", "kind": "holiday", "name": "Cuti bersama", "source": "SKB Tiga Menteri"}
    yield Act(
        role="kabag",
        path="/api/intake/calendar/days",
        body=day,
        page="/kalender",
        form="/kalender",
        typed=day,
    )
    step = f"/langkah/{CYCLE}/guidance"
    source = {"source": "SKB Tiga Menteri 2026"}
    yield Act(
        role="kabag",
        path=f"/api/intake/cycles/{CYCLE}/steps/guidance/due-date",
        body=source,
        page=step,
        form=f"{step}/tenggat",
        typed=source,
    )
    yield _plain("guidance", "kabag")
    yield _plain("follow_up", "subkoordinator")
    yield _plain("work_plan", "subkoordinator")


def _plain(key: str, role: str) -> Act:
    step, summary = f"/langkah/{CYCLE}/{key}", {"summary": f"Langkah {key} dilakukan."}
    return Act(
        role=role,
        path=f"/api/intake/cycles/{CYCLE}/steps/{key}/completion",
        body=summary,
        page=step,
        form=step,
        typed=summary,
        files={"evidence": f"bukti-{key}.pdf", "evidence ": f"bukti-{key}b.pdf"},
        naming=lambda files: {"evidence": files},
    )


async def _decree(ask: Ask) -> AsyncIterator[Act]:
    page, path = f"/dokumen/{CYCLE}/sk_tim", f"/api/documents/cycles/{CYCLE}/documents/sk_tim"
    yield _draft("sk_tim", "subkoordinator")
    handing = {"handed_to": "Bagian Hukum", "reference": "180/1"}
    yield Act(
        role="subkoordinator",
        path=f"{path}/hand-over",
        body={**handing, "digest": (await ask("subkoordinator", path))["digest"]},
        page=page,
        form=f"{page}/serahkan",
        typed=handing,
        files={"receipt": "tanda-serah.pdf"},
        naming=lambda files: {"receipt": files[0]},
    )
    yield _plain("socialisation", "kabag")
    decree = {"number": "130/1/HK/2026", "issued_on": DAY}
    yield Act(
        role="subkoordinator",
        path=f"{path}/decree",
        body=decree,
        page=page,
        form=f"{page}/tetapkan",
        typed=decree,
    )


def _draft(kind: str, role: str, dated: str = DAY) -> Act:
    page = f"/dokumen/{CYCLE}/{kind}/susun"
    body = {"fields": {}, "occurred_on": dated} if dated != DAY else {"fields": {}}
    path = f"/api/documents/cycles/{CYCLE}/documents/{kind}/draft"
    return Act(role=role, path=path, body=body, page=page, form=page, typed={"bertanggal": dated})


async def _filling(ask: Ask) -> AsyncIterator[Act]:
    page, path = f"/isian/{CASE}", f"/api/intake/submissions/{CASE}"
    for service in SERVICES:
        items = [item.id for item in current().services[service].quality]
        figure = {"served": 80, "entitled": 100, "budget": 10, "realised": 9}
        quality = {
            f"{service}.quality.{item}.{side}": "2" for item in items for side in ("required", "fulfilled")
        }
        yield Act(
            role="unsur_opd",
            method="PUT",
            path=f"{path}/figures/{service}",
            body={
                **figure,
                "origin": "x",
                "quality": {item: {"required": 2, "fulfilled": 2} for item in items},
            },
            page=page,
            form=page,
            typed={f"{service}.{name}": str(value) for name, value in figure.items()}
            | quality
            | {f"{service}.origin": "x"},
        )
    for name in ("rekap.pdf", "salah.pdf"):
        yield Act(
            role="unsur_opd",
            path=f"{path}/evidence",
            body={"services": [SERVICES[0]]},
            page=page,
            form=f"{page}/bukti",
            typed={"services": SERVICES[0]},
            files={"evidence": name},
            naming=lambda files: files[0],
        )
    wrong = next(
        one["file"]["digest"]
        for one in (await ask("unsur_opd", path))["evidence"]
        if one["file"]["name"] == "salah.pdf"
    )
    yield Act(
        role="unsur_opd",
        path=f"{path}/evidence/{wrong}/withdrawal",
        body={"reason": "Salah berkas."},
        page=page,
        form=f"{page}/bukti/{wrong}/tarik",
        typed={f"reason.{wrong[:8]}": "Salah berkas."},
    )
    yield await _hand_in(ask)
    yield Act(
        role="unsur_opd",
        path=f"{path}/signed-sheets",
        body={"sheet": (await ask("unsur_opd", path))["digest"]},
        page=page,
        form=f"{page}/lembar",
        files={"signed": "lembar.pdf"},
        naming=lambda files: files[0],
    )
    reason = {"reason": "Angka keliru."}
    yield Act(
        role="unsur_opd",
        path=f"{path}/taking-back",
        body=reason,
        page=page,
        form=f"{page}/tarik",
        typed=reason,
    )
    yield await _hand_in(ask, f"{SERVICES[0]}.served", "81")


async def _hand_in(ask: Ask, cell: str = "", value: str = "") -> Act:
    """In the form with a cell that was typed and is not stored yet."""
    page, path = f"/isian/{CASE}", f"/api/intake/submissions/{CASE}"
    seen = {"digest": (await ask("unsur_opd", path))["next_digest"]}
    return Act(
        role="unsur_opd",
        path=f"{path}/hand-in",
        body=seen,
        page=page,
        form=f"{page}/serahkan",
        typed={cell: value} if cell else {},
    )


async def _verifying(ask: Ask) -> AsyncIterator[Act]:
    page, path = f"/verifikasi/{CASE}", f"/api/verification/verifications/{CASE}"
    reason = {"reason": "Sumber belum disebut."}
    yield Act(
        role="tim_spm", path=f"{path}/return", body=reason, page=page, form=f"{page}/kembalikan", typed=reason
    )
    yield await _hand_in(ask, f"{SERVICES[0]}.served", "82")
    digest = (await ask("tim_spm", path))["digest"]
    yield Act(
        role="tim_spm", path=f"{path}/approval", body={"digest": digest}, page=page, form=f"{page}/setujui"
    )


async def _reporting(ask: Ask) -> AsyncIterator[Act]:
    page, path = f"/pengesahan/{CYCLE}", f"/api/verification/endorsements/{CYCLE}"
    yield _draft("laporan", "tim_spm")
    refusing = {"reason": "Judul keliru."}
    waiting = {"digest": (await ask("kabag", path))["digest"]}
    yield Act(
        role="kabag",
        path=f"{path}/refusal",
        body=waiting | refusing,
        page=page,
        form=f"{page}/tolak",
        typed=refusing,
    )
    yield _draft("laporan", "tim_spm", "2026-02-16")
    waiting = {"digest": (await ask("kabag", path))["digest"]}
    yield Act(role="kabag", path=f"{path}/endorsement", body=waiting, page=page, form=f"{page}/sahkan")
    for recipient in ("gubernur", "kemendagri"):
        yield _draft(f"pengantar_{recipient}", "tim_spm")
    report, shown = f"/api/documents/cycles/{CYCLE}/documents/laporan", f"/dokumen/{CYCLE}/laporan"
    copies = {"digest": (await ask("tim_spm", report))["settled_digest"], "copies": 2}
    yield Act(
        role="tim_spm",
        path=f"{report}/copies",
        body=copies,
        page=shown,
        form=f"{shown}/cetak",
        typed={"copies": "2"},
    )


async def _sending(ask: Ask) -> AsyncIterator[Act]:
    report = (await ask("tim_spm", f"/api/documents/cycles/{CYCLE}/documents/laporan"))["settled_digest"]
    page = f"/pengiriman/{CYCLE}"
    for who in ("gubernur", "kemendagri"):
        path = f"/api/documents/cycles/{CYCLE}/dispatches/{who}"
        sending = {"agenda_number": "045/1", "carrier": "Kurir"}
        receipt = {"received_by": "Loket", "received_on": DAY, "reference": "TT-1"}
        mending = {"field": "carrier", "value": "Kurir Bagian Umum", "reason": "Salah tulis."}
        yield Act(
            role="tim_spm",
            path=f"{path}/sending",
            body={**sending, "digest": report},
            page=page,
            form=f"{page}/{who}/kirim",
            typed=_of(who, sending),
        )
        yield Act(
            role="tim_spm",
            path=f"{path}/receipt",
            body=receipt,
            page=page,
            form=f"{page}/{who}/tanda-terima",
            typed=_of(who, receipt),
            files={f"{who}-scan": f"tanda-terima-{who}.pdf"},
            naming=lambda files: {"scan": files[0]},
        )
        yield Act(
            role="tim_spm",
            path=f"{path}/correction",
            body=mending,
            page=page,
            form=f"{page}/{who}/perbaiki",
            typed=_of(who, mending),
        )


def _of(who: str, fields: Mapping[str, str]) -> dict[str, str]:
    return {f"{who}-{name}": value for name, value in fields.items()}


async def _archiving(ask: Ask) -> AsyncIterator[Act]:
    shelf, page = f"/api/archive/cycles/{CYCLE}", f"/arsip?siklus={CYCLE}"
    for item in (await ask("arsiparis", shelf))["items"]:
        yield Act(
            role="arsiparis",
            path=f"{shelf}/items/{item['item']}/file",
            page=page,
            form=f"/arsip/{CYCLE}/{item['item']}/arsipkan",
        )
    paper = {"location": "Rak 3", "copies": 1}
    typed = {"location": "Rak 3", "copies": "1"}
    yield Act(
        role="arsiparis",
        path=f"{shelf}/hard-copy",
        body=paper,
        page=page,
        form=f"/arsip/{CYCLE}/naskah-asli",
        typed=typed,
    )
    yield Act(role="arsiparis", path=f"{shelf}/close", page=page, form=f"/arsip/{CYCLE}/tutup")
