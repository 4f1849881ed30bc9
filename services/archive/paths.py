"""Which paths of the one public address are answered by archive: each of these and everything below it.
The front door is made from this.
"""

PATHS = ("/arsip", "/jejak-audit", "/macet", "/archive", "/api/archive")
