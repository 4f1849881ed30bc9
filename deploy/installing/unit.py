"""The systemd unit of an installation: started with the machine, stopped cleanly,
and with no more rights than it needs.
"""

import os
import pwd
import sys
from pathlib import Path
from typing import Final

from deploy.local import places

NAME: Final = "jejak.service"


def text(folder: Path, data: Path) -> str:
    """For the user to whom the folder belongs."""
    owner = folder.stat().st_uid
    program = Path(sys.executable).with_name("jejak")
    writes = [folder, data, places.cache_folder(), *([places.state_folder()] if owner == 0 else [])]
    return f"""[Unit]
Description=Jejak, laporan SPM ({_plain(folder)})
Documentation=file://{_plain(places.PROJECT / "docs" / "operations" / "README.md")}
Wants=network-online.target time-sync.target
After=network-online.target time-sync.target

[Service]
Type=exec
User={_name_of(owner)}
WorkingDirectory={_plain(places.PROJECT)}
ExecStart={_quoted(program)} up --data {_quoted(folder)}
Restart=on-failure
RestartSec=10
TimeoutStartSec=600
TimeoutStopSec=90
KillMode=mixed
LimitNOFILE=65536
UMask=0077
AmbientCapabilities=CAP_NET_BIND_SERVICE
{_bounded(owner)}
ProtectSystem=strict
ReadWritePaths={" ".join(_in_quotes(f"-{_plain(place)}") for place in dict.fromkeys(writes))}
PrivateTmp=yes
PrivateDevices=yes
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictSUIDSGID=yes

[Install]
WantedBy=multi-user.target
"""


def _bounded(owner: int) -> str:
    """Root becomes `nobody` for PostgreSQL, which a bounded set would forbid."""
    return "" if owner == 0 else "CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nNoNewPrivileges=yes"


def _name_of(owner: int) -> str:
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return str(owner)


def _plain(place: Path) -> str:
    """A path in a line where % begins a specifier of systemd; a line break would end the line."""
    return os.fspath(place).replace("%", "%%").replace("\n", "")


def _quoted(place: Path) -> str:
    """A path as a word of a command line, where a dollar begins a variable."""
    return _in_quotes(_plain(place).replace("$", "$$"))


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
