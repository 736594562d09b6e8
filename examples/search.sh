#!/bin/sh
# Finds articles: sh search.sh 'vải thiều'
set -eu
server=${MACHTIN_URL:-http://127.0.0.1:8080}

# --data-urlencode takes Vietnamese as it is typed; --fail-with-body makes a refusal an error and still shows why.
curl -sSG --fail-with-body "$server/v1/search" --data-urlencode "q=${1:-vải thiều}" -d size=3 -d facets=true
