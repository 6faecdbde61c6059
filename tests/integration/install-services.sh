#!/bin/sh
# Installs the servers that the integration tests run against, where apt is there; says plainly what it lacks elsewhere.
set -u
lacking=""
for pair in nginx:nginx-light knotd:knot keymgr:knot promtool:prometheus; do
    command="${pair%%:*}"
    PATH="$PATH:/usr/sbin:/sbin" command -v "$command" >/dev/null 2>&1 || lacking="$lacking ${pair##*:}"
done
[ -z "$lacking" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    # The tests start what they need themselves: no service is to start with its package.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    fi
    echo "installing:$lacking"
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends $lacking >/dev/null && exit 0
fi
echo "the integration tests need these Debian packages, which are not here:$lacking" >&2
echo "install them (as root: apt-get install$lacking), or run the tests that need no server: make test-unit" >&2
exit 1
