# What the scripts of an instance share: ./<script>.sh <instance> …, beside docker-compose.instance.yml.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
instance=$1
backups=$here/instances/$instance/backups
compose() {
  docker compose --project-directory "$here" --file "$here/docker-compose.instance.yml" \
    --env-file "$here/instances/$instance/.env" --project-name "$instance" "$@"
}
