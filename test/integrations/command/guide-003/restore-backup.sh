#!/bin/sh
# Puts a backup back over what is there: ./restore-backup.sh <instance> backups/<file>
. "$(dirname "$0")/instance.sh"
echo "restoring $2"
compose exec -T db pg_restore -U postgres --exit-on-error --clean --if-exists -d shop <"$here/instances/$instance/$2"
echo "restored $2"
