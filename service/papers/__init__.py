"""Papers as data: kinds of attachments, printable sheets, the volumes of an archive. No database, no web."""
