# Sourced: installs Debian packages where this user may, else says what to type.

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

fresh_lists() { find /var/lib/apt/lists -name '*_Packages*' -mtime -2 2>/dev/null | grep -q .; }

# need_packages "what is missing" package…
need_packages() {
    local reason=$1
    shift
    if ! may_install; then
        printf '%s. Please run:\n\n    sudo apt-get update && sudo apt-get install -y %s\n\n' "$reason" "$*" >&2
        exit 1
    fi
    echo "$reason: installing $*"
    export DEBIAN_FRONTEND=noninteractive
    fresh_lists || apt-get update -qq
    # lists may be fresh and yet name versions that have since been replaced
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
}
