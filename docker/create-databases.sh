#!/bin/bash
# PostgreSQL's first start: the facts' database exists already (POSTGRES_DB), Dagster's does not.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE DATABASE dagster;
ALTER DATABASE dagster SET synchronous_commit = off;
CREATE ROLE belib_reader NOLOGIN;
SQL
