-- The three roles and the database. Run by a superuser with psql; running it again changes nothing.
--   \set owner '…'  \set app '…'  \set ops '…'   their passwords, before this script
SELECT format('CREATE ROLE flowboard_owner LOGIN') WHERE to_regrole('flowboard_owner') IS NULL \gexec
SELECT format('CREATE ROLE flowboard_app LOGIN') WHERE to_regrole('flowboard_app') IS NULL \gexec
SELECT format('CREATE ROLE flowboard_ops LOGIN') WHERE to_regrole('flowboard_ops') IS NULL \gexec
-- CREATEDB is for the test database
ALTER ROLE flowboard_owner NOSUPERUSER NOBYPASSRLS CREATEDB PASSWORD :'owner';
ALTER ROLE flowboard_app NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app';
ALTER ROLE flowboard_ops NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'ops';
\connect template1
\ir leakproof.sql
SELECT 'CREATE DATABASE flowboard OWNER flowboard_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'flowboard') \gexec
REVOKE ALL ON DATABASE flowboard FROM PUBLIC;
GRANT CONNECT ON DATABASE flowboard TO flowboard_app, flowboard_ops;
\connect flowboard
\ir leakproof.sql
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
