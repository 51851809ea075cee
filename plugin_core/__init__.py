"""lipflap's core: lip-sync without any editing program."""
