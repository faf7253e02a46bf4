"""The pages behind the secret links in mails. Opening one changes nothing, since programs follow links; its button acts."""
