#!/bin/sh
# Starts the services of an instance.
. "$(dirname "$0")/instance.sh"
compose up --detach --no-build --no-deps --no-recreate --wait --wait-timeout 120 web worker
echo "started $instance"
