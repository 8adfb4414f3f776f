"""Old code against new code: the same facts, indices, exports, report and Kibana bundle?

`python -m belib_weather_tests.compare OLD_CHECKOUT NEW_CHECKOUT [--days N]`, each checkout with its
own `.venv`. Prints what was compared, the first differences, and which rules of `intended` were
met; exits with 1 if there is a difference that is not meant.

The old checkout runs the demonstration. The new code makes everything again from the raw documents
of that run, in stores of its own, and every cell is compared, the present included. What each panel
of the dashboards shows of the documents of that run, and the report of its rows, are asked of both
checkouts at the same instant; the Kibana bundles are compared as they are exported. The part `runs`
runs the demonstration of both; their clocks differ, so of these two only closed hours are compared.

Tables, columns, panels and pages that only the new code has are counted beside the differences.

What belongs here: running both and comparing what they leave behind, through commands, SQL, HTTP
and files. What does not: modules of the platform, which may move; only `drivers` import them.
"""
