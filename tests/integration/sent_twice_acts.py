"""A whole cycle as acts that can be given in two voices: as a program says them, and as a person sends the
form of the page for them. Beside `test_sent_twice.py`, which gives them.

Every route that gives a command is among them, in a state in which the command takes effect.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shared.spm.catalogue import current

CYCLE, WITHDRAWN = "3402-2026", "3402-2025"
CASE = f"{CYCLE}-dinkes-tahunan"
SERVICES = ("kes.balita", "kes.ibu_hamil")
DAY = "2026-02-17"
MEMBER, LOGIN = "yoga", "ab" * 32
Ask = Callable[[str, str], Any]
"""(role, path of an API question) → its JSON, awaited."""


@dataclass(frozen=True)
class Act:
    """One act of a role. `files` are uploaded first and named in the body by `naming`;
    in the form they are chosen in the fields of that name.
    """

    role: str
    path: str
    page: str
    form: str
    body: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    naming: Callable[[list[dict[str, str]]], Mapping[str, Any]] = lambda _files: {}
    method: str = "POST"


def both(role: str, path: str, page: str, form: str, **said: str) -> Act:
    """An act that a program and a person say in the same words."""
    return Act(role, path, page, form, said, said)


async def cycle(ask: Ask) -> AsyncIterator[Act]:
    """The acts in order; what an act names is asked for when its turn comes."""
    preparing = _opening, _beginning, _decree, _filling, _verifying
    for part in (*preparing, _reporting, _sending, _archiving, _correcting):
        async for act in part(ask):
            yield act


async def _opening(_ask: Ask) -> AsyncIterator[Act]:
    agency, path = {"name": "Dinas Kesehatan", "short_name": "Dinkes"}, "/api/intake/agencies/dinkes"
    yield Act("kabag", path, "/opd", "/opd", agency, {"code": "dinkes", **agency}, method="PUT")
    for service in SERVICES:
        assigned = {"service": service, "valid_from": "2026-01-01"}
        typed = {"of_agency": "dinkes", **assigned}
        yield Act("kabag", f"{path}/assignments", "/opd", "/opd/layanan", assigned, typed)
    for part in (_people, _accounts):
        async for act in part():
            yield act
    for year in (2025, 2026):
        page = f"/siklus/buka?year={year}&region_name=Bantul&report_due={year + 1}-03-31"
        body = {"year": year, "region_name": "Bantul"}
        yield Act("kabag", "/api/intake/cycles", page, "/siklus", body)
        if year == 2025:
            form, path = f"/siklus/{WITHDRAWN}/tarik", f"/api/intake/cycles/{WITHDRAWN}/withdrawal"
            yield both("kabag", path, form, form, reason="Salah tahun.")


async def _people() -> AsyncIterator[Act]:
    api, one = "/api/intake/people/bayu", "/pegawai/orang/bayu"
    named = {"name": "Bayu Aji", "qualification": "D3", "agency": "dinkes"}
    yield Act("kabag", api, "/pegawai", "/pegawai", named, {"code": "bayu", **named}, method="PUT")
    named = {**named, "name": "Bayu Aji, S.E.", "qualification": "S1"}
    yield Act("operator", api, f"{one}/ubah", f"{one}/ubah", named, named, method="PUT")
    given = {"role": "unsur_opd", "agency": "dinkes", "valid_from": DAY}
    yield Act("kabag", f"{api}/offices", f"{one}/jabatan", f"{one}/jabatan", given, given)
    ended, form = {"ended_on": "2026-02-16", "reason": "Pindah."}, f"{one}/jabatan/1/akhir"
    yield both("operator", f"{api}/offices/1/end", form, form, **ended)
    leaving = {"left_on": DAY, "reason": "Pensiun."}
    yield both("kabag", f"{api}/leaving", f"{one}/berhenti", f"{one}/berhenti", **leaving)
    rows = {"rows": [{"person": "citra", **named}], "reason": "Mutasi."}
    typed = {"code": "citra", **named}
    yield Act("kabag", "/api/intake/people/import", "/pegawai", "/pegawai", rows, typed)


async def _accounts() -> AsyncIterator[Act]:
    """Of `MEMBER`, who has been in by an account, and of `LOGIN`, which asks to be let in."""
    api, page = f"/api/intake/accounts/{MEMBER}", f"/akun/lokal/{MEMBER}"
    yield both("kabag", f"{api}/recovery", page, f"{page}/pemulihan", reason="Telepon hilang.")
    yield both("operator", f"{api}/recovery/refusal", page, f"{page}/penolakan", reason="Sudah ketemu.")
    yield both("kabag", f"{api}/closing", page, f"{page}/penutupan", reason="Pindah.")
    api, page = f"/api/intake/logins/{LOGIN}", f"/akun/{LOGIN}"
    yield both("kabag", f"{api}/join", page, f"{page}/hubungkan", person=MEMBER)
    yield both("operator", f"{api}/part", page, f"{page}/putuskan", reason="Pindah.")


async def _beginning(_ask: Ask) -> AsyncIterator[Act]:
    day = {"day": "2026-02-18", "kind": "holiday", "name": "Cuti bersama", "source": "SKB Tiga Menteri"}
    yield both("kabag", "/api/intake/calendar/days", "/kalender", "/kalender", **day)
    api = "/api/intake/rules"
    said = {"threshold": "entitled", "valid_from": DAY, "source": "Notula"}
    yield Act(
        "kabag", f"{api}/thresholds", "/aturan", "/aturan", {**said, "limit": 25}, {**said, "limit": "25"}
    )
    said, page = {"service": SERVICES[0], "counted_on": DAY, "source": "DKB"}, "/aturan/penduduk"
    body, typed = {"year": 2026, "population": 100}, {"year": "2026", "population": "100"}
    yield Act("kabag", f"{api}/populations", page, page, {"rows": [said | body]}, said | typed)
    step, path = f"/langkah/{CYCLE}/guidance", f"/api/intake/cycles/{CYCLE}/steps/guidance/due-date"
    yield both("kabag", path, step, f"{step}/tenggat", source="SKB Tiga Menteri 2026")
    yield _plain("guidance", "kabag")
    yield _plain("follow_up", "subkoordinator")
    yield _plain("work_plan", "subkoordinator")


def _plain(key: str, role: str) -> Act:
    step, path = f"/langkah/{CYCLE}/{key}", f"/api/intake/cycles/{CYCLE}/steps/{key}/completion"
    files = {"evidence": f"bukti-{key}.pdf", "evidence ": f"bukti-{key}b.pdf"}
    act = both(role, path, step, step, summary=f"Langkah {key} dilakukan.")
    return replace(act, files=files, naming=lambda files: {"evidence": files})


async def _decree(ask: Ask) -> AsyncIterator[Act]:
    page, path = f"/dokumen/{CYCLE}/sk_tim", f"/api/documents/cycles/{CYCLE}/documents/sk_tim"
    role = "subkoordinator"
    yield _draft("sk_tim", role)
    handing = {"handed_to": "Bagian Hukum", "reference": "180/1"}
    body = {**handing, "digest": (await ask(role, path))["digest"]}
    act = Act(role, f"{path}/hand-over", page, f"{page}/serahkan", body, handing)
    receipt = {"receipt": "tanda-serah.pdf"}
    yield replace(act, files=receipt, naming=lambda files: {"receipt": files[0]})
    yield _plain("socialisation", "kabag")
    decree = {"number": "130/1/HK/2026", "issued_on": DAY}
    yield both(role, f"{path}/decree", page, f"{page}/tetapkan", **decree)


def _draft(kind: str, role: str, dated: str = DAY) -> Act:
    page, path = f"/dokumen/{CYCLE}/{kind}/susun", f"/api/documents/cycles/{CYCLE}/documents/{kind}/draft"
    body = {"fields": {}, "occurred_on": dated} if dated != DAY else {"fields": {}}
    return Act(role, path, page, page, body, {"bertanggal": dated})


async def _filling(ask: Ask) -> AsyncIterator[Act]:
    page, path, role = f"/isian/{CASE}", f"/api/intake/submissions/{CASE}", "unsur_opd"
    for service in SERVICES:
        yield _figure(service, page, path)
    async for act in _moving():
        yield act
    about = {"service": SERVICES[0], "rule": "R05", "field": "realised"}
    body, typed = about | {"text": "Pergeseran."}, {f"jelas:{':'.join(about.values())}": "Pergeseran."}
    yield Act(role, f"{path}/explanations", page, page, body, typed)
    async for one in _findings(ask):
        yield one
    papers = {"rekap.pdf": SERVICES[0], "rekap-2.pdf": SERVICES[1], "salah.pdf": SERVICES[0]}
    for name, service in papers.items():
        said = {"services": [service]}, {"services": service}
        act = Act(role, f"{path}/evidence", page, f"{page}/bukti", *said)
        yield replace(act, files={"evidence": name}, naming=lambda files: files[0])
    attached = {one["file"]["name"]: one["file"]["digest"] for one in (await ask(role, path))["evidence"]}
    wrong, reason = attached["salah.pdf"], {"reason": "Salah berkas."}
    typed = {f"reason.{wrong[:8]}": "Salah berkas."}
    yield Act(role, f"{path}/evidence/{wrong}/withdrawal", page, f"{page}/bukti/{wrong}/tarik", reason, typed)
    yield await _hand_in(ask)
    sheet = {"sheet": (await ask(role, path))["digest"]}
    act = Act(role, f"{path}/signed-sheets", page, f"{page}/lembar", sheet)
    yield replace(act, files={"signed": "lembar.pdf"}, naming=lambda files: files[0])
    yield both(role, f"{path}/taking-back", page, f"{page}/tarik", reason="Angka keliru.")
    yield await _hand_in(ask, f"{SERVICES[0]}.served", "81")


async def _findings(ask: Ask) -> AsyncIterator[Act]:
    """Of two findings of the sheet, one is given to somebody, the other resolved."""
    found = (await ask("tim_spm", f"/api/intake/findings?cycle={CYCLE}"))["items"]
    page, path = f"/temuan/{CASE}", f"/api/intake/submissions/{CASE}/findings"
    given = {"finding": found[0]["finding"], "assignee": "as_tim_spm"}
    yield Act("kabag", f"{path}/assignment", page, f"{page}/tugaskan", given, given)
    name, text = found[1]["finding"], "Cocok dengan kohort."
    typed = {"about": name, "resolution": text}
    yield Act(
        "tim_spm", f"{path}/resolution", page, f"{page}/selesai", {"finding": name, "text": text}, typed
    )


async def _moving() -> AsyncIterator[Act]:
    """A service goes to a new agency and comes back."""
    named, path = {"name": "Labkesda", "short_name": "Labkesda"}, "/api/intake/agencies/labkesda"
    yield Act("kabag", path, "/opd", "/opd", named, {"code": "labkesda", **named}, method="PUT")
    for giver, taker in (("dinkes", "labkesda"), ("labkesda", "dinkes")):
        case, service = f"{CYCLE}-{giver}-tahunan", SERVICES[1]
        said, page = (
            {"taker": taker, "reason": "Dipecah.", "letter": "Perbup 1/2026"},
            f"/isian/{case}/alihkan",
        )
        path = f"/api/intake/submissions/{case}/handing-over"
        yield Act("kabag", path, page, page, {"services": [service], **said}, {"services": service, **said})


def _figure(service: str, page: str, path: str) -> Act:
    items = [item.id for item in current().services[service].quality]
    spent = 11 if service == SERVICES[0] else 9
    figure = {"served": 80, "entitled": 100, "budget": 10, "realised": spent}
    quality = {item: {"required": 2, "fulfilled": 2} for item in items}
    cells = {f"quality.{item}.{side}": 2 for item in items for side in ("required", "fulfilled")}
    typed = {f"{service}.{name}": str(value) for name, value in {**figure, **cells, "origin": "x"}.items()}
    body = {**figure, "origin": "x", "quality": quality}
    return Act("unsur_opd", f"{path}/figures/{service}", page, page, body, typed, method="PUT")


async def _hand_in(ask: Ask, cell: str = "", value: str = "") -> Act:
    """In the form with a cell that was typed and is not stored yet."""
    page, path = f"/isian/{CASE}", f"/api/intake/submissions/{CASE}"
    seen = {"digest": (await ask("unsur_opd", path))["next_digest"]}
    typed = {cell: value} if cell else {}
    return Act("unsur_opd", f"{path}/hand-in", page, f"{page}/serahkan", seen, typed)


async def _verifying(ask: Ask) -> AsyncIterator[Act]:
    page, path = f"/verifikasi/{CASE}", f"/api/verification/verifications/{CASE}"
    cell, at = {"service": SERVICES[0], "field": "served"}, f"{SERVICES[0]}:served"
    asked, said = {"text": "Dari mana angka ini?"}, {"text": "Kohort puskesmas."}
    asking = {"utas": f"{SERVICES[0]}:", f"tentang:{SERVICES[0]}": at, f"tanya:{SERVICES[0]}": asked["text"]}
    answering, settled = {"utas": at, f"jawab:{at}": said["text"]}, {"utas": at}
    given, shared = {"assignee": "as_tim_spm"}, f"/verifikasi/pembagian?siklus={CYCLE}"
    typed = {"pilihan": f"{CASE}@0", **given}
    yield Act("tim_spm", f"{path}/assignment", shared, "/verifikasi/pembagian", given, typed)
    yield Act("tim_spm", f"{path}/questions", page, f"{page}/tanya", cell | asked, asking)
    yield Act("unsur_opd", f"{path}/answers", page, f"{page}/jawab", cell | said, answering)
    yield Act("tim_spm", f"{path}/settlements", page, f"{page}/selesai", cell, settled)
    yield both("tim_spm", f"{path}/return", page, f"{page}/kembalikan", reason="Sumber belum disebut.")
    yield await _hand_in(ask, f"{SERVICES[0]}.served", "82")
    seen = {"digest": (await ask("tim_spm", path))["digest"]}
    yield Act("tim_spm", f"{path}/approval", page, f"{page}/setujui", seen)
    wrong = {"reason": "Penyebut belum diperiksa."}
    yield Act("tim_spm", f"{path}/withdrawal", page, f"{page}/tarik", seen | wrong, wrong)
    for service in SERVICES:
        figure = {"service": service, **seen}
        yield Act("tim_spm", f"{path}/acceptances", page, f"{page}/terima", figure, {"utas": f"{service}:"})
    queue, ticked = f"/verifikasi?siklus={CYCLE}", {"pilihan": f"{CASE}@{seen['digest']}"}
    yield Act("tim_spm", f"{path}/approval", queue, "/verifikasi/setujui", seen, ticked)


async def _reporting(ask: Ask) -> AsyncIterator[Act]:
    page, path = f"/pengesahan/{CYCLE}", f"/api/verification/endorsements/{CYCLE}"
    yield _draft("laporan", "tim_spm")
    refusing, waiting = {"reason": "Judul keliru."}, {"digest": (await ask("kabag", path))["digest"]}
    yield Act("kabag", f"{path}/refusal", page, f"{page}/tolak", waiting | refusing, refusing)
    yield _draft("laporan", "tim_spm", "2026-02-16")
    waiting = {"digest": (await ask("kabag", path))["digest"]}
    yield Act("kabag", f"{path}/endorsement", page, f"{page}/sahkan", waiting)
    report, shown = f"/api/documents/cycles/{CYCLE}/documents/laporan", f"/dokumen/{CYCLE}/laporan"
    wrong = {"reason": "Tabel 3 keliru."}
    yield Act("kabag", f"{report}/withdrawal", shown, f"{shown}/tarik", waiting | wrong, wrong)
    yield Act("kabag", f"{path}/endorsement", page, f"{page}/sahkan", waiting)
    for recipient in ("gubernur", "kemendagri"):
        yield _draft(f"pengantar_{recipient}", "tim_spm")
    copies = {"digest": (await ask("tim_spm", report))["settled_digest"], "copies": 2}
    yield Act("tim_spm", f"{report}/copies", shown, f"{shown}/cetak", copies, {"copies": "2"})


async def _sending(ask: Ask) -> AsyncIterator[Act]:
    page, path = f"/pengiriman/{CYCLE}", f"/api/documents/cycles/{CYCLE}"
    digest = (await ask("tim_spm", f"{path}/documents/laporan"))["settled_digest"]
    for who in ("gubernur", "kemendagri"):

        def told(what: str, form: str, who: str = who, **said: str) -> Act:
            typed = {f"{who}-{name}": value for name, value in said.items()}
            return Act(
                "tim_spm", f"{path}/dispatches/{who}/{what}", page, f"{page}/{who}/{form}", said, typed
            )

        sending = told("sending", "kirim", agenda_number=f"045/{who}", carrier="Kurir")
        yield replace(sending, body={**sending.body, "digest": digest})
        receipt = told("receipt", "tanda-terima", received_by="Loket", received_on=DAY, reference="TT-1")
        scan = {f"{who}-scan": f"tanda-terima-{who}.pdf"}
        yield replace(receipt, files=scan, naming=lambda files: {"scan": files[0]})
        mended = {"field": "carrier", "value": "Kurir Bagian Umum", "reason": "Salah tulis."}
        yield told("correction", "perbaiki", **mended)


async def _archiving(ask: Ask) -> AsyncIterator[Act]:
    shelf, page, role = f"/api/archive/cycles/{CYCLE}", f"/arsip?siklus={CYCLE}", "arsiparis"
    for item in (await ask(role, shelf))["items"]:
        name = item["item"]
        yield Act(role, f"{shelf}/items/{name}/file", page, f"/arsip/{CYCLE}/{name}/arsipkan")
    paper, typed = {"location": "Rak 3", "copies": 1}, {"location": "Rak 3", "copies": "1"}
    yield Act(role, f"{shelf}/hard-copy", page, f"/arsip/{CYCLE}/naskah-asli", paper, typed)
    yield Act(role, f"{shelf}/close", page, f"/arsip/{CYCLE}/tutup")
    api, page = "/api/archive/certificates", "/jejak-audit/sertifikat"
    yield both("kabag", api, page, page, reason="Tahunan.")
    yield both("operator", f"{api}/1/give-up", page, f"{page}/1/hentikan", reason="Pindah.")


async def _correcting(ask: Ask) -> AsyncIterator[Act]:
    report, page = f"/api/documents/cycles/{CYCLE}/documents/laporan", f"/dokumen/{CYCLE}/laporan/koreksi"
    said = {"number": "130/7", "issued_on": DAY, "reason": "Sel keliru."}
    wrong, digest = f"submission-{CASE}", (await ask("kabag", report))["settled_digest"]
    body, typed = {**said, "digest": digest, "submissions": [wrong]}, {**said, "submissions": wrong}
    act = Act("kabag", f"{report}/corrections", page, page, body, typed)
    yield replace(act, files={"decision": "keputusan.pdf"}, naming=lambda files: {"file": files[0]})
