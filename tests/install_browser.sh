#!/bin/sh
# Installs Chromium and a Chinese font for the browser tests; says what is missing where it cannot.
set -eu
if ! command -v apt-get >/dev/null; then
    echo "make test needs Chromium and a Chinese font; install them with your package manager" >&2
    exit 1
fi
as_root=""
if [ "$(id -u)" != 0 ]; then
    as_root="sudo"
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk >/dev/null
command -v chromium >/dev/null || { echo "Chromium could not be installed" >&2; exit 1; }
