"""What clients may send: every parameter checked, and the wrong one named, before anything happens."""
