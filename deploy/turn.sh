#!/bin/sh
# coturn with the certificate that Caddy got for DOMAIN; further options are passed on.
set -eu
umask 077
certificate=""
until [ -n "$certificate" ]; do
    certificate=$(find "$CERTIFICATES" -name "$DOMAIN.crt" | head -n 1)
    [ -n "$certificate" ] || sleep 2
done
written=$(mktemp)
{
    cat "$(dirname "$0")/turnserver.conf"
    echo "realm=$DOMAIN"
    echo "static-auth-secret=$TURN_SECRET"
    echo "cert=$certificate"
    echo "pkey=${certificate%.crt}.key"
} > "$written"
# Where Caddy has renewed it, coturn (under the number that it takes over here) reads it again.
(
    while sleep 60 && kill -0 $$ 2>/dev/null; do
        if [ "$certificate" -nt "$written" ]; then
            touch "$written"
            kill -USR2 $$
        fi
    done
) &
exec turnserver -c "$written" "$@"
