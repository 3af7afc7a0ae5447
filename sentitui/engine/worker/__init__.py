"""Runs jobs: one trainer process at a time, followed through files that outlive either side."""
