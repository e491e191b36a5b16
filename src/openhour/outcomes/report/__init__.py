"""One report definition for a practice and for a network of practices: intake, attendance, change, time to improvement.

Callers: `openhour outcomes` and the report pages. The rows are described in `columns`; the definition is `definition`,
which runs on DuckDB here and unchanged on Spark. Import the parts by name: this module itself imports nothing, so that a
server which shows no report pays for none.
"""
