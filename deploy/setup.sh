#!/bin/sh
# Makes .venv and installs one lock list into it: `sh deploy/setup.sh requirements.lock`. Does nothing when that list is installed already.
set -eu
cd "$(dirname "$0")/.."
lock=$1
venv=.venv
stamp=$venv/$lock.installed

say() { # Indonesian, English
    case "${JEJAK_LANGUAGE:-${LC_ALL:-${LANG:-}}}" in
    en*) printf '%s\n' "$2" ;;
    *) printf '%s\n' "$1" ;;
    esac
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

if cmp -s "$lock" "$stamp" && new_enough "$venv/bin/python"; then
    exit 0
fi

if ! new_enough "$venv/bin/python"; then
    if ! python=$(find_python); then
        say "Jejak memerlukan Python 3.11 atau lebih baru; pasang lalu ulangi, atau tunjukkan letaknya: make PYTHON=/letak/python3." \
            "Jejak needs Python 3.11 or newer; install it and run again, or say where it is: make PYTHON=/path/to/python3." >&2
        exit 1
    fi
    rm -rf "$venv"
    if ! "$python" -m venv "$venv" >/tmp/jejak-venv.$$ 2>&1; then
        cat /tmp/jejak-venv.$$ >&2
        rm -rf "$venv" /tmp/jejak-venv.$$
        say "Lingkungan Python tidak dapat dibuat; pasang paket python3-venv (Debian, Ubuntu: apt install python3-venv) lalu ulangi." \
            "The Python environment could not be made; install python3-venv (Debian, Ubuntu: apt install python3-venv) and run again." >&2
        exit 1
    fi
    rm -f /tmp/jejak-venv.$$
fi

free=$(df -Pm . | awk 'NR == 2 { print $4 }')
if [ "$free" -lt 2000 ]; then
    say "Ruang disk tinggal $free MB, pemasangan Jejak perlu 2000 MB; kosongkan ruang lalu ulangi." \
        "Only $free MB are free on this disk and installing Jejak needs 2000 MB; make room and run again." >&2
    exit 1
fi

say "Memasang paket dari $lock (sekali saja) …" "Installing the packages of $lock (only once) …"
if ! "$venv/bin/python" -m pip install --disable-pip-version-check --require-hashes --no-deps -r "$lock"; then
    say "Paket tidak dapat dipasang; sambungkan internet lalu jalankan lagi. Yang sudah terpasang tidak diulang." \
        "The packages could not be installed; connect to the network and run it again. What is installed is not fetched twice." >&2
    exit 1
fi
"$venv/bin/python" deploy/install.py
cp "$lock" "$stamp"
