"""What is typed at the door."""

from django import forms


class SignInForm(forms.Form):
    """Name and password. Both are asked for in the words of the page, never echoed into a log or an address."""

    login_name = forms.CharField(
        label="Work email",
        max_length=254,
        error_messages={"required": "Type your work email."},
        widget=forms.TextInput(attrs={"autocomplete": "username", "inputmode": "email", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=1000,
        strip=False,
        error_messages={"required": "Type your password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """The six figures of a second factor."""

    code = forms.CharField(
        label="Code from your app",
        max_length=12,
        error_messages={"required": "Type the six figures your app shows."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class ProofForm(forms.Form):
    """Who one is, shown again; a code where the account has codes."""

    password = forms.CharField(
        label="Password",
        max_length=1000,
        strip=False,
        error_messages={"required": "Type your password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="Code from your app",
        max_length=12,
        required=False,
        help_text="Leave it empty if you have not set up codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordForm(ProofForm):
    """A new password, twice, with a fresh proof."""

    new = forms.CharField(
        label="New password",
        max_length=1000,
        strip=False,
        help_text="At least 12 characters. A sentence is easiest.",
        error_messages={"required": "Type a new password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="New password again",
        max_length=1000,
        strip=False,
        error_messages={"required": "Type the new password again."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Both are the same."""
        if self.cleaned_data["again"] != self.cleaned_data.get("new", self.cleaned_data["again"]):
            raise forms.ValidationError("The two are not the same. Type the new one again.")
        return str(self.cleaned_data["again"])
