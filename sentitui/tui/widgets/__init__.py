"""What screens are built of; a widget knows no service and no screen, and says what happened by message."""
