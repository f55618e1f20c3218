"""Images made alike for a blinded survey."""
