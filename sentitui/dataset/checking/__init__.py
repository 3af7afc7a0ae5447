"""How a check runs: a line carefully, blocks of lines quickly, files in parallel, open files step by step."""
