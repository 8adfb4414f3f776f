"""Changes of status as a stream: messages on Kafka, each once, made from the outbox.

What belongs here: what a message is, and the producer. What does not: which changes there are
(`transform.changes`) and the outbox (`warehouse.outbox`). The client of Kafka is imported by
`producer` alone, which nothing loads unless BELIB_KAFKA_BOOTSTRAP_SERVERS is set.
"""
