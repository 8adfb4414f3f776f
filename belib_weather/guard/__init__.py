"""Who may ask Dagster's webserver for what.

The webserver has no login, answers any Host and runs GraphQL mutations that come by GET: without
this room, any web page that its owner visits could launch and stop runs. What belongs here: the
rules, and the wrapper that applies them before Dagster sees a request. What does not: users and
passwords, which are the work of a reverse proxy.
"""
