"""The exports: tables as CSV and Parquet files, with a data dictionary and a citation.

What belongs here: files under a folder or in an object store. What does not: computing figures,
reading PostgreSQL, and Dagster. docs/exports.md describes the files to readers. Importing this
package or `exports.tables` loads no file system driver. `exports.folder` does.
Concept: https://datapackage.org/standard/data-package/
"""
