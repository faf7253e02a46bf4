"""Secret links: minted when a mail is written, exchanged for a token that opens one subject for one purpose."""
