"""Statistics of judgements: pure functions that know neither Django nor a database."""
