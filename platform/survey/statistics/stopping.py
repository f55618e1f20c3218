"""Long computations are asked to stop and then raise this."""


class Stopped(Exception):
    """Somebody asked the computation to stop."""
