"""The commands: one module each; it parses, calls a service, prints. Heavy imports stay inside `run`."""
