"""Which paths of the one public address are answered by intake: "/" itself,
and each other with everything below it. The front door is made from this.
"""

PATHS = (
    "/",
    "/siklus",
    "/langkah",
    "/isian",
    "/opd",
    "/kalender",
    "/aturan",
    "/temuan",
    "/pegawai",
    "/masuk",
    "/undangan",
    "/saya",
    "/keluar",
    "/akun",
    "/daerah",
    "/sesi",
    "/token",
    "/intake",
    "/api/intake",
)
