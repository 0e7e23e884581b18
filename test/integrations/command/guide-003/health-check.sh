#!/bin/sh
# Exit code 0: every service runs and the database answers. 1: it does not.
. "$(dirname "$0")/instance.sh"
if compose ps --all --format json web worker | grep -v '"State":"running"'; then
  echo "not every service of $instance runs"
  exit 1
fi
users=$(compose exec -T db psql -U postgres -X -A -t -d shop -c 'SELECT count(*) FROM users')
echo "$instance runs, $users users"
