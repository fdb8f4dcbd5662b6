"""PostgreSQL: the embedded server, connections, transactions, roles, the outbox. Knows no table of a capability."""
