#!/bin/sh
# Stops what writes; the database goes on.
. "$(dirname "$0")/instance.sh"
compose stop --timeout 30 web worker
echo "stopped web and worker of $instance"
