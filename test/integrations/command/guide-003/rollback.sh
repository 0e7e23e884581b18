#!/bin/sh
# The whole of it: ./rollback.sh <instance> [backups/<file>], the newest backup unless one is named.
. "$(dirname "$0")/instance.sh"
newest=$(ls -t "$backups"/*.dump | head -n 1)
backup=${2:-backups/$(basename "$newest")}
"$here/stop-services.sh" "$instance"
"$here/backup-database.sh" "$instance" "pre-rollback-$(date +%Y%m%d-%H%M%S)"
"$here/restore-backup.sh" "$instance" "$backup"
"$here/start-instance.sh" "$instance"
echo "rolled $instance back to $backup"
