#!/bin/sh
# Puts everything in place that ./run (or, with the word test, ./test) needs: system libraries,
# the locked Python packages in .venv, the source folders on the path, compiled translations.
# Repeatable; does nothing when nothing changed. Needs only a shell and Python 3.11 or later.
set -eu
cd "$(dirname "$0")"
HERE=$(pwd -P)
KIND=${1:-run}
LOCK=locks/dev.txt # the demo too needs the database and the broker of the development group
PY=.venv/bin/python

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# What set-up depends on; when the stamps say the same, everything stands.
fingerprint() { { cat "$@"; printf '%s' "$HERE"; } | cksum | tr ' ' -; }

usable_python() {
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    command -v "$name"
    return
  done
  return 1
}

find_python() {
  usable_python && return
  [ -n "${PYTHON:-}" ] || install_packages python3 python3-venv
  usable_python || stop "Python 3.11 or later is needed; install it, or name it with PYTHON=/path/to/python3."
}

# Prints the Debian packages that are missing, found out by loading what they bring.
missing_packages() {
  "$1" - "$KIND" <<'CHECK'
import ctypes, importlib.util, os, shutil, sys
LIBRARIES = [
    ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib", "libharfbuzz-subset0"),
    ("libfontconfig.so.1", "libfontconfig.dylib", "fontconfig"),
]
BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
mac = sys.platform == "darwin"
if sys.argv[1] == "test" and not mac:  # the node of the browser driver needs it
    LIBRARIES.append(("libatomic.so.1", "", "libatomic1"))
missing = []
for linux_name, mac_name, package in LIBRARIES:
    try:
        ctypes.CDLL(mac_name if mac else linux_name)
    except OSError:
        missing.append(package)
if not mac and not os.path.exists("/etc/fonts/fonts.conf"):
    missing.append("fontconfig")
if not os.path.exists(".venv/bin/python") and not importlib.util.find_spec("ensurepip"):
    missing.append("python3-venv")
if sys.argv[1] == "test":
    chosen = os.environ.get("CHROMIUM", "")
    if not (os.path.exists(chosen) or os.path.exists(MAC_BROWSER) or any(map(shutil.which, BROWSERS))):
        missing.append("chromium-headless-shell")
    if not shutil.which("git"):  # says which files belong to the repository
        missing.append("git")
print(*dict.fromkeys(missing))
CHECK
}

install_packages() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing system packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    # When the list cannot be refreshed the old one is worth a try: what is asked for may be in it.
    apt-get -qq update >"$log" 2>&1 || true
    # Where there is no browser without a desktop, the one with it does.
    # shellcheck disable=SC2046
    apt-get -qq install -y --no-install-recommends "$@" >>"$log" 2>&1 \
      || apt-get -qq install -y --no-install-recommends $(echo "$@" | sed s/-headless-shell//) >>"$log" 2>&1 \
      || { tail -n 20 "$log" >&2; stop "These system packages could not be installed: $*."; }
    rm -f "$log"
  elif command -v apt-get >/dev/null 2>&1; then
    stop "System packages are missing; type: sudo apt-get install --no-install-recommends $*"
  elif command -v brew >/dev/null 2>&1; then
    stop "System libraries are missing; type: brew install pango fontconfig"
  else
    stop "Install with this system's own tool what Debian calls: $*"
  fi
}

make_venv() {
  # A moved or half-made environment is made again: its programs name their own path.
  grep -qsF "$HERE/.venv/bin/python" .venv/bin/pip && "$PY" -m pip --version >/dev/null 2>&1 && return
  "$1" -m venv --clear .venv || stop "The Python environment .venv could not be made with $1."
}

install_locked() {
  asked=$(mktemp)
  # uv's own lines of the lock, with its hashes.
  awk '/^uv==/ {on=1} on {print} on && !/\\$/ {exit}' "$LOCK" > "$asked"
  "$PY" -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r "$asked" \
    || { rm -f "$asked"; stop "The installer uv could not be fetched; is there a way to a package index?"; }
  rm -f "$asked"
  # uv does not read pip's configuration, where a company names its mirror.
  if [ -z "${UV_DEFAULT_INDEX:-}" ] && mirror=$("$PY" -m pip config get global.index-url 2>/dev/null); then
    export UV_DEFAULT_INDEX="$mirror"
  fi
  # Compiled once here: every later start is seconds faster, also where processes may not write bytecode.
  UV_LINK_MODE=copy .venv/bin/uv pip sync -q --compile-bytecode --require-hashes --python "$PY" "$LOCK" && return
  say "uv could not install the packages; trying pip, which takes longer."
  "$PY" -m pip install -q --disable-pip-version-check --require-hashes -r "$LOCK" \
    || stop "The locked packages could not be installed; is there a way to a package index?"
}

name_sources() {
  site=$("$PY" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n%s\n' "$HERE" "$HERE/requests" > "$site/casemgmt-sources.pth"
}

set_up() {
  python=$(find_python) || exit 1
  missing=$(missing_packages "$python")
  # shellcheck disable=SC2086
  [ -z "$missing" ] || install_packages $missing
  if [ "$(cat .venv/.installed 2>/dev/null)" != "$PACKAGES" ]; then
    rm -f .venv/.ready-*
    say "Installing the locked Python packages."
    make_venv "$python"
    install_locked
    name_sources
    printf '%s' "$PACKAGES" > .venv/.installed
  fi
  printf '%s' "$WANTED" > ".venv/.ready-$KIND"
}

# The compiled catalogue is not committed; it is made when one of its parts is newer.
compile_translations() {
  compiled=locale/nl/LC_MESSAGES/django.mo
  [ -d locale/nl/parts ] || return 0
  [ ! -e "$compiled" ] || [ -n "$(find locale -name '*.po' -newer "$compiled")" ] || return 0
  "$PY" -c 'from pathlib import Path; from casemgmt.web.messages import compile_catalogue as make; make(Path())' \
    || stop "The translations could not be compiled."
}

# Whether an earlier set-up still holds; a new Python of the system may have broken it.
stands() {
  [ "$(cat ".venv/.ready-$KIND" 2>/dev/null)" = "$WANTED" ] || return 1
  "$PY" -c 'import gunicorn' 2>/dev/null && return
  rm -f .venv/.installed .venv/.ready-*
  return 1
}

# Two set-ups at once would spoil each other: the second waits on a lock of this folder.
alone() {
  python=$(find_python) || exit 1
  exec "$python" -c '
import fcntl, os, sys
folder = os.open(".", os.O_RDONLY)
os.set_inheritable(folder, True)
fcntl.flock(folder, fcntl.LOCK_EX)
os.environ["CASEMGMT_SETUP_ALONE"] = "yes"
os.execv("/bin/sh", ["sh", "./setup.sh", sys.argv[1]])
' "$KIND"
}

case $KIND in run | test) ;; *) stop "Usage: ./setup.sh [test]" ;; esac
PACKAGES=$(fingerprint "$LOCK")
WANTED=$(fingerprint "$LOCK" setup.sh)
if ! stands; then
  [ -n "${CASEMGMT_SETUP_ALONE:-}" ] || alone
  set_up
fi
compile_translations
