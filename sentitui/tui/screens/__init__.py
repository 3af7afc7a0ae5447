"""The places of the app and their dialogs: each an adapter between services and widgets, nothing else."""
