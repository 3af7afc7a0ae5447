"""The terminal app: the only package that imports textual (and it does so only when the app starts)."""
