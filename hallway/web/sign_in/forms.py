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
