"""The client side of fine-tuning: launching a job, following it, what its parts are."""
