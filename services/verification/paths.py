"""Which paths of the one public address are answered by verification: each of these and everything below it.
The front door is made from this.
"""

PATHS = ("/verifikasi", "/pengesahan", "/verification", "/api/verification")
