"""The ownership file as an administrator uploads it."""

from django import forms
from django.utils.translation import gettext as _

from ..models import OwnershipFile
from ..models.ownership_file import LONGEST


class OwnershipForm(forms.Form):
    file = forms.FileField()

    def clean_file(self):
        file = self.cleaned_data["file"]
        field = OwnershipFile._meta.get_field("name")
        try:
            field.run_validators(file.name)
            content = file.read(LONGEST + 1).decode("ascii").strip()
        except (forms.ValidationError, UnicodeDecodeError):
            content = ""
        if not content or len(content) > LONGEST or not content.isprintable():
            raise forms.ValidationError(_("请上传企业微信给的 WW_verify_….txt，不要改名，也不要改内容"))
        return file.name, content

    def save(self):
        """Keep it; the same name again replaces what was there."""
        name, content = self.cleaned_data["file"]
        return OwnershipFile.objects.update_or_create(name=name, defaults={"content": content})[0]
