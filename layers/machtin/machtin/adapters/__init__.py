"""The swappable edge: everything that knows an engine, a file format or a cloud service."""
