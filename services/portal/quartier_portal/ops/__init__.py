"""The operators' console: traces, queues, what is stuck, the local mailbox."""
