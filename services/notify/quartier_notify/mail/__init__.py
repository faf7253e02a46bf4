"""The mail itself: how a letter is written, wrapped in headers, and handed to the next mail server or the local mailbox."""
