from survey.forms.draw import DrawForm
from survey.forms.invitation import InvitationForm
from survey.forms.study import StudyForm, initial_of

__all__ = ["DrawForm", "InvitationForm", "StudyForm", "initial_of"]
