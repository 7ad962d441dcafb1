"""Other queues on PostgreSQL, run side by side with ours: `make bench-peers`."""
