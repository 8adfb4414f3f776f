"""Kibana as code: dashboards and alerting rules, and bringing them into a Kibana.

What belongs here: saved objects, rules, and Kibana's HTTP interface. What does not: Elasticsearch
(`search`) and Dagster. Nothing is imported here, so that each part is loaded when it is used.
Concept: https://www.elastic.co/docs/explore-analyze/find-and-organize/saved-objects
"""
