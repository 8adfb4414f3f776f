"""Old code against new code: the same facts, indices, exports, report and Kibana bundle?

`python -m belib_weather_tests.compare OLD_CHECKOUT NEW_CHECKOUT [--days N]`, each checkout with its
own `.venv`. Prints what was compared and the first differences; exits with 1 if there is one.

Both checkouts run the demonstration. Their clocks differ, so only closed hours are compared of
these two runs. Then the new code rebuilds everything from the raw documents of the old run, in
stores of its own: there every cell is compared, the present included. The report and the
dashboards are drawn by both checkouts from the same rows at the same instant.

What belongs here: running both and comparing what they leave behind, through commands, SQL, HTTP
and files. What does not: modules of the platform, which may move; only `drivers` import them.
"""
