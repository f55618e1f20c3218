from survey.services.analyses import analysis_start, analysis_stop
from survey.services.answers import Answered, answer_take, served_note, slip_note
from survey.services.asking import afterthoughts_keep, background_keep
from survey.services.bundles import bundle_start
from survey.services.choosing import (
    Added,
    bars_sign_off,
    stimuli_add,
    stimuli_match,
    stimuli_remove,
    stimuli_use,
)
from survey.services.copying import study_copy
from survey.services.dry_runs import SALT as DRY_RUN_SALT
from survey.services.dry_runs import dry_run_forget, dry_run_start, dry_run_stop
from survey.services.games import game_start
from survey.services.invitations import invitation_create, invitation_revoke, labels_forget
from survey.services.knowing import knowledge_note
from survey.services.leaving import session_erase, session_withdraw
from survey.services.plannings import planning_start, planning_stop, planning_take
from survey.services.preparing import stimuli_prepare, stimuli_take
from survey.services.sessions import session_begin, session_move, session_start
from survey.services.studies import study_close, study_create, study_open, study_update
from survey.services.validations import validation_start, validation_stop

__all__ = [
    "DRY_RUN_SALT",
    "Added",
    "Answered",
    "afterthoughts_keep",
    "analysis_start",
    "analysis_stop",
    "answer_take",
    "background_keep",
    "bars_sign_off",
    "bundle_start",
    "dry_run_forget",
    "dry_run_start",
    "dry_run_stop",
    "game_start",
    "invitation_create",
    "invitation_revoke",
    "knowledge_note",
    "labels_forget",
    "planning_start",
    "planning_stop",
    "planning_take",
    "served_note",
    "session_begin",
    "session_erase",
    "session_move",
    "session_start",
    "session_withdraw",
    "slip_note",
    "stimuli_add",
    "stimuli_match",
    "stimuli_prepare",
    "stimuli_remove",
    "stimuli_take",
    "stimuli_use",
    "study_close",
    "study_copy",
    "study_create",
    "study_open",
    "study_update",
    "validation_start",
    "validation_stop",
]
