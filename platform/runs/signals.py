"""What other apps hear of runs.

`run_ended` is sent in the process that worked on the run, after its results are stored and its
status is final. It may be sent twice (the process was killed in between): receivers make their
rows with `get_or_create` and the like.
"""

from django.dispatch import Signal

run_ended = Signal()  # run=Run
