### What is wrong with an address.

field-address_long = An e-mail address has at most 320 characters.
field-address_spaces = An e-mail address is one line without spaces.
field-address_one = Give one e-mail address, like ada@example.org, without a name, quotation marks or brackets.
field-address_accents = Mail servers do not yet agree on accents before the @; give an address without them.
field-address_local = The part before the @ is not one that a mailbox can have.
field-address_domain = The part after the @ is not a name on the internet, like example.org.
