"""What other apps hear of runs.

`run_ended` is sent in the process that worked on the run, after its results are stored and its
status is final. It may be sent twice (the process was killed in between): receivers make their
rows with `get_or_create` and the like.
"""

from django.dispatch import Signal

run_ended = Signal()  # run=Run

# Every worker looks round, at its start and every ten seconds: apps with jobs of their own take
# back what fell silent, and send again what nobody claimed (`idle`: this worker could take it).
swept = Signal()  # queues=tuple[str, ...], idle=bool
