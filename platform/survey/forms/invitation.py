from django import forms


class InvitationForm(forms.Form):
    kind = forms.ChoiceField(
        choices=[("personal", "Personal links, for one rater each"), ("open", "One open link")],
        label="Kind",
    )
    count = forms.IntegerField(min_value=1, max_value=200, initial=1, label="Links")
    quota = forms.IntegerField(
        min_value=1, max_value=10_000, initial=20, label="Raters by an open link"
    )
    label = forms.CharField(max_length=110, required=False, label="Note, for yourself")
