#!/bin/sh
# Gives each service a role and a schema of its own in the one database, and nobody anything of another's.
# The official image runs it when the data folder is first made; the tests run it against their own server.
set -eu

for service in accounts notify portal publications requests; do
  password=$(printenv "$(echo "$service" | tr a-z A-Z)_PASSWORD")
  psql --quiet -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    -v service="$service" -v password="$password" -v database="$POSTGRES_DB" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'service')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service') \gexec
ALTER ROLE :"service" PASSWORD :'password';
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"service";
CREATE SCHEMA :"service" AUTHORIZATION :"service";
ALTER ROLE :"service" IN DATABASE :"database" SET search_path TO :"service";
SQL
done
