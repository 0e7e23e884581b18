#!/bin/sh
# Backs up the database as it is: ./backup-database.sh <instance> <name>
. "$(dirname "$0")/instance.sh"
compose exec -T db pg_dump -U postgres -Fc shop >"$backups/$2.part"
mv "$backups/$2.part" "$backups/$2.dump"
echo "backed up as $2.dump"
