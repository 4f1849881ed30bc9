"""Caddy's configuration, made from what each service declares about its
own paths (`services/<name>/paths.py`).

What it promises and why Caddy: docs/decisions/0012-front-door.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from deploy.front_door.answers import Json, says, troubles, values
from deploy.front_door.settings import DoorSettings
from shared.service_names import SERVICES
from shared.web.frame.static_files import FOLDER, PREFIX
from shared.web.middleware.security import HSTS, SECURITY

HEALTH = "/front-door/health"
CERTIFICATE, KEY = "certificate.pem", "key.pem"
"""What a certificate that was given is called in the door's own folder."""
FALLBACK = "intake"  # whose page says that there is nothing at an address
BODY_MOST = 30_000_000  # above every limit of the services, which say theirs in their own words
HEADERS_MOST = 32_768
BUFFERED = 65_536  # an unfinished form below this never reaches a service
SLOWEST = 2_000  # bytes a second that a sender must sustain after its first pause
LEFT_ALONE_S = 2
"""For so long nothing is sent to one of several processes that broke a connection."""
SECOND = 10**9  # where Caddy takes no words for a time, it takes nanoseconds
A_YEAR = "public, max-age=31536000, immutable"
FORGEABLE = [
    "Forwarded",
    "X-Real-Ip",
    "X-Forwarded-*",
    "X-Original-*",
    "X-Rewrite-*",
    "True-Client-Ip",
    "Proxy",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDoor:
    """`upstreams`: service → host:port of each of its processes. `port` is the one that people use,
    `access_log` the file that notes every request, `own` the folder with the certificate that was given.
    """

    settings: DoorSettings
    port: int
    upstreams: Mapping[str, Sequence[str]]
    access_log: Path
    own: Path = Path("own")


def paths_of(service: str) -> tuple[str, ...]:
    """What a service declares as its own."""
    found: tuple[str, ...] = import_module(f"services.{service}.paths").PATHS
    return found


def config(door: FrontDoor) -> Json:
    """The whole configuration as Caddy's JSON."""
    servers = {"door": _server(door)}
    if door.settings.tls != "off" and door.settings.http_port:
        servers["redirect"] = _redirecting(door)
    ways = {"http_port": door.settings.http_port or 80, "https_port": door.port}
    apps: Json = {"http": {"grace_period": "2s", **ways, "servers": servers}}
    if door.settings.tls != "off":
        apps["tls"] = _certificates(door)
        apps["pki"] = {"certificate_authorities": {"local": {"install_trust": False}}}
    return {
        "admin": {"disabled": True, "config": {"persist": False}},
        "logging": _logging(door.access_log),
        "apps": apps,
    }


def _server(door: FrontDoor) -> Json:
    secured = {**SECURITY, **({"Strict-Transport-Security": HSTS} if door.settings.tls != "off" else {})}
    server: Json = {
        "listen": [f"{door.settings.listen}:{door.port}"],
        "protocols": ["h1", "h2"],
        "automatic_https": {"disable": True},
        "read_header_timeout": "10s",
        # the handler `timeouts` looks after both, and also after senders that drip
        "read_idle_timeout": "-1s",
        "write_idle_timeout": "-1s",
        "idle_timeout": "2m",
        "max_header_bytes": HEADERS_MOST,
        "logs": {},
        "routes": _routes(door, secured),
        "errors": {"routes": troubles(secured)},
    }
    if door.settings.tls != "off":
        server["tls_connection_policies"] = [{"fallback_sni": door.settings.hosts[0]}]
    return server


def _routes(door: FrontDoor, secured: Mapping[str, str]) -> list[Json]:
    own = {"handler": "headers", "response": {"set": values(secured)}}
    first = [
        {
            "handler": "timeouts",
            "read_timeout": door.settings.sender_patience * SECOND,
            "read_min_rate": SLOWEST,
            "write_timeout": 30 * SECOND,
        },
        {"handler": "request_body", "max_size": BODY_MOST},
        {
            "handler": "headers",
            "request": {"delete": FORGEABLE},
            "response": {"deferred": True, "delete": ["Server", "Via"]},
        },
        {
            "handler": "encode",
            "encodings": {"zstd": {}, "gzip": {}},
            "prefer": ["zstd", "gzip"],
            "minimum_length": 512,
        },
    ]
    return [
        {"handle": first},
        {
            "match": [{"path": [HEALTH]}],
            "handle": [
                {"handler": "vars", "log_skip": True},
                own,
                says(200, '{"status": "live"}', "application/json"),
            ],
            "terminal": True,
        },
        {
            "match": [{"not": [{"host": _names(door.settings)}]}],
            "handle": [{"handler": "error", "status_code": 421}],
            "terminal": True,
        },
        *_static(own),
        *[_to(service, paths_of(service), door.upstreams[service]) for service in SERVICES],
        {"handle": _onward(FALLBACK, door.upstreams[FALLBACK]), "terminal": True},
    ]


def _static(own: Json) -> list[Json]:
    """Files that the browser keeps: for a year where the address carries the digest,
    else until it has asked again.
    """
    found = {"handler": "file_server", "root": str(FOLDER), "hide": [".*"]}
    handle = [own, {"handler": "rewrite", "strip_path_prefix": PREFIX}, found]
    kept = {
        "handler": "headers",
        "response": {"deferred": True, "set": {"Cache-Control": [A_YEAR]}, "require": {"status_code": [200]}},
    }
    asked = {"handler": "headers", "response": {"set": {"Cache-Control": ["no-cache"]}}}
    below = [f"{PREFIX}/*"]
    return [
        {"match": [{"path": below, "query": {"v": ["*"]}}], "handle": [kept, *handle], "terminal": True},
        {"match": [{"path": below}], "handle": [asked, *handle], "terminal": True},
    ]


def _to(service: str, paths: Sequence[str], upstreams: Sequence[str]) -> Json:
    listed = [found for path in paths for found in ([path] if path == "/" else [path, f"{path}/*"])]
    return {"match": [{"path": listed}], "handle": _onward(service, upstreams), "terminal": True}


def _onward(service: str, upstreams: Sequence[str]) -> list[Json]:
    """To the process of the service that has least to do. A question is asked again where a connection broke,
    a command never: the person or program does that, with its id.
    """
    return [
        {"handler": "vars", "service": service},
        {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": upstream} for upstream in upstreams],
            "request_buffers": BUFFERED,
            "flush_interval": -1,
            "load_balancing": {
                "selection_policy": {"policy": "least_conn"},
                "retries": 2,
                "try_interval": "50ms",
                "retry_match": [{"method": ["GET", "HEAD"]}],
            },
            "health_checks": {
                "active": {
                    "uri": f"/api/{service}/health/live",
                    "interval": "2s",
                    "timeout": "2s",
                    "fails": 2,
                },
                # a single one is never left alone
                **({"passive": {"fail_duration": f"{LEFT_ALONE_S}s"}} if len(upstreams) > 1 else {}),
            },
            "transport": {
                "protocol": "http",
                "dial_timeout": "2s",
                # the last resort: a service that hangs is away, or ended, long before
                "response_header_timeout": "2m",
                "compression": False,
                # uvicorn closes an idle connection after 5 s
                "keep_alive": {"idle_timeout": "4s", "max_idle_conns_per_host": 64},
            },
        },
    ]


def _redirecting(door: FrontDoor) -> Json:
    """Plain HTTP answers the public authority's question and sends everybody else to TLS."""
    there = door.settings.address(door.port)
    headers = {"Location": [f"{there}{{http.request.uri}}"], "Connection": ["close"]}
    gone = {"handler": "static_response", "status_code": 308, "headers": headers}
    return {
        "listen": [f"{door.settings.listen}:{door.settings.http_port}"],
        "automatic_https": {"disable": True},
        "read_timeout": "10s",
        "read_header_timeout": "10s",
        "write_timeout": "10s",
        "max_header_bytes": HEADERS_MOST,
        "routes": [{"handle": [gone]}],
    }


def _names(settings: DoorSettings) -> list[str]:
    """The names as Caddy compares them: an IPv6 address without its brackets."""
    return [name.strip("[]") for name in settings.hosts]


def _certificates(door: FrontDoor) -> Json:
    """Where the certificate comes from; one that was given is served for every name that asks."""
    if door.settings.tls == "files":
        pair = {"certificate": str(door.own / CERTIFICATE), "key": str(door.own / KEY)}
        return {"certificates": {"load_files": [pair]}}
    names = _names(door.settings)
    issuer = _acme(door.settings) if door.settings.tls == "public" else {"module": "internal"}
    return {
        "certificates": {"automate": names},
        "automation": {"policies": [{"subjects": names, "issuers": [issuer]}]},
    }


def _acme(settings: DoorSettings) -> Json:
    """The authority that is asked: Let's Encrypt, or one that was named with what vouches for it."""
    issuer: Json = {"module": "acme", "email": settings.mail}
    if settings.directory:
        issuer["ca"] = settings.directory
    if settings.root:
        issuer["trusted_roots_pem_files"] = [str(settings.root)]
    return issuer


def _logging(access_log: Path) -> Json:
    """What went wrong to the door's own log, every request to a file that turns over;
    neither holds a query, a cookie or any other header.
    """
    hidden = {name: {"filter": "delete"} for name in ("request>headers", "request>tls", "resp_headers")}
    fields = {**hidden, "request>uri": {"filter": "regexp", "regexp": r"[?#].*$", "value": ""}}
    encoder = {"format": "filter", "wrap": {"format": "json", "time_format": "iso8601"}, "fields": fields}
    file = {
        "output": "file",
        "filename": str(access_log),
        "roll_size_mb": 10,
        "roll_keep": 4,
        "roll_gzip": False,
    }
    requests = "http.log.access"
    return {
        "logs": {
            "default": {
                "writer": {"output": "stderr"},
                "level": "WARN",
                "encoder": encoder,
                "exclude": [requests],
            },
            "requests": {"writer": file, "encoder": encoder, "include": [requests]},
        }
    }
