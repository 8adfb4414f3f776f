"""Says when a station has a free point again: `stream.py localhost:9092 PART-OF-ITS-ID`."""

import json
import sys

from confluent_kafka import Consumer

servers, station = sys.argv[1], sys.argv[2].replace("*", "").lower()
reader = Consumer(
    {"bootstrap.servers": servers, "group.id": "example", "auto.offset.reset": "earliest"}
)
reader.subscribe(["belib.station-states"])
while True:
    record = reader.poll(1)
    if record is None or record.error():
        continue
    change = json.loads(record.value() or b"{}")
    if station in change["id"].replace("*", "").lower() and change["to"] == "available":
        print(f"{change['id']} has a free point again, since {change['instant']}", flush=True)
