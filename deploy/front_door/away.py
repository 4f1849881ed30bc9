"""What the front door itself says: to a person as a page in both languages, to a program as problem+json.

The page for a service that is away never turns a form into a question: after a GET it opens by itself as soon
as the service answers (and never before: who listens to it is not interrupted), after a form it waits for the
person, and `away.js` gives back what `kept.js` noted when the form was sent.
Nothing in these texts comes from the request.
"""

import json
from dataclasses import dataclass
from html import escape

from shared.web.frame.static_files import static

RETRY_AFTER_S = 3
SERVICE = "{http.vars.service}"  # filled by Caddy, from the route that was taken
STATUS = "{http.error.status_code}"

_FRAME = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{title} · Jejak</title>
<link rel="icon" href="{icon}" type="image/svg+xml"><link rel="stylesheet" href="{style}">{script}</head>
<body><header class="frame"><div class="frame-top"><a class="brand" href="/"><span class="brand-mark" aria-hidden="true">J</span> Jejak</a></div></header>
<main id="isi" tabindex="-1"><div class="reading">
<h1>{title}</h1>
{body}
</div></main></body></html>
"""  # noqa: E501
_AFTER_GET = """<p class="lead">Layanan <b>{service}</b> sedang dimulai lagi. Yang sudah tersimpan tidak hilang.</p>
<p lang="en">The <b>{service}</b> service is starting again. Nothing that was saved is lost.</p>
<p id="menunggu" data-service="{service}" hidden>Halaman ini terbuka sendiri begitu layanan menjawab.
<span lang="en">This page opens by itself as soon as the service answers.</span></p>
<p><a class="button" href="">Coba lagi / <span lang="en">Try again</span></a></p>"""  # noqa: E501
_AFTER_FORM = """<p class="lead">Layanan <b>{service}</b> sedang dimulai lagi, jadi formulir Anda belum dijawab. Yang Anda ketik tidak hilang.</p>
<p lang="en">The <b>{service}</b> service is starting again, so your form was not answered. What you typed is not lost.</p>
<noscript><p>Tunggu sebentar, muat ulang halaman ini, dan setujui pengiriman ulang: yang sama terkirim lagi dan berlaku satu kali saja.</p>
<p lang="en">Wait a moment, reload this page and agree to send again: the same is sent once more and counts only once.</p></noscript>
<div id="kiriman" data-service="{service}" hidden>
<div id="keadaan" role="status"><p data-when="waiting">Menunggu layanan … <span lang="en">Waiting for the service …</span></p>
<p data-when="back" hidden>✓ Layanan sudah menjawab lagi. <span lang="en">The service answers again.</span></p>
<p data-when="sending" hidden>Mengirim … <span lang="en">Sending …</span></p></div>
<form id="lagi" method="post" action="/"><p class="actions"><button class="button primary">Kirim lagi / <span lang="en">Send again</span></button>
<a class="button quiet" id="kembali" href="/">Kembali ke formulir / <span lang="en">Back to the form</span></a></p></form>
<p class="quiet">Isi yang sama dengan nomor perintah yang sama: berlaku satu kali saja, juga bila tadi sudah sampai.
<span lang="en">The same content with the same command number: it counts only once, also if it had arrived before.</span></p>
<p id="berkas" hidden>Berkas tidak dapat dikirim lagi dari sini; kembali ke formulir dan pilih lagi: <b></b>.
<span lang="en">Files cannot be sent again from here; go back to the form and choose them again.</span></p>
<h2>Yang Anda ketik / <span lang="en">What you typed</span></h2>
<dl id="isian" class="typed"></dl>
</div>
<div id="tanpa" hidden><p>Muat ulang halaman ini dan setujui pengiriman ulang: yang sama terkirim lagi dan berlaku satu kali saja.</p>
<p lang="en">Reload this page and agree to send again: the same is sent once more and counts only once.</p></div>"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong on the way to a service, in both languages."""

    status: int
    code: str
    title: str
    detail: str
    english: str


AWAY = Trouble(
    503,
    "service-away",
    "Sebentar, ya",
    "Layanan belum menjawab; coba lagi sebentar.",
    "The service does not answer yet; try again shortly.",
)
TROUBLES = (
    Trouble(
        400,
        "bad-request",
        "Permintaan keliru",
        "Permintaan ini tidak dapat dibaca.",
        "This request cannot be read.",
    ),
    Trouble(
        404,
        "not-found",
        "Tidak ditemukan",
        "Tidak ada apa-apa di alamat ini.",
        "There is nothing at this address.",
    ),
    Trouble(
        413,
        "too-large",
        "Kiriman terlalu besar",
        "Berkas atau isian melebihi batas. Kembali, perkecil, lalu kirim lagi.",
        "The file or form is over the limit. Go back, make it smaller and send it again.",
    ),
    Trouble(
        421,
        "wrong-host",
        "Nama alamat tidak dikenal",
        "Jejak tidak melayani nama alamat ini. Pakai alamat yang diberikan operator.",
        "Jejak does not serve this host name. Use the address that the operator gave you.",
    ),
)
OTHER = Trouble(
    500,
    "front-door",
    "Permintaan tidak dapat diteruskan",
    "Pintu depan tidak dapat meneruskan permintaan ini. Coba lagi.",
    "The front door could not hand this request on. Try again.",
)


def page_after_get() -> str:
    """The service is away and somebody wanted to look: the page opens as soon as it answers."""
    return _page(AWAY.title, _AFTER_GET.format(service=SERVICE), script=_script())


def page_after_form() -> str:
    """The service is away and somebody sent a form: what was typed is given back,
    sending again is the person's act.
    """
    return _page(AWAY.title, _AFTER_FORM.format(service=SERVICE), script=_script())


def _script() -> str:
    return f'<script src="{escape(static("away.js"))}" defer></script>'


def page(trouble: Trouble) -> str:
    """Any other trouble, for a person."""
    body = f'<p class="lead">{escape(trouble.detail)}</p>\n<p lang="en">{escape(trouble.english)}</p>'
    return _page(trouble.title, f'{body}\n<p><a class="button" href="/">Jejak</a></p>')


def problem(trouble: Trouble, *, status: str = "", service: bool = False) -> str:
    """The trouble as RFC 9457; `status` replaces the number by what Caddy knows,
    `service` names who is away.
    """
    found: dict[str, object] = {
        "type": f"urn:jejak:problem:{trouble.code}",
        "title": trouble.title,
        "status": 0 if status else trouble.status,
        "detail": f"{trouble.detail} {trouble.english}",
    }
    if service:
        found["service"] = SERVICE
    text = json.dumps(found, ensure_ascii=False)
    return text.replace('"status": 0', f'"status": {status}') if status else text


def _page(title: str, body: str, *, script: str = "") -> str:
    places = {"icon": escape(static("jejak.svg")), "style": escape(static("jejak.css"))}
    return _FRAME.format(title=escape(title), body=body, script=script, **places)
