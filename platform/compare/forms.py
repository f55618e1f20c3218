"""What a list of pairs can be narrowed to, and where its page begins."""

from typing import Any

from django import forms


class PairFilter(forms.Form):
    """Every field may be left out; a wrong one is named and not applied."""

    run = forms.IntegerField(required=False, min_value=1)
    launch = forms.IntegerField(required=False, min_value=1)
    generator = forms.CharField(required=False, max_length=40)
    scene_run = forms.IntegerField(required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=0)
    before = forms.IntegerField(required=False, min_value=0)

    def applied(self) -> dict[str, Any]:
        self.is_valid()
        return dict(self.cleaned_data)

    def problems(self) -> list[str]:
        return [f"{name}: {errors[0]}" for name, errors in self.errors.items()]
