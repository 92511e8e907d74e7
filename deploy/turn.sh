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
# Caddy renews it: coturn reads it again twice a day, under the number that it takes over here.
(while sleep 43200; do kill -USR2 $$; done) &
exec turnserver -c "$written" "$@"
