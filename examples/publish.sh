#!/bin/sh
# Publishes an article, corrects it, takes it down: MACHTIN_TOKEN=$(machtin token) sh publish.sh
set -eu
server=${MACHTIN_URL:-http://127.0.0.1:8080}
article=$server/v1/articles/vi-du-dang-bai

put() {
  curl -sS --fail-with-body -X PUT "$1" -H "Authorization: Bearer $MACHTIN_TOKEN" \
    -H 'Content-Type: application/json' --data-binary "$2"
  echo
}

put "$article" '{"title": "Ví dụ: cầu mới thông xe", "body": "Cầu mới thông xe sáng nay, sớm hai tháng."}'
# The same again changes nothing, so a CMS may send what it is not sure to have sent.
put "$article" '{"title": "Ví dụ: cầu mới thông xe", "body": "Cầu mới thông xe sáng nay, sớm hai tháng."}'
put "$article?reason=sai%20th%C3%A1ng" '{"title": "Ví dụ: cầu mới thông xe", "body": "Cầu mới thông xe sáng nay, sớm ba tháng."}'
curl -sS --fail-with-body -X DELETE "$article?reason=v%C3%AD%20d%E1%BB%A5" -H "Authorization: Bearer $MACHTIN_TOKEN"
