"""Why a tour does not start, for the person who asked."""


class TourRefused(Exception):
    """Its text is for the person at the screen."""
