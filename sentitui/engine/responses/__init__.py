"""The API's answers: objects, lists, errors, streams. Values in, JSON-ready values out."""
