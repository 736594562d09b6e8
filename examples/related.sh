#!/bin/sh
# What stands below an article: sh related.sh ID
set -eu
article=${MACHTIN_URL:-http://127.0.0.1:8080}/v1/articles/${1:-khoi-to-chu-lo-cha-vu-ngo-doc-banh-mi}

curl -sS --fail-with-body "$article/summary?sentences=2"
echo
curl -sS --fail-with-body "$article/related?size=4"
