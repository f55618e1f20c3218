"""All stages in one go, ending in a report."""
