# Shared by ./run and ./test. Sourced, never run: the caller has set -euo pipefail and stands in the root of the project.
# shellcheck shell=bash

# Where is remembered what has been installed for which content; not kept in git.
STAMPS=.tools/stamps

heading() { printf '\n== %s\n' "$*"; }

say() { printf '%s\n' "$*"; }

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "This step needs root, and sudo is not installed. As root, run:  $*"
  fi
}

# need_packages COMMAND=PACKAGE...  installs the Debian packages whose command is not on the machine. A name with a slash
# is a file or folder instead of a command.
need_packages() {
  local pair probe missing=()
  for pair in "$@"; do
    probe=${pair%%=*}
    case $probe in
    */*) [ -e "$probe" ] && continue ;;
    *) command -v "$probe" >/dev/null && continue ;;
    esac
    missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "Missing: ${missing[*]} (names of Debian packages). This machine has no apt-get: install them in its own way and try again."
  heading "Installing ${missing[*]}"
  if [ -z "${APT_UPDATED:-}" ]; then
    as_root apt-get -qq update
    APT_UPDATED=1
  fi
  # Another installation may hold the lock, as a fresh machine updates itself: wait for it, but not for ever.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# Stops with a clear message when there is no Rust, or one older than Cargo.toml asks for.
need_rust() {
  # A shell opened before rustup was installed does not have its folder in PATH yet.
  if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  fi
  local wanted found
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  command -v cargo >/dev/null || die "Siger is built with Rust $wanted or newer, and cargo is not on this machine. Install it with rustup (https://rustup.rs), open a new shell and try again."
  found=$(cargo --version | cut -d ' ' -f 2)
  [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)" = "$wanted" ] ||
    die "Siger is built with Rust $wanted or newer; this machine has $found. Run 'rustup update stable' and try again."
  # rusqlite and ring compile C: the compiler, its headers, and nothing else.
  need_packages cc=gcc /usr/include/stdio.h=libc6-dev
}

# One hash over the names and contents of the files below a folder, but for what is installed or built there.
content_hash() {
  find "$@" \( -name node_modules -o -name dist -o -name out \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-64
}

# is_stamped NAME HASH: the step of that name was done for exactly this content.
is_stamped() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }

stamp() {
  mkdir -p "$STAMPS"
  printf '%s\n' "$2" >"$STAMPS/$1"
}

# The styles, scripts, fonts and icons of the pages: assets/ -> assets/dist. Node is needed only when they are absent or stale.
build_assets() {
  local hash
  hash=$(content_hash assets)
  if [ -d assets/dist ] && is_stamped assets "$hash"; then
    return 0
  fi
  need_packages node=nodejs npm=npm
  heading "Building assets/dist"
  (cd assets && npm ci --no-audit --no-fund && node build.mjs)
  stamp assets "$hash"
}

# Made from the lock file: cargo works without a network when the crates are there already.
build_release() {
  heading "Building target/release/siger"
  cargo build --release --locked --package siger-cli
}
