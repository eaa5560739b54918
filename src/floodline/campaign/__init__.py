"""From a campaign file to a record: schema, the slot engine, the recorder."""
