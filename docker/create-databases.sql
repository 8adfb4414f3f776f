-- PostgreSQL's first start: the facts' database exists already (POSTGRES_DB), Dagster's does not.
CREATE DATABASE dagster;
-- Dagster's records can be lost with the last half second; they halve the speed of runs otherwise.
ALTER DATABASE dagster SET synchronous_commit = off;
-- The warehouse grants it SELECT; give it a login and a password to read with.
CREATE ROLE belib_reader NOLOGIN;
