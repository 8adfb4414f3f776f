"""The panels: declared once, shown in Kibana, in the report and in the catalog.

What belongs here: which figures over which dimensions, and how to read them; a module per subject.
What does not: on which page a panel stands (`kibana.dashboards`, `report`).
"""
