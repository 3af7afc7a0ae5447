"""Whom we talk to: providers and their differences as data, clients, the engine's process, mapped errors."""
